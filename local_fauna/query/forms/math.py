"""Numbers: arithmetic on int64 and doubles, and comparisons (recording `errors`)."""

from __future__ import annotations

import math
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from local_fauna.errors import ErrorCollector, invalid_argument, not_implemented
from local_fauna.int64 import saturated, wrapped
from local_fauna.query.arguments import MISSING, anything, eager, integer, number, one_or_more, refuse_unknown
from local_fauna.store.ordering import value_key
from local_fauna.wire.java_double import format_double, special_double

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.store.ordering import Key
    from local_fauna.values import Value

_MOST_DIGITS = 9
"""Digits of `round` for which the database's own arithmetic neither overflows nor loses what counts."""


def _quotient(one: Value, other: Value, position: Position) -> Value:
    if other == 0:
        raise invalid_argument(position, "Illegal division by zero.")
    if isinstance(one, int) and isinstance(other, int):
        return wrapped(abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1))
    return one / other


def _remainder(one: Value, other: Value, position: Position) -> Value:
    if other == 0:
        raise invalid_argument(position, "Illegal division by zero.")
    if isinstance(one, int) and isinstance(other, int):
        return abs(one) % abs(other) * (-1 if one < 0 else 1)
    return math.nan if math.isinf(one) or math.isnan(one) or math.isnan(other) else math.fmod(one, other)


def _define_fold(key: str, step: Callable[[Value, Value, Position], Value]) -> None:
    @eager({key: one_or_more(number)})
    def _run(_: Context, position: Position, values: list[Value]) -> Value:
        return reduce(lambda one, other: step(one, other, position), values)


_define_fold("add", lambda one, other, _: wrapped(one + other))
_define_fold("subtract", lambda one, other, _: wrapped(one - other))
_define_fold("multiply", lambda one, other, _: wrapped(one * other))
_define_fold("divide", _quotient)
_define_fold("modulo", _remainder)


def _whole(value: Value) -> int:
    return saturated(value) if isinstance(value, float) else value


def _define_bits(key: str, step: Callable[[int, int], int]) -> None:
    def joined(one: Value, other: Value, _: Position) -> Value:
        bits = step(_whole(one), _whole(other))
        return float(bits) if isinstance(one, float) or isinstance(other, float) else bits

    _define_fold(key, joined)


_define_bits("bitand", lambda one, other: one & other)
_define_bits("bitor", lambda one, other: one | other)
_define_bits("bitxor", lambda one, other: one ^ other)


def _rounded(value: Value, rounding: Callable[[float], int]) -> Value:
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    return math.copysign(float(rounding(value)), value)


def _define_single(key: str, compute: Callable[[Value], Value]) -> None:
    @eager({key: number})
    def _run(_: Context, __: Position, value: Value) -> Value:
        return compute(value)


def _sign(value: Value) -> int:
    if isinstance(value, float):
        return -1 if value < 0 else 1
    return int(value > 0) - int(value < 0)


_define_single("abs", lambda value: wrapped(abs(value)))
_define_single("ceil", lambda value: _rounded(value, math.ceil))
_define_single("floor", lambda value: _rounded(value, math.floor))
_define_single("sign", _sign)
_define_single("bitnot", lambda value: ~_whole(value))


@eager({"sqrt": number})
def _sqrt(_: Context, position: Position, value: Value) -> Value:
    if not value >= 0:
        shown = str(value) if isinstance(value, int) else special_double(value) or format_double(value)
        raise invalid_argument(position, f"{shown} must be positive")
    return math.sqrt(value)


@eager({"round": number}, {"precision": integer})
def _round(_: Context, position: Position, value: Value, precision: Value) -> Value:
    if isinstance(value, int):
        return value if precision is MISSING or precision > 0 else _rounded_left(value, precision, position)
    digits = 2 if precision is MISSING else precision
    if digits <= 0:
        return float(_rounded_left(value, digits, position))
    if digits > _MOST_DIGITS or not math.isfinite(value) or abs(value) >= 2.0**63:
        raise not_implemented(position, "Rounding a number that is so large, or to so many digits")
    scale, whole = 10**digits, int(value)
    return whole + float(int((value - whole + 0.5 / scale) * scale)) / scale


def _rounded_left(value: Value, digits: int, position: Position) -> int:
    if digits < -_MOST_DIGITS or not math.isfinite(value) or abs(value) >= 2.0**53:
        raise not_implemented(position, "Rounding a number that is so large, or to so many digits")
    scale = 10.0**digits
    return int(int(value * scale + 0.5) / scale)


def _define_order(key: str, holds: Callable[[Key, Key], bool]) -> None:
    @eager({key: one_or_more(anything)})
    def _run(_: Context, position: Position, values: list[Value]) -> Value:
        errors = ErrorCollector()
        for value in values:
            errors.attempt(refuse_unknown, value, (*position, key))
        errors.raise_if_any()
        return all(holds(value_key(one), value_key(other)) for one, other in pairwise(values))


_define_order("lt", lambda one, other: one < other)
_define_order("lte", lambda one, other: one <= other)
_define_order("gt", lambda one, other: one > other)
_define_order("gte", lambda one, other: one >= other)
