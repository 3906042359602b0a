"""A request to stop ends every wait, from whichever thread and at whatever time it comes."""

from __future__ import annotations

import threading

import pytest

from source_fauna.interruption import Interrupted, Interruption


def test_nothing_is_asked_at_first() -> None:
    interruption = Interruption()
    assert (interruption.requested, interruption.awaited, interruption.exit_code) == (False, False, None)


def test_a_wait_ends_by_itself() -> None:
    Interruption().wait(0.0)


def test_a_wait_after_a_request_raises_at_once() -> None:
    interruption = Interruption()
    interruption.request(143)
    with pytest.raises(Interrupted):
        interruption.wait(3600.0)
    assert (interruption.requested, interruption.exit_code) == (True, 143)


def test_a_request_ends_a_wait_of_another_thread() -> None:
    interruption = Interruption()
    ended: list[type[BaseException]] = []

    def wait() -> None:
        try:
            interruption.wait(3600.0)
        except Interrupted as error:
            ended.append(type(error))

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    interruption.request(130)
    thread.join(10.0)
    assert ended == [Interrupted]


def test_wakers_are_called_until_they_are_released() -> None:
    interruption = Interruption()
    called: list[str] = []
    kept, released = (lambda: called.append("kept")), (lambda: called.append("released"))
    interruption.wake(kept)
    interruption.wake(released)
    interruption.release(released)
    interruption.request(143)
    assert called == ["kept"]


def test_someone_awaits_it_while_there_is_a_waker() -> None:
    interruption = Interruption()
    waker = interruption_waker
    seen = [interruption.awaited]
    interruption.wake(waker)
    seen.append(interruption.awaited)
    interruption.release(waker)
    seen.append(interruption.awaited)
    assert seen == [False, True, False]


def interruption_waker() -> None:
    raise AssertionError("nobody asked")
