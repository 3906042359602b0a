"""Numbers: arithmetic on int64 and doubles, and comparisons (recording `errors`)."""

from __future__ import annotations

import math
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from local_fauna.errors import invalid_argument
from local_fauna.int64 import wrapped
from local_fauna.query.arguments import MISSING, anything, eager, integer, number, variadic
from local_fauna.store.ordering import value_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.store.ordering import Key
    from local_fauna.values import Value


_MOST_DIGITS = 300


def _quotient(one: Value, other: Value, position: Position) -> Value:
    if isinstance(one, int) and isinstance(other, int):
        if other == 0:
            raise invalid_argument(position, "Illegal division by zero.")
        return wrapped(abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1))
    if other == 0:
        if math.isnan(one) or one == 0:
            return math.nan
        return math.copysign(math.inf, one) * math.copysign(1.0, other)
    return one / other


def _remainder(one: Value, other: Value, position: Position) -> Value:
    if isinstance(one, int) and isinstance(other, int):
        if other == 0:
            raise invalid_argument(position, "Illegal division by zero.")
        return abs(one) % abs(other) * (-1 if one < 0 else 1)
    return math.fmod(one, other) if other and not math.isinf(one) else math.nan


def _define_fold(key: str, step: Callable[[Value, Value, Position], Value]) -> None:
    @eager({key: variadic(number)})
    def _run(_: Context, position: Position, values: list[Value]) -> Value:
        return reduce(lambda one, other: step(one, other, position), values)


_define_fold("add", lambda one, other, _: wrapped(one + other))
_define_fold("subtract", lambda one, other, _: wrapped(one - other))
_define_fold("multiply", lambda one, other, _: wrapped(one * other))
_define_fold("divide", _quotient)
_define_fold("modulo", _remainder)
_define_fold("min", lambda one, other, _: min(one, other))
_define_fold("max", lambda one, other, _: max(one, other))


def _define_bits(key: str, step: Callable[[int, int], int]) -> None:
    @eager({key: variadic(integer)})
    def _run(_: Context, __: Position, values: list[int]) -> Value:
        return wrapped(reduce(step, values))


_define_bits("bitand", lambda one, other: one & other)
_define_bits("bitor", lambda one, other: one | other)
_define_bits("bitxor", lambda one, other: one ^ other)


def _to_whole(value: Value, rounding: Callable[[float], int]) -> Value:
    return float(rounding(value)) if isinstance(value, float) and math.isfinite(value) else value


def _define_single(key: str, compute: Callable[[Value], Value]) -> None:
    @eager({key: number})
    def _run(_: Context, __: Position, value: Value) -> Value:
        return compute(value)


_define_single("abs", lambda value: wrapped(abs(value)))
_define_single("ceil", lambda value: _to_whole(value, math.ceil))
_define_single("floor", lambda value: _to_whole(value, math.floor))
_define_single("sign", lambda value: (value > 0) - (value < 0))
_define_single("sqrt", lambda value: math.sqrt(value) if value >= 0 else math.nan)


@eager({"bitnot": integer})
def _bitnot(_: Context, __: Position, value: int) -> Value:
    return ~value


@eager({"round": number}, {"precision": integer})
def _round(_: Context, __: Position, value: Value, precision: Value) -> Value:
    digits = 2 if precision is MISSING else precision
    if abs(digits) > _MOST_DIGITS:
        return value if digits > 0 else value * 0
    if isinstance(value, int):
        return value if digits >= 0 else wrapped(round(value, digits))
    scale = 10.0**digits
    shifted = abs(value) * scale
    # A double so large has no digits behind the point; an infinity or not-a-number has none at all.
    return math.floor(shifted + 0.5) / scale * math.copysign(1.0, value) if math.isfinite(shifted) else value


def _define_order(key: str, holds: Callable[[Key, Key], bool]) -> None:
    @eager({key: variadic(anything)})
    def _run(_: Context, __: Position, values: list[Value]) -> Value:
        return all(holds(value_key(one), value_key(other)) for one, other in pairwise(values))


_define_order("lt", lambda one, other: one < other)
_define_order("lte", lambda one, other: one <= other)
_define_order("gt", lambda one, other: one > other)
_define_order("gte", lambda one, other: one >= other)
