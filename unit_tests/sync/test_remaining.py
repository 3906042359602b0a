"""The remaining documents of a walk are counted in pieces, and only if that is cheap."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.state.state import WHOLE, IdRange
from source_fauna.sync.remaining import Remaining

SLOW = 1.0
"""Seconds of a page: a count costs next to nothing beside it."""


def remaining(*, documents: int = 10, seconds: float = SLOW) -> Remaining:
    """The extent of a walk that has handed out one page."""
    made = Remaining(from_documents=10)
    made.take(documents, seconds=seconds)
    return made


def answer(made: Remaining, piece: IdRange, ids: list[int], size: int) -> None:
    """Count a piece as the server does: at most `size` ids of a sorted list, and the next one."""
    within = [each for each in ids if each >= piece.low and (piece.high is None or each <= piece.high)]
    made.count(min(len(within), size), after=within[size] if len(within) > size else None)


@given(
    st.sets(st.integers(0, 200), max_size=60),
    st.sets(st.integers(1, 200), max_size=4),
    st.integers(1, 70),
)
def test_all_that_is_left_is_counted_whatever_the_ranges_and_pieces(
    documents: set[int], borders: set[int], size: int
) -> None:
    ids, cuts = sorted(documents), sorted(borders)
    lows, highs = [0, *cuts], [*(each - 1 for each in cuts), None]
    # Every second range was read already.
    left = [IdRange(low=low, high=high) for low, high in zip(lows, highs, strict=True)][::2]
    made, asked = remaining(), 0
    while (piece := made.next_piece(left)) is not None:
        assert made.left is None
        answer(made, piece, ids, size)
        asked += 1
    held = sum(
        bisect_left(ids, 201 if each.high is None else each.high + 1) - bisect_left(ids, each.low) for each in left
    )
    assert made.left == held
    assert asked <= len(left) + held // size


def test_what_is_handed_out_meanwhile_is_left_no_more() -> None:
    made = remaining()
    assert made.next_piece(WHOLE) == IdRange()
    made.take(4, seconds=SLOW)
    made.count(90, after=None)
    assert made.left == 86
    made.take(6, seconds=SLOW)
    assert made.left == 80


@pytest.mark.parametrize(
    ("documents", "seconds", "is_asked"),
    [
        pytest.param(9, SLOW, False, id="too few documents"),
        pytest.param(10_000, 0.9, False, id="documents that are read nearly as fast as counted"),
        pytest.param(10_000, 1.1, True, id="documents of 110 us, a count of 5 us"),
    ],
)
def test_nothing_is_counted_that_costs_too_much(documents: int, seconds: float, *, is_asked: bool) -> None:
    assert (remaining(documents=documents, seconds=seconds).next_piece(WHOLE) is not None) == is_asked


def test_a_database_that_does_not_count_is_not_asked_again() -> None:
    made = remaining()
    assert made.next_piece(WHOLE) is not None
    made.abandon()
    assert made.next_piece(WHOLE) is None
    assert made.left is None
