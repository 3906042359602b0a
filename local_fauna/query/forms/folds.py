"""Forms that make one value of an array, page or set: count, sum, mean, any, all, min, max, is_empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from local_fauna.int64 import wrapped
from local_fauna.query.arguments import boolean, eager, empty_array, number, refuse_unknown
from local_fauna.query.compiler import Effect
from local_fauna.query.forms.reads import any_row, elements_of
from local_fauna.query.forms.sets import iterable
from local_fauna.sets.sources import SetValue
from local_fauna.store.ordering import value_key
from local_fauna.values import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

    Fold: TypeAlias = Callable[[Context, list[Value], Position], Value]


def values_of(context: Context, source: Value, position: Position) -> list[Value]:
    """The elements of an array, a page or a set."""
    if isinstance(source, SetValue):
        return elements_of(context, source, position)
    data: list[Value] = source.data if isinstance(source, Page) else source
    return data


def _define(key: str, fold: Fold) -> None:
    @eager({key: iterable}, effect=Effect.READ)
    def _run(context: Context, position: Position, source: Value) -> Value:
        place = (*position, key)
        result = fold(context, values_of(context, source, place), place)
        return source.with_data([result]) if isinstance(source, Page) else result


def _sum(context: Context, values: list[Value], place: Position) -> Value:
    total: Value = 0
    for value in values:
        total = wrapped(total + number(context, value, place))
    return total


def _mean(context: Context, values: list[Value], place: Position) -> Value:
    total = _sum(context, values, place)
    if not values:
        raise empty_array(place)
    return float(total) / len(values)


def _define_flags(key: str, join: Callable[[list[bool]], bool]) -> None:
    def fold(context: Context, values: list[Value], place: Position) -> Value:
        return join([boolean(context, value, place) for value in values])

    _define(key, fold)


def _define_extreme(key: str, wins: Callable[[object, object], bool]) -> None:
    def fold(_: Context, values: list[Value], place: Position) -> Value:
        if not values:
            raise empty_array(place)
        for value in values:
            refuse_unknown(value, place)
        best = values[0]
        for value in values[1:]:
            if not wins(value_key(best), value_key(value)):
                best = value
        return best

    @eager({key: iterable}, effect=Effect.READ)
    def _run(context: Context, position: Position, source: Value) -> Value:
        place = (*position, key)
        while isinstance(source, list) and len(source) == 1 and isinstance(source[0], (list, Page, SetValue)):
            (source,) = source
        result = fold(context, values_of(context, source, place), place)
        return source.with_data([result]) if isinstance(source, Page) else result


def _define_emptiness(key: str, *, when_empty: bool) -> None:
    @eager({key: iterable})
    def _run(context: Context, position: Position, source: Value) -> Value:
        if isinstance(source, SetValue):
            return any_row(context, source, position) is not when_empty
        return (not values_of(context, source, position)) is when_empty


_define("count", lambda _, values, __: len(values))
_define("sum", _sum)
_define("mean", _mean)
_define_flags("any", any)
_define_flags("all", all)
_define_extreme("max", lambda best, value: best > value)  # type: ignore[operator]
_define_extreme("min", lambda best, value: best < value)  # type: ignore[operator]
_define_emptiness("is_empty", when_empty=True)
_define_emptiness("is_nonempty", when_empty=False)
