"""When two values are equal, and which comes first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from local_fauna.sets.sources import SetValue
from local_fauna.values import Document

if TYPE_CHECKING:
    from local_fauna.values import Value


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(one: Value, other: Value) -> bool:
    """FQL's `equals`: 1 equals 1.0, but -0.0 is not 0."""
    if _is_number(one) and _is_number(other):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return _same_shape(one, other, numbers_mix=True)


def identical(one: Value, other: Value) -> bool:
    """The same type and value throughout: what makes a field of a document unchanged."""
    return _same_shape(one, other, numbers_mix=False)


def _parts(value: Document | SetValue) -> dict[str, Value]:
    return value.members() if isinstance(value, Document) else value.parameters()


def _same_shape(one: Value, other: Value, *, numbers_mix: bool) -> bool:
    inner = equal if numbers_mix else identical
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(inner, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(inner(one[key], other[key]) for key in one)
    if isinstance(one, (Document, SetValue)):
        return inner(_parts(one), _parts(other))
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return bool(one == other)
