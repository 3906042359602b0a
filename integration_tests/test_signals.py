"""SIGTERM, SIGINT, and a blocked or closed output: the command ends soon and quietly, and loses at most one page."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.faults.commands import DOCUMENTS, Site, new_site
from integration_tests.faults.servers import HOST, listening, silent
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create
from integration_tests.harness.inputs import catalog
from integration_tests.harness.moments import is_documents
from integration_tests.harness.process import Command
from integration_tests.harness.strikes import ALWAYS
from local_fauna import LocalFauna
from local_fauna.faults import Fault, answer, delay

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("signals")]

ROOT = Path(__file__).parent.parent
END_SECONDS = 5.0
SIGNALS = [
    pytest.param(signal.SIGTERM, -signal.SIGTERM, id="SIGTERM"),
    pytest.param(signal.SIGINT, -signal.SIGINT, id="SIGINT"),
]
"""Each signal, and how a parent process sees an end by it."""


@pytest.fixture
def site() -> Iterator[Site]:
    with new_site(concurrency=1) as made:
        yield made


class Arrival:
    """Tells when a request of a kind has arrived, and puts a fault on it and on all that follow."""

    def __init__(self, local: LocalFauna, fault: Fault, *, kind: Any, nth: int = 1) -> None:
        self._event = threading.Event()
        self._left = nth
        self._kind = kind
        local.faults.add(fault, times=ALWAYS, when=self._strikes)

    def _strikes(self, expression: Any) -> bool:
        self._left -= self._kind(expression)
        if self._left <= 0 and self._kind(expression):
            self._event.set()
            return True
        return False

    def wait(self) -> None:
        assert self._event.wait(20.0), "no such request"
        # The connector must have come to wait for the answer, or for its next attempt.
        time.sleep(0.2)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
@pytest.mark.parametrize(
    "fault",
    [pytest.param(delay(60.0), id="in a request"), pytest.param(answer(503, retry_after="60"), id="between attempts")],
)
def test_a_read_ends_with_the_state_of_its_last_page(
    site: Site, tmp_path: Path, fault: Fault, mode: str, number: int, code: int
) -> None:
    arrival = Arrival(site.local, fault, kind=is_documents, nth=2)
    config = {**site.config, "collection": {"page_size": 2}}
    with Command(tmp_path, "read", {"config": config, "catalog": catalog(mode, "foo")}) as command:
        arrival.wait()
        command.signal(number)
        told = command.told()
        assert command.seconds_after_signal < END_SECONDS
    assert told.exit_code == code
    assert told.fit_for_users().statuses("foo") == ["STARTED", "RUNNING", "INCOMPLETE"]
    assert told.errors == []
    site.local.faults.clear()
    emitted = told.refs("foo")
    assert 0 < len(emitted) < DOCUMENTS
    rest = site.tell("read", config=config, catalog=catalog(mode, "foo"), state=told.state)
    assert sorted([*emitted, *rest.refs("foo")], key=int) == [str(each) for each in range(1, DOCUMENTS + 1)]


def test_process_1_of_a_container_ends_with_a_code(site: Site, tmp_path: Path) -> None:
    """The system does not end it by a signal that it sends to itself."""
    arrival = Arrival(site.local, delay(60.0), kind=is_documents, nth=2)
    config = {**site.config, "collection": {"page_size": 2}}
    files = {"config": config, "catalog": catalog("full_refresh", "foo")}
    with Command(tmp_path, "read", files, prepare=be_process_1) as command:
        arrival.wait()
        command.signal(signal.SIGTERM)
        told = command.told()
    assert (told.exit_code, told.stderr) == (143, "")
    assert told.statuses("foo")[-1] == "INCOMPLETE"


def be_process_1() -> None:
    os.getpid = lambda: 1


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize("name", ["check", "discover", "read"])
def test_a_command_that_waits_for_its_first_answer_ends(tmp_path: Path, name: str, number: int, code: int) -> None:
    contacted = threading.Event()

    def handle(connection: socket.socket, ends: threading.Event) -> None:
        contacted.set()
        silent(connection, ends)

    with listening(handle) as port:
        config = {"domain": HOST, "port": port, "scheme": "http", "secret": "s"}
        files = {"config": config, "catalog": catalog("full_refresh", "foo")}
        with Command(tmp_path, name, _taken_by(name, files)) as command:
            assert contacted.wait(20.0)
            command.signal(number)
            told = command.told()
            assert command.seconds_after_signal < END_SECONDS
    assert told.exit_code == code
    assert told.fit_for_users().errors == []


def test_a_check_that_waits_for_several_answers_at_once_ends(tmp_path: Path) -> None:
    with new_site() as site:
        arrival = Arrival(site.local, delay(60.0), kind=bool, nth=2)
        with Command(tmp_path, "check", {"config": site.config}) as command:
            arrival.wait()
            command.signal(signal.SIGTERM)
            told = command.told()
            assert command.seconds_after_signal < END_SECONDS
    assert (told.exit_code, told.stderr) == (-signal.SIGTERM, "")


def test_a_main_thread_that_does_not_come_back_is_left(tmp_path: Path) -> None:
    config = {"domain": "db.example.com", "port": 8443, "scheme": "https", "secret": "s"}
    with Command(tmp_path, "check", {"config": config}, prepare=never_look_up_a_host) as command:
        # There is nothing to see from outside: the look-up begins some milliseconds after the process.
        time.sleep(2.0)
        command.signal(signal.SIGTERM)
        told = command.told()
        assert command.seconds_after_signal < END_SECONDS
    assert (told.exit_code, told.stderr) == (-signal.SIGTERM, "")


def never_look_up_a_host() -> None:
    """Stay in C code, where no Python signal handler runs, like a resolver that waits for its server."""
    library = ctypes.CDLL(None)
    mutex = ctypes.create_string_buffer(64)

    def getaddrinfo(*_: Any, **__: Any) -> None:
        library.pthread_mutex_lock(mutex)
        library.pthread_mutex_lock(mutex)

    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]


def test_an_output_that_nobody_takes_does_not_keep_the_process(tmp_path: Path, fauna: Fauna, local: LocalFauna) -> None:
    with Command(tmp_path, "read", _more_than_a_pipe_holds(fauna)) as command:
        _wait_for_silence(local)
        command.signal(signal.SIGTERM)
        assert command.end() == -signal.SIGTERM
        assert command.seconds_after_signal < END_SECONDS
        assert command.stderr() == ""


def test_a_closed_output_ends_the_process_quietly(tmp_path: Path, fauna: Fauna, local: LocalFauna) -> None:
    with Command(tmp_path, "read", _more_than_a_pipe_holds(fauna)) as command:
        _wait_for_silence(local)
        command.close_output()
        assert command.end() == 1
        assert command.stderr() == ""


@pytest.mark.parametrize("name", ["spec", "check", "discover", "read"])
def test_an_output_closed_from_the_beginning_ends_the_process_quietly(tmp_path: Path, name: str) -> None:
    files = {"config": {"domain": "not a host"}, "catalog": {"streams": 7}}
    with Command(tmp_path, name, _taken_by(name, files)) as command:
        command.close_output()
        assert command.end() == 1
        assert command.stderr() == ""


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_while_the_imports_run_ends_the_process_at_once(tmp_path: Path, number: int, code: int) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "main.py", "spec"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while not _catches(process.pid, number):
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(number)
        began = time.monotonic()
        stdout, stderr = process.communicate(timeout=20)
        assert time.monotonic() - began < END_SECONDS
    assert (process.returncode, stdout, stderr) == (code, b"", b"")


def _taken_by(name: str, files: dict[str, Any]) -> dict[str, Any]:
    """The files that a command takes."""
    options = {"spec": (), "check": ("config",), "discover": ("config",), "read": ("config", "catalog")}
    return {option: files[option] for option in options[name]}


def _catches(pid: int, number: int) -> bool:
    """Whether a process has a handler for the signal, by what Linux tells of it."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (mask,) = (line.split()[1] for line in lines if line.startswith("SigCgt:"))
    # Python itself has one for SIGINT from the start; ours come together.
    return bool(int(mask, 16) >> (signal.SIGTERM - 1) & 1) and number in (signal.SIGTERM, signal.SIGINT)


def _more_than_a_pipe_holds(fauna: Fauna) -> dict[str, Any]:
    """The files of a read of large documents in small pages."""
    fauna.collection("big")
    fauna.write(*(create("big", number, {"text": "x" * 10_000}) for number in range(1, 41)))
    return {"config": fauna.config(page_size=2), "catalog": catalog("full_refresh", "big")}


def _wait_for_silence(local: LocalFauna) -> None:
    """Until there are requests, and no more of them: the pipe is full."""
    seen = -1
    while local.count() != seen or seen < 1:
        seen = local.count()
        time.sleep(0.5)
