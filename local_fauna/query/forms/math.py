"""Numbers: arithmetic on int64 and doubles, and comparisons (recording `errors`)."""

from __future__ import annotations

import math
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from local_fauna.errors import ErrorCollector, invalid_argument
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
"""The digits that the scale of `round` and `trunc` can have."""


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


_LARGEST_SCALE = 2**31 - 1
"""What 32 bits hold at most: more than nine digits are cut to it."""


def _scaled(value: float, digits: int, half: float) -> float:
    """Cut down to so many digits behind the point: the database adds a half first, to the last digit, to round."""
    scale = 10**digits if digits <= _MOST_DIGITS else _LARGEST_SCALE
    whole = saturated(value)
    part = saturated((value - whole + half / scale) * scale)
    return float(whole) + float(part) / scale


def _scaled_left(value: Value, digits: int, half: float) -> float:
    """The same for digits before the point, of which `digits` is minus the number."""
    scale = 10.0**digits
    whole = saturated(value * scale + half)
    if scale == 0:
        return math.nan if whole == 0 else math.copysign(math.inf, whole)
    return whole / scale


@eager({"round": number}, {"precision": integer})
def _round(_: Context, __: Position, value: Value, precision: Value) -> Value:
    if isinstance(value, int):
        return value if precision is MISSING or precision > 0 else saturated(_scaled_left(value, precision, 0.5))
    digits = 2 if precision is MISSING else precision
    return _scaled(value, digits, 0.5) if digits > 0 else float(saturated(_scaled_left(value, digits, 0.5)))


@eager({"trunc": number}, {"precision": integer})
def _trunc(_: Context, __: Position, value: Value, precision: Value) -> Value:
    if isinstance(value, int):
        return value if precision is MISSING or precision > 0 else saturated(_scaled_left(value, precision, 0.0))
    digits = 2 if precision is MISSING else precision
    return _scaled(value, digits, 0.0) if digits > 0 else _scaled_left(value, digits, 0.0)


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
