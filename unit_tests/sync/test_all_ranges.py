"""All ranges of a walk: which walker reads which range, and where the widest one is cut."""

from __future__ import annotations

import math
from typing import Any

from source_fauna.state.state import WHOLE, IdRange
from source_fauna.sync.ranges import Ranges
from unit_tests.refs import document_ref


def documents(*ids: int) -> list[dict[str, Any]]:
    return [{"ref": document_ref(each)} for each in ids]


def halves() -> Ranges:
    return Ranges((IdRange(high=49), IdRange(low=50)))


def test_a_range_waits_until_somebody_reads_it_or_it_seems_empty() -> None:
    ranges = halves()
    first, second = ranges.waiting()
    first.asked = 10
    assert ranges.waiting() == [second]
    ranges.take(second, [], None)
    assert ranges.waiting() == []
    ranges.take(first, documents(1, 2), 3)
    assert ranges.waiting() == [first]


def test_an_empty_last_page_ends_nothing_before_it_is_confirmed() -> None:
    ranges = halves()
    for each in ranges.waiting():
        assert not ranges.seem_empty
        assert ranges.take(each, [], None) == []
    assert ranges.seem_empty
    assert ranges.left == (IdRange(high=49), IdRange(low=50))
    ranges.read_again()
    assert len(ranges.waiting()) == 2
    ranges.finish()
    assert not ranges.left


def test_the_widest_range_is_cut_if_that_is_worth_it() -> None:
    ranges = halves()
    first, second = ranges.waiting()
    first.learn_count(30)
    second.learn_count(40)
    assert ranges.unasked == 70
    assert ranges.widest(39) is second
    assert ranges.widest(40) is None
    second.asked = 20
    assert ranges.widest(10) is first
    first.is_cuttable = False
    assert ranges.widest(10) is second


def test_a_range_is_cut_once_at_a_time() -> None:
    ranges = Ranges(WHOLE)
    (whole,) = ranges.waiting()
    assert ranges.widest(1000) is whole, "nobody knows how many documents it has"
    cut = ranges.begin_cut(whole, 512)
    assert cut.ids == 512
    assert ranges.widest(1000) is None
    ranges.cut(cut, border=600, count=512)
    assert ranges.left == (IdRange(high=599), IdRange(low=600))
    assert (ranges.count, ranges.unasked) == (None, math.inf)


def test_what_was_handed_out_since_the_question_is_no_longer_left() -> None:
    ranges = Ranges(WHOLE)
    (whole,) = ranges.waiting()
    cut = ranges.begin_cut(whole, 512)
    ranges.take(whole, documents(1, 2, 3), 4)
    ranges.cut(cut, border=None, count=100)
    assert ranges.count == 97


def test_a_border_that_the_walker_has_passed_leaves_no_negative_number() -> None:
    ranges = Ranges(WHOLE)
    (whole,) = ranges.waiting()
    whole.learn_count(10)
    cut = ranges.begin_cut(whole, 512)
    ranges.take(whole, documents(*range(8)), 8)
    ranges.cut(cut, border=9, count=5)
    near, far = ranges.waiting()
    assert (near.count, far.count) == (0, 2)


def test_an_id_to_cut_at_is_of_no_use_for_a_range_that_has_ended() -> None:
    ranges = Ranges((IdRange(high=49),))
    (only,) = ranges.waiting()
    cut = ranges.begin_cut(only, 512)
    ranges.take(only, documents(1), None)
    ranges.cut(cut, border=20, count=5)
    assert ranges.left == ()


def test_requests_that_were_dropped_are_asked_anew() -> None:
    ranges = Ranges(WHOLE)
    (whole,) = ranges.waiting()
    whole.asked = 10
    ranges.begin_cut(whole, 512)
    ranges.forget_requests()
    assert ranges.waiting() == [whole]
    assert ranges.widest(0) is whole
