"""What a signal does at each moment, and how long the process still lives after it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from source_fauna.interruption import Interruption
from source_fauna.output import Output
from source_fauna.signals import GRACE_SECONDS, STALLED_SECONDS, STOPPING, Signals, end_by_signal


class Process:
    """The parts of a process that signals concern.

    `slept` are the waits, which take no time but on the clock. `ended` are the signals that it was ended by.
    """

    def __init__(self) -> None:
        self.interruption = Interruption()
        self.output = Output(-1)
        self.ended: list[int] = []
        self.has_ended = threading.Event()
        self.slept: list[float] = []
        self.signals = Signals(
            interruption=self.interruption,
            output=self.output,
            end=self._end,
            clock=lambda: sum(self.slept),
            sleep=self.slept.append,
        )

    def _end(self, number: int) -> None:
        self.ended.append(number)
        self.has_ended.set()


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def _handlers_of_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in STOPPING}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def nobody() -> None:
    """A waker."""


@pytest.mark.usefixtures("_handlers_of_before")
def test_a_real_signal_ends_a_command_that_is_no_sync(process: Process) -> None:
    process.signals.install()
    with pytest.raises(SystemExit) as ended:
        os.kill(os.getpid(), signal.SIGTERM)
    assert (ended.value.code, process.signals.number) == (143, signal.SIGTERM)
    assert process.has_ended.wait(10.0)
    assert process.ended == [signal.SIGTERM]


@pytest.mark.usefixtures("_handlers_of_before")
def test_a_signal_that_is_to_be_ignored_stays_ignored(process: Process) -> None:
    """A script runs `source-fauna read … &`, and its user presses Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.signals.install()
    os.kill(os.getpid(), signal.SIGINT)
    assert process.signals.number is None
    assert signal.getsignal(signal.SIGTERM) == process.signals.stop
    with pytest.raises(SystemExit):
        os.kill(os.getpid(), signal.SIGTERM)
    assert process.has_ended.wait(10.0)


def test_a_sync_is_asked_to_stop_once(process: Process) -> None:
    process.interruption.wake(nobody)
    process.signals.stop(signal.SIGINT, None)
    process.signals.stop(signal.SIGTERM, None)
    assert (process.interruption.exit_code, process.signals.number) == (130, signal.SIGINT)


def test_a_write_is_not_broken_off(process: Process) -> None:
    process.output.is_writing = True
    process.signals.stop(signal.SIGTERM, None)
    assert process.signals.number == signal.SIGTERM


def test_a_sync_has_the_whole_grace(process: Process) -> None:
    process.interruption.wake(nobody)
    process.signals.stop(signal.SIGTERM, None)
    process.signals.wait_for_the_end()
    assert sum(process.slept) == GRACE_SECONDS


def test_a_sync_whose_main_thread_is_busy_has_the_whole_grace(process: Process) -> None:
    process.interruption.wake(nobody)
    process.signals.wait_for_the_end()
    assert sum(process.slept) == GRACE_SECONDS


def test_a_sync_that_has_just_ended_has_the_whole_grace(process: Process) -> None:
    process.interruption.wake(nobody)
    process.signals.stop(signal.SIGTERM, None)
    process.interruption.release(nobody)
    process.signals.wait_for_the_end()
    assert sum(process.slept) == GRACE_SECONDS


def test_a_sync_whose_output_nobody_takes_has_not(process: Process) -> None:
    process.interruption.wake(nobody)
    process.signals.stop(signal.SIGTERM, None)
    process.output.is_writing = True
    process.signals.wait_for_the_end()
    assert process.slept == [STALLED_SECONDS]


def test_what_is_no_sync_or_does_not_come_back_has_nothing_left_to_say(process: Process) -> None:
    process.signals.wait_for_the_end()
    assert process.slept == [STALLED_SECONDS]


@pytest.mark.usefixtures("_handlers_of_before")
@pytest.mark.parametrize(("process_id", "killed"), [(1, False), (77, True)], ids=["process 1", "any other"])
def test_a_process_ends_by_the_signal_if_it_can(monkeypatch: pytest.MonkeyPatch, process_id: int, killed: bool) -> None:
    ends: list[Any] = []
    monkeypatch.setattr(os, "getpid", lambda: process_id)
    monkeypatch.setattr(os, "kill", lambda *given: ends.append(given))
    monkeypatch.setattr(os, "_exit", ends.append)
    end_by_signal(signal.SIGTERM)
    assert ends == ([(77, signal.SIGTERM)] if killed else []) + [143]
