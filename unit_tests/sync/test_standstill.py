"""A stream that makes no progress ends with an error that names its position."""

from __future__ import annotations

import pytest

from source_fauna.errors.errors import SystemFailure
from source_fauna.sync.standstill import MOST_ANSWERS, Standstill


def answered(standstill: Standstill, times: int) -> None:
    for _ in range(times):
        standstill.count_answer()


@pytest.fixture
def standstill() -> Standstill:
    return Standstill(stream="foo")


def test_some_hundred_answers_at_one_position_are_too_many(standstill: Standstill) -> None:
    standstill.reach("its updates, ts 7")
    answered(standstill, MOST_ANSWERS)
    with pytest.raises(
        SystemFailure, match=r"Stream 'foo' stands still: 200 answers .* no further than its updates, ts 7"
    ):
        standstill.count_answer()


def test_positions_that_come_again_are_no_progress(standstill: Standstill) -> None:
    """Two requests alternate for ever: one moves the position, and the other moves it back."""
    for turn in range(MOST_ANSWERS):
        standstill.reach(f"its deletions, ts {turn % 2}")
        answered(standstill, 1)
    with pytest.raises(SystemFailure, match="no further than its deletions, ts 1"):
        answered(standstill, 2)


def test_a_new_position_is_progress_however_many_there_are(standstill: Standstill) -> None:
    for ts in range(10):
        standstill.reach(f"its deletions, ts {ts}")
        answered(standstill, MOST_ANSWERS)


def test_a_record_and_a_wait_are_progress(standstill: Standstill) -> None:
    for _ in range(3):
        standstill.reach("its deletions, ts 1")
        answered(standstill, MOST_ANSWERS)
        standstill.end()
