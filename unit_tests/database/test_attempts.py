"""Which requests are sent again, when, and for how many documents, with a clock that only waits move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from source_fauna.database.attempts import Attempts, Waiting
from source_fauna.database.patience import Patience
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.tuning import Tuning
from unit_tests.clock import Clock
from unit_tests.refusals import refusal

BROKEN, DOWN, BUSY, SLOW = refusal(500), refusal(503), refusal(429), refusal(503, "time out")
TOO_WIDE = refusal(400, "bad request", "Query exceeds max width.")


class Story:
    """A request that meets some errors, one after the other, and then ends well; each answer takes `seconds`."""

    def __init__(
        self, *met: FaunaError, size: int = 0, seconds: float = 0.0, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        self.clock = Clock()
        self.waits: list[Waiting] = []
        self.asked: list[int] = []
        self._met = list(met)
        self._seconds = seconds
        tuning = Tuning(clock=self.clock, random=lambda: 1.0)
        patience = Patience(first_seconds=20.0, outage_seconds=1800.0, clock=self.clock)
        patience.answered()
        self.attempts = Attempts(size=size, is_wanted=wanted, patience=patience, tuning=tuning)

    def ask(self) -> str:
        self.asked.append(self.attempts.size)
        self.clock.now += self._seconds
        if self._met:
            raise self._met.pop(0)
        return "well"

    def tell(self) -> Any:
        return self.attempts.retrying(sleep=self.clock.sleep, on_wait=self.waits.append)(self.ask)


def test_waits_double_up_to_a_minute() -> None:
    story = Story(*[DOWN] * 9)
    assert story.tell() == "well"
    assert [each.seconds for each in story.waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_only_faults_of_the_server_count_as_faults_of_the_server() -> None:
    """A restarting node refuses connections, is unavailable, and fails once. That is an outage and no bad request."""
    story = Story(*[DOWN] * 6, BROKEN, DOWN, BROKEN)
    assert story.tell() == "well"
    assert story.attempts.server_faults == 2


def test_a_request_on_which_the_server_fails_every_time_is_given_up() -> None:
    story = Story(*[BROKEN] * 9)
    with pytest.raises(FaunaError) as caught:
        story.tell()
    assert caught.value.kind is Kind.SERVER_FAULT
    assert len(story.asked) == 5


@pytest.mark.parametrize("stop", ["in an attempt", "in a wait", "before the first attempt"])
def test_a_process_that_was_stopped_for_long_asks_again(stop: str) -> None:
    """SIGSTOP, or docker pause. Without the rule, each request in flight fails: its half hour is over."""
    story = Story(*[DOWN] * 3)
    hour = 3_600.0

    def ask() -> str:
        if stop == "in an attempt" and len(story.asked) == 1:
            story.clock.now += hour
        return story.ask()

    def sleep(seconds: float) -> None:
        story.clock.now += seconds + (hour if stop == "in a wait" and len(story.waits) == 2 else 0.0)

    if stop == "before the first attempt":
        story.clock.now += hour
    assert story.attempts.retrying(sleep=sleep, on_wait=story.waits.append)(ask) == "well"
    assert len(story.asked) == 4


def test_a_server_that_is_slow_is_no_stop() -> None:
    story = Story(*[SLOW] * 99, seconds=65.0)
    with pytest.raises(FaunaError):
        story.tell()
    assert story.clock.now <= 1800.0 + 65.0


def test_what_nobody_wants_any_more_is_not_asked_again() -> None:
    answers = iter([True, True, False])
    story = Story(*[DOWN] * 9, wanted=lambda: next(answers))
    with pytest.raises(FaunaError):
        story.tell()
    assert len(story.asked) == 3


@pytest.mark.parametrize(("too_much", "seconds"), [(SLOW, 60.0), (TOO_WIDE, 0.0)], ids=["too slow", "too wide"])
def test_a_page_that_is_too_much_is_halved(too_much: FaunaError, seconds: float) -> None:
    story = Story(*[too_much] * 3, size=20, seconds=seconds)
    assert story.tell() == "well"
    assert story.asked == [20, 10, 5, 2]


def test_a_time_out_that_comes_at_once_says_nothing_of_a_page_until_it_comes_again_and_again() -> None:
    """Without the rule, pages shrink to two documents if a server refuses one request in twenty."""
    story = Story(*[SLOW] * 5, size=20, seconds=0.9)
    assert story.tell() == "well"
    assert story.asked == [20, 20, 20, 20, 10, 5]


def test_a_page_that_is_too_large_is_halved_without_a_wait() -> None:
    story = Story(TOO_WIDE, size=2)
    story.tell()
    assert [each.seconds for each in story.waits] == [0.0]


def test_a_single_document_cannot_be_halved() -> None:
    with pytest.raises(FaunaError):
        Story(TOO_WIDE, size=1).tell()


def test_a_limit_of_the_server_is_remembered() -> None:
    story = Story(BUSY)
    story.tell()
    assert story.attempts.throttled


def test_an_error_of_ours_is_raised_at_once() -> None:
    story = Story()

    def fail() -> None:
        raise ValueError("of ours")

    with pytest.raises(ValueError, match="of ours"):
        story.attempts.retrying(sleep=story.clock.sleep, on_wait=story.waits.append)(fail)
    assert story.waits == []
