"""The budget for failing, on a clock that the test moves."""

from __future__ import annotations

from source_fauna.database.patience import Patience
from unit_tests.clock import Clock


def patience(clock: Clock) -> Patience:
    return Patience(first_seconds=20.0, outage_seconds=1_800.0, clock=clock)


def test_a_database_that_never_answered_has_twenty_seconds() -> None:
    clock = Clock()
    budget = patience(clock)
    clock.now = 15.0
    assert budget.left(0.0) == 5.0


def test_one_that_has_answered_has_half_an_hour() -> None:
    clock = Clock()
    budget = patience(clock)
    budget.answered()
    clock.now = 800.0
    assert budget.left(0.0) == 1_000.0


def test_what_begins_in_an_outage_has_what_is_left_of_it() -> None:
    clock = Clock()
    budget = patience(clock)
    budget.answered()
    for now in (100.0, 400.0, 700.0, 1_000.0):
        clock.now = now
        budget.failed()
    assert budget.left(started=1_000.0) == 900.0


def test_an_outage_of_which_nothing_was_heard_for_long_is_over() -> None:
    """A destination may block for hours after a failure, and meanwhile no request shows that the outage is over."""
    clock = Clock()
    budget = patience(clock)
    budget.answered()
    budget.failed()
    clock.now = 3_600.0
    assert budget.left(started=3_600.0) == 1_800.0
    budget.failed()
    clock.now = 3_700.0
    assert budget.left(started=3_700.0) == 1_700.0


def test_an_answer_ends_the_outage() -> None:
    clock = Clock()
    budget = patience(clock)
    budget.answered()
    budget.failed()
    clock.now = 1_700.0
    budget.answered()
    assert budget.left(started=1_700.0) == 1_800.0


def test_what_may_be_no_database_ends_the_outage_and_is_no_first_answer() -> None:
    clock = Clock()
    budget = patience(clock)
    budget.heard()
    assert budget.left(started=0.0) == 20.0
    budget.answered()
    budget.failed()
    clock.now = 1_700.0
    budget.heard()
    assert budget.left(started=1_700.0) == 1_800.0


def test_a_request_that_fails_while_others_succeed_has_a_budget_of_its_own() -> None:
    clock = Clock()
    budget = patience(clock)
    budget.answered()
    clock.now = 1_000.0
    budget.failed()
    budget.answered()
    clock.now = 1_500.0
    assert budget.left(started=0.0) == 300.0
