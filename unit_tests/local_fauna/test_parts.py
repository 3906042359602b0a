"""Parts that need no database: the sorted list, the calendar, doubles, and how values are compared."""

from __future__ import annotations

import struct
from bisect import bisect_left, insort

from hypothesis import given
from hypothesis import strategies as st

from local_fauna.store.ordering import HIGH, NULL, Reversed, value_key
from local_fauna.store.sorted_list import SortedList
from local_fauna.wire.calendar_text import civil_from_days, days_from_civil, format_time, parse_time
from local_fauna.wire.java_double import format_double


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5000)), max_size=300), st.integers(-1, 5001))
def test_a_sorted_list_is_a_sorted_list(operations: list[tuple[bool, int]], place: int) -> None:
    ours, plain = SortedList(range(0, 5000, 3)), list(range(0, 5000, 3))
    for adds, item in operations:
        if adds:
            ours.add(item)
            insort(plain, item)
        else:
            ours.remove(item)
            if item in plain:
                plain.remove(item)
    cut = bisect_left(plain, place)
    assert list(ours.ascending()) == plain
    assert list(ours.ascending(place)) == plain[cut:]
    assert list(ours.descending(place)) == plain[:cut][::-1]
    assert len(ours) == len(plain)


def test_a_sorted_list_grows_from_nothing_and_empties() -> None:
    ours: SortedList[int] = SortedList()
    for item in range(3000, 0, -1):
        ours.add(item)
    assert list(ours.ascending()) == list(range(1, 3001))
    for item in range(1, 3001):
        ours.remove(item)
    assert list(ours.descending()) == []


@given(st.integers(-700_000, 7_000_000))
def test_days_and_dates_are_inverse(days: int) -> None:
    assert days_from_civil(*civil_from_days(days)) == days


@given(st.integers(-62_135_596_800_000_000_000, 600_000_000_000_000_000_000))
def test_times_survive_their_text(nanos: int) -> None:
    text = format_time(nanos)
    assert parse_time(text) == nanos
    assert len(text.partition(".")[2].rstrip("Z")) in (0, 3, 6, 9)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_survive_their_text(value: float) -> None:
    assert struct.pack("d", float(format_double(value))) == struct.pack("d", value)


def test_bounds_and_reversed_keys_compare_with_everything() -> None:
    low, high = Reversed(value_key(5)), Reversed(value_key(1))
    assert low < high < HIGH
    assert low < HIGH
    assert not low > HIGH
    assert low <= high <= HIGH
    assert high >= low >= NULL
    assert NULL < HIGH
    assert value_key(1) == value_key(1.0)
