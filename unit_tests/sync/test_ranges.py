"""The remaining ranges of ids. In whatever way they are cut and read, each id is handed out once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.sync.ranges import Range, document_id
from unit_tests.refs import document_ref, id_of

IDS = st.sets(st.integers(0, 40) | st.integers(0, 2**63 - 1), max_size=40)


def documents(*ids: int) -> list[dict[str, Any]]:
    return [{"ref": document_ref(each)} for each in ids]


def within(target: Range, ids: list[int]) -> list[int]:
    """The ids of a collection that are left of a range."""
    return [each for each in ids if target.low <= each and (target.high is None or each <= target.high)]


def page(target: Range, ids: list[int], size: int) -> tuple[list[int], int | None]:
    """What the server answers when asked for the range as it is: ids, and the one that the next page begins with."""
    found = within(target, ids)
    return found[:size], (found[size] if len(found) > size else None)


class Walked:
    """A collection that is walked by ranges; a page may come long after it was asked for."""

    def __init__(self, ids: set[int]) -> None:
        self.ids = sorted(ids)
        self.ranges = [Range(low=0)]
        self.handed: dict[Range, list[int]] = {}
        self._asked: dict[Range, tuple[list[int], int | None]] = {}

    def ask(self, target: Range, size: int) -> None:
        """Ask for a page of a range, unless one is asked for."""
        self._asked.setdefault(target, page(target, self.ids, size))

    def hand_out(self, target: Range, size: int) -> None:
        """Take the page that was asked for, whatever happened to the range since, or one of this size."""
        self.ask(target, size)
        found, after = self._asked.pop(target)
        self.handed.setdefault(target, []).extend(map(id_of, target.take(documents(*found), after)))
        if target.ends_before(after):
            self.ranges.remove(target)

    def cut(self, target: Range, ahead: int) -> None:
        """Cut a range where so many documents lie before."""
        found, border = page(target, self.ids, ahead)
        far = None if border is None else target.cut(border, len(found))
        self.ranges.extend([far] if far else [])

    @property
    def handed_or_left(self) -> list[int]:
        left = [within(target, self.ids) for target in self.ranges]
        return sorted(itertools.chain(*left, *self.handed.values()))


STEPS = [Walked.ask, Walked.hand_out, Walked.cut]


@settings(max_examples=300)
@given(IDS, st.booleans(), st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(1, 9))))
def test_no_id_is_lost_or_handed_out_twice_and_every_count_stays_right(
    ids: set[int], counted: bool, steps: list[tuple[Callable[[Walked, Range, int], None], int, int]]
) -> None:
    walked = Walked(ids)
    if counted:
        walked.ranges[0].learn_count(len(ids))
    for step, which, size in steps:
        if walked.ranges:
            step(walked, walked.ranges[which % len(walked.ranges)], size)
        assert walked.handed_or_left == walked.ids
        for each in walked.ranges:
            assert each.count in ({len(within(each, walked.ids))} if counted else {None, len(within(each, walked.ids))})
            assert each.emitted == len(walked.handed.get(each, []))


def test_a_page_asked_for_before_a_cut_gives_what_lies_before_it() -> None:
    target = Range(low=0)
    far = target.cut(5, 3)
    assert target.take(documents(1, 4, 5, 9), 12) == documents(1, 4)
    assert (target.emitted, target.ends_before(12)) == (2, True)
    assert far is not None
    assert (far.low, far.high) == (5, None)


@pytest.mark.parametrize("border", [3, 2, 10], ids=["where it begins", "before", "behind"])
def test_a_border_outside_of_the_range_cuts_nothing(border: int) -> None:
    """The answer to where to cut may come when the walker has passed there."""
    target = Range(low=3, high=9, count=7)
    assert target.cut(border, 4) is None
    assert (target.low, target.high, target.count) == (3, 9, 7)


@pytest.mark.parametrize("border", [4, 9], ids=["right behind the first", "the last"])
def test_the_border_belongs_to_the_far_part(border: int) -> None:
    target = Range(low=3, high=9, count=7)
    far = target.cut(border, border - 3)
    assert far is not None
    assert (target.low, target.high, target.count) == (3, border - 1, border - 3)
    assert (far.low, far.high, far.count) == (border, 9, 10 - border)


@pytest.mark.parametrize(
    ("high", "after", "is_last"),
    [(None, None, True), (None, 7, False), (9, None, True), (9, 9, False), (9, 10, True)],
)
def test_a_range_ends_with_the_ids_or_where_it_was_cut(high: int | None, after: int | None, is_last: bool) -> None:
    assert Range(low=0, high=high).ends_before(after) is is_last


def test_an_unknown_number_is_cut_a_chunk_ahead() -> None:
    target = Range(low=0, asked=64)
    assert (target.ids_to_cut(512), target.unasked) == (512, math.inf)


@pytest.mark.parametrize(("count", "asked", "ids"), [(100, 0, 50), (100, 20, 60), (101, 20, 61), (21, 20, 21)])
def test_a_known_number_is_cut_in_the_middle_of_what_nobody_has_asked_for(count: int, asked: int, ids: int) -> None:
    target = Range(low=0, count=count, asked=asked)
    assert target.ids_to_cut(512) == ids
    assert target.unasked == count - asked


@pytest.mark.parametrize(("count", "asked"), [(0, 0), (0, 4), (1, 0), (3, 7)])
def test_there_is_always_an_id_to_read_before_a_cut(count: int, asked: int) -> None:
    """The server answers a page of 0 ids with an empty page, whatever is left."""
    assert Range(low=0, count=count, asked=asked).ids_to_cut(512) >= 1


@pytest.mark.parametrize("target", [Range(low=0), Range(low=0, count=10**9)], ids=["unknown", "known"])
def test_no_cut_needs_a_page_larger_than_the_server_gives(target: Range) -> None:
    assert target.ids_to_cut(10**6) + 1 == LARGEST_PAGE


def test_no_number_is_below_nothing() -> None:
    """A count may be older than the pages that were handed out since."""
    target = Range(low=0)
    target.learn_count(-3)
    assert target.count == 0
    target.learn_count(1)
    target.take(documents(1, 2), 3)
    assert target.count == 0


def test_an_id_is_a_number() -> None:
    assert document_id(document_ref(2**63 - 1)) == 2**63 - 1
