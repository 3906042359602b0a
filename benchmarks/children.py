"""Programs in separate processes: their cost, and servers that run as long as a measurement."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from benchmarks.report import Report

RECORD = b'{"type":"RECORD"'


class ChildFailed(Exception):
    """A measured program failed. The text is the end of its output."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a process took: wall and CPU (user and system) seconds, and the records it wrote.

    `said` is its standard error.
    """

    wall: float
    cpu: float
    records: int
    said: bytes


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end, and read its output as a platform would. Raises ChildFailed."""
    with tempfile.TemporaryFile() as complaints:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints)
        assert child.stdout is not None  # noqa: S101 - asked for above
        records, text = 0, b""
        while part := os.read(child.stdout.fileno(), 1 << 20):
            text = text[-len(RECORD) + 1 :] + part
            records += text.count(RECORD)
        child.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        said = complaints.read()
    if child.returncode != 0:
        raise ChildFailed(f"{' '.join(command)}: {child.returncode}\n{(text + said)[-2000:].decode(errors='replace')}")
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, records=records, said=said)


def read(arguments: Sequence[str]) -> tuple[Report, int]:
    """The report of benchmarks.shapes with these arguments, and the number of its records. Raises ChildFailed."""
    cost = run([sys.executable, "-m", "benchmarks.shapes", *arguments])
    return Report(**orjson.loads(cost.said.splitlines()[-1])), cost.records


@contextmanager
def canned(*flags: str) -> Iterator[int]:
    """The port of benchmarks.canned with these flags."""
    command = [sys.executable, "-m", "benchmarks.canned", *flags]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        try:
            yield int(child.stdout.readline())
        finally:
            child.communicate()
