"""A slow reader and signals at the same time: no record before an emitted state is lost, however stdout is buffered."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import Self

from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.fql import create
from integration_tests.harness.inputs import catalog, write_inputs
from integration_tests.harness.telling import Told
from source_fauna.signals import GRACE_SECONDS

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("output")]

ROOT = Path(__file__).parent.parent
DOCUMENTS = 20_000
"""More than the CDK gathers for one write, also on a machine at rest: so a stop always comes before the end."""
PATIENCE_SECONDS = 60.0
SETUPS: dict[str, tuple[list[str], dict[str, str]]] = {
    "python": ([], {"PYTHONUNBUFFERED": ""}),
    "python -u": (["-u"], {"PYTHONUNBUFFERED": ""}),
    "PYTHONUNBUFFERED": ([], {"PYTHONUNBUFFERED": "1"}),
}


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """A collection of many times what a pipe holds."""
    with fresh_database() as fauna:
        fauna.collection("foo")
        for first in range(1, DOCUMENTS, 4_000):
            fauna.write(*(create("foo", number, {"text": "x" * 500}) for number in range(first, first + 4_000)))
        yield fauna


class Reading:
    """A read as a process of its own, whose output is not taken until a test does."""

    def __init__(self, folder: Path, fauna: Fauna, setup: str, *, state: Any = None) -> None:
        options, variables = SETUPS[setup]
        files = {"config": fauna.config(page_size=50), "catalog": catalog("full_refresh", "foo")}
        arguments = write_inputs(folder, "read", **(files if state is None else {**files, "state": state}))
        self.process = subprocess.Popen(
            [sys.executable, *options, "main.py", *arguments],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def wait_until_it_is_blocked(self) -> None:
        """Until the pipe is full, and nothing is added to it."""
        ends, before = time.monotonic() + PATIENCE_SECONDS, -1
        while (held := self._held()) != before or held < 4_096:
            assert time.monotonic() < ends, "the pipe does not fill"
            assert self.process.poll() is None
            before = held
            time.sleep(0.5)

    def _held(self) -> int:
        assert self.process.stdout is not None
        answer = fcntl.ioctl(self.process.stdout.fileno(), termios.FIONREAD, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])

    def told(self) -> Told:
        """The rest of its output, and its exit code."""
        stdout, stderr = self.process.communicate(timeout=PATIENCE_SECONDS)
        return Told(exit_code=self.process.returncode, stdout=stdout.decode(), stderr=stderr.decode())


def terminate(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)


def stop_and_go_on(process: subprocess.Popen[bytes]) -> None:
    """What Ctrl-Z and fg do."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize(
    ("interrupt", "code"), [(terminate, -signal.SIGTERM), (stop_and_go_on, 0)], ids=["SIGTERM", "SIGSTOP and SIGCONT"]
)
def test_no_record_is_lost_when_a_signal_meets_a_write(
    tmp_path: Path, database: Fauna, setup: str, interrupt: Callable[[subprocess.Popen[bytes]], None], code: int
) -> None:
    with Reading(tmp_path, database, setup) as reading:
        reading.wait_until_it_is_blocked()
        interrupt(reading.process)
        told = reading.told().fit_for_users()
    assert told.exit_code == code
    emitted = told.refs("foo")
    if code:
        assert 0 < len(emitted) < DOCUMENTS
        with Reading(tmp_path, database, setup, state=told.state) as following:
            rest = following.told()
        assert rest.exit_code == 0
        emitted = [*emitted, *rest.refs("foo")]
    assert {int(ref) for ref in emitted} == set(range(1, DOCUMENTS + 1))


def test_a_stop_ends_soon_when_nobody_takes_the_output(tmp_path: Path, database: Fauna) -> None:
    """PyAirbyte stops reading records, and then waits for the process to end."""
    with Reading(tmp_path, database, "python") as reading:
        reading.wait_until_it_is_blocked()
        began = time.monotonic()
        reading.process.terminate()
        assert reading.process.wait(PATIENCE_SECONDS) == -signal.SIGTERM
        assert time.monotonic() - began < GRACE_SECONDS
