"""Forms over arrays, pages and sets that need no lambda: take, drop, append, prepend, reverse, distinct, union."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from local_fauna.errors import expected, invalid_argument, not_implemented
from local_fauna.int64 import int32
from local_fauna.query.arguments import anything, array, eager, integer, one_or_more, zero_or_more
from local_fauna.query.comparison import same
from local_fauna.query.forms.sets import iterable, set_or_array
from local_fauna.sets.derived_sets import CombinedSet, DistinctSet
from local_fauna.sets.joined_sets import LambdaJoin
from local_fauna.sets.sources import SetValue
from local_fauna.type_names import type_name
from local_fauna.values import ABSENT, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value


def _array_or_page(value: Value, position: Position) -> Value:
    if not isinstance(value, (list, Page)):
        raise expected(position, "Array or Page", type_name(value))
    return value


@eager({"take": integer, "collection": anything})
def _take(_: Context, position: Position, count: int, value: Value) -> Value:
    source, number = _array_or_page(value, (*position, "collection")), int32(count)
    size = max(number, 0)
    if isinstance(source, list):
        return source[:size]
    taken = source.with_data(source.data[:size], source.rows[:size])
    following = source.before if number < 0 else source.place(number)
    taken.after = source.after if following is ABSENT and number >= 0 else following
    return taken


@eager({"drop": integer, "collection": anything})
def _drop(_: Context, position: Position, count: int, value: Value) -> Value:
    source, number = _array_or_page(value, (*position, "collection")), int32(count)
    size = max(number, 0)
    if isinstance(source, list):
        return source[size:]
    left = source.with_data(source.data[size:], source.rows[size:])
    if number >= 0:
        first = left.place(0)
        left.before = source.after if first is ABSENT else first
    return left


@eager({"prepend": zero_or_more(anything), "collection": array})
def _prepend(_: Context, __: Position, added: list[Value], source: list[Value]) -> Value:
    return [*added, *source]


@eager({"append": zero_or_more(anything), "collection": array})
def _append(_: Context, __: Position, added: list[Value], source: list[Value]) -> Value:
    return [*source, *added]


@eager({"reverse": iterable})
def _reverse(_: Context, position: Position, source: Value) -> Value:
    if isinstance(source, SetValue):
        raise not_implemented(position, "A set in reverse order")
    return source.with_data(source.data[::-1]) if isinstance(source, Page) else source[::-1]


def _without_repetition(items: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for item in items:
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return kept


@eager({"distinct": iterable})
def _distinct(_: Context, __: Position, source: Value) -> Value:
    if isinstance(source, SetValue):
        return DistinctSet(source)
    return (
        source.with_data(_without_repetition(source.data)) if isinstance(source, Page) else _without_repetition(source)
    )


def _count(items: list[Value], wanted: Value) -> int:
    return sum(1 for item in items if same(item, wanted))


def _union(left: list[Value], right: list[Value]) -> list[Value]:
    """Each value as often as the array has it that has it most often, equal ones side by side."""
    values = _without_repetition([*left, *right])
    return [value for value in values for _ in range(max(_count(left, value), _count(right, value)))]


def _intersection(left: list[Value], right: list[Value]) -> list[Value]:
    left_over, kept = list(right), []
    for item in left:
        place = next((number for number, other in enumerate(left_over) if same(item, other)), None)
        if place is not None:
            kept.append(item)
            del left_over[place]
    return kept


def _difference(left: list[Value], right: list[Value]) -> list[Value]:
    taken, kept = list(right), []
    for item in left:
        place = next((number for number, other in enumerate(taken) if same(item, other)), None)
        if place is None:
            kept.append(item)
        else:
            del taken[place]
    return kept


def _define_combined(key: str, of_arrays: Callable[[list[Value], list[Value]], list[Value]]) -> None:
    @eager({key: one_or_more(set_or_array)})
    def _combined(_: Context, position: Position, parts: list[Value]) -> Value:
        place = (*position, key)
        sets = [part for part in parts if isinstance(part, SetValue)]
        if len(sets) == len(parts):
            return _combined_sets(key, sets, position)
        if sets:
            raise invalid_argument(place, "Arguments cannot be of different types, expected Set or Array.")
        made: list[Value] = parts[0]
        for part in parts[1:]:
            made = of_arrays(made, part)
        return made


def _combined_sets(key: str, parts: list[SetValue], position: Position) -> Value:
    for one, other in pairwise(parts):
        if one.historical != other.historical or any(
            a != b for a, b in zip(one.reversed, other.reversed, strict=False)
        ):
            raise invalid_argument((*position, key), "Sets are not compatible.")
        if one.values != other.values or LambdaJoin in (type(one), type(other)):
            raise not_implemented(position, f"A {key} of sets of different shapes")
    return CombinedSet(key, parts)


_define_combined("union", _union)
_define_combined("intersection", _intersection)
_define_combined("difference", _difference)
