"""The log lines about the progress of a stream."""

from __future__ import annotations

import logging

import pytest

from source_fauna.sync.progress import Progress
from unit_tests.clock import Clock
from unit_tests.told import logged


@pytest.fixture
def clock(caplog: pytest.LogCaptureFixture) -> Clock:
    caplog.set_level(logging.INFO, "airbyte.source_fauna")
    return Clock(now=1_000.0)


def progress(clock: Clock) -> Progress:
    return Progress(stream="users", every_seconds=30.0, clock=clock)


def tell(progress: Progress, clock: Clock, *, after: float) -> None:
    """A checkpoint so many seconds later."""
    clock.now += after
    progress.tell(page_size=64, walkers=2)


def test_a_line_says_how_much_was_read_how_fast_and_with_what(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    users = progress(clock)
    users.documents, users.deletions = 500, 100
    tell(users, clock, after=40.0)
    assert logged(caplog) == [
        "INFO Stream 'users': 500 documents and 100 deletions in 40.0 s (15 a second), pages of 64, walkers 2"
    ]


@pytest.mark.parametrize(
    ("documents", "expected", "seconds", "ahead"),
    [
        pytest.param(500, 2_000, 40.0, ", 25 % of 2000, about 2 min left", id="a quarter"),
        pytest.param(1_999, 2_000, 40.0, ", 99 % of 2000, about 0 s left", id="nearly all"),
        pytest.param(10, 10_000, 40.0, ", 0 % of 10000, about 11 h left", id="hardly any"),
        pytest.param(2_001, 2_000, 40.0, "", id="more than there were"),
        pytest.param(0, 2_000, 40.0, "", id="none yet"),
    ],
)
def test_a_line_says_how_far_it_is_and_how_long_it_takes(
    clock: Clock, caplog: pytest.LogCaptureFixture, documents: int, expected: int, seconds: float, ahead: str
) -> None:
    users = progress(clock)
    users.documents, users.expected = documents, expected
    tell(users, clock, after=seconds)
    assert f"a second){ahead}, pages of 64" in logged(caplog)[0]


@pytest.mark.parametrize(
    ("waits", "lines"),
    [
        pytest.param([29.9], 0, id="too early"),
        pytest.param([30.0], 1, id="at once when it is time"),
        pytest.param([30.0, 29.9], 1, id="too early again"),
        pytest.param([29.9, 0.1, 29.9, 0.1], 2, id="every half minute, not one from the other attempts"),
        pytest.param([300.0, 1.0], 1, id="no line for what was missed"),
    ],
)
def test_a_line_comes_at_most_every_so_many_seconds(
    clock: Clock, caplog: pytest.LogCaptureFixture, waits: list[float], lines: int
) -> None:
    users = progress(clock)
    for wait in waits:
        tell(users, clock, after=wait)
    assert len(logged(caplog)) == lines


def test_the_end_is_told_in_any_case(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    users = progress(clock)
    users.documents = 3
    users.close()
    clock.now += 2.0
    users.close()
    assert logged(caplog) == [
        "INFO Stream 'users' is done: 3 documents and 0 deletions in 0.0 s (0 a second)",
        "INFO Stream 'users' is done: 3 documents and 0 deletions in 2.0 s (2 a second)",
    ]
