"""One run of the connector as a child process: its messages, until it ends or is killed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, cycle, repeat
from pathlib import Path
from typing import Any, Protocol, final

import orjson

from integration_tests.harness.inputs import write_inputs
from integration_tests.harness.messages import Message, Messages
from integration_tests.histories.kills import KillRule

PROJECT = Path(__file__).parents[2]
SILENCE_SECONDS = 20.0
"""A child without output for this long counts as hanging."""

KILL, TELL_STACKS = b"K", b"T"
"""What is sent to end a forked child by SIGKILL, or to let it write the stacks of its threads to standard error."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one run is to do. `tuning` are numbers of Tuning, and `patience`: the part of each wait that is waited."""

    config: Mapping[str, Any]
    catalog: Mapping[str, Any]
    state: list[Any]
    tuning: Mapping[str, float] = field(default_factory=dict)
    seeded_fault: str | None = None

    def arguments(self, folder: Path) -> list[str]:
        """Those of the command line; the files that they name are written into the folder."""
        return write_inputs(folder, "read", config=self.config, catalog=self.catalog, state=self.state)


@dataclass(kw_only=True)
class RunLog(Messages):
    """The messages of a run of one stream, up to its end or to the message at which it was killed."""

    messages: list[Message] = field(default_factory=list)
    exit_code: int | None = None
    killed: bool = False
    hung: bool = False

    @property
    def completed(self) -> bool:
        """Whether the run ended by itself and told success."""
        return not self.killed and self.exit_code == 0


class Child(Protocol):
    """A running connector."""

    def lines(self) -> Iterator[bytes]:
        """What it writes to its standard output, by lines."""

    def kill(self) -> None:
        """Kill it by SIGKILL."""

    def wait(self) -> int:
        """Wait for its end and return its exit code."""


Launcher = Callable[[Job, Path], Child]
"""Starts a job. The folder is for its files, and for the temporary ones that it leaves when it is killed."""


def run(launch: Launcher, job: Job, rule: KillRule, on_message: Callable[[Message], None] | None = None) -> RunLog:
    """Start the connector, and kill it when the rule says so, or when it hangs."""
    log = RunLog()
    with tempfile.TemporaryDirectory() as folder:
        child = launch(job, Path(folder))
        try:
            _follow(child, rule, log, on_message)
        except TimeoutError:
            child.kill()
            log.killed = log.hung = True
        except BaseException:
            child.kill()
            raise
        log.exit_code = child.wait()
    return log


def _follow(child: Child, rule: KillRule, log: RunLog, on_message: Callable[[Message], None] | None) -> None:
    for line in child.lines():
        if not line.startswith(b'{"type"'):
            raise AssertionError(f"not a message: {line[:200]!r}")
        message = orjson.loads(line)
        log.messages.append(message)
        if on_message is not None:
            on_message(message)
        if rule(message):
            child.kill()
            log.killed = True
            return


@final
class ForkServer:
    """The client of `fork_server`, which it starts. A context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._path = str(Path(self._folder.name, "socket"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "integration_tests.histories.fork_server", self._path],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "the fork server has not started"

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def launch(self, job: Job, folder: Path) -> Child:
        """A child of the warmed parent."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SILENCE_SECONDS)
        connection.connect(self._path)
        request = {
            "arguments": job.arguments(folder),
            "folder": str(folder),
            "tuning": dict(job.tuning),
            "seeded_fault": job.seeded_fault,
        }
        connection.sendall(orjson.dumps(request) + b"\n")
        return _Forked(connection)


class _Forked:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._read = b""
        self._exit_code: int | None = None

    def lines(self) -> Iterator[bytes]:
        while self._exit_code is None:
            line, end, rest = self._read.partition(b"\n")
            if not end:
                self._read += self._receive()
                continue
            self._read = rest
            if line.startswith(b'{"exit_code"'):
                self._exit_code = json.loads(line)["exit_code"]
            elif line:
                yield line

    def _receive(self) -> bytes:
        try:
            received = self._connection.recv(1 << 16)
        except TimeoutError:
            self._connection.send(TELL_STACKS)
            raise
        assert received, "the fork server has gone"
        return received

    def kill(self) -> None:
        # The child may have ended by itself just before.
        with contextlib.suppress(OSError):
            self._connection.send(KILL)

    def wait(self) -> int:
        with self._connection:
            for _ in self.lines():
                pass
        assert self._exit_code is not None
        return self._exit_code


def console(job: Job, folder: Path) -> Child:
    """The console command as a process of its own, with the defaults of Tuning."""
    assert job.seeded_fault is None
    return _Console(job, folder)


def mostly(launch: Launcher, *, each: int) -> Iterator[Launcher]:
    """The launcher, and the console command once in `each` times."""
    return cycle(chain(repeat(launch, each - 1), [console]))


class _Console:
    def __init__(self, job: Job, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "main.py", *job.arguments(folder)],
            cwd=PROJECT,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
        )

    def lines(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        yield from self._process.stdout

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(timeout=SILENCE_SECONDS)
