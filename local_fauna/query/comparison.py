"""Three kinds of equality of values: for `equals`, for functions over arrays, and for histories."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from local_fauna.sets.sources import SetValue
from local_fauna.values import Action, Document, Event, Page

if TYPE_CHECKING:
    from local_fauna.values import Value

_ALSO = {"add": "create", "remove": "delete"}
"""The text that an action of a set is equal to besides its own."""


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(one: Value, other: Value, *, strict_actions: bool = False) -> bool:
    """What `equals` answers: 1 equals 1.0 and not-a-number itself, but -0.0 is not 0.

    Within arrays and objects it is what `same` says. `strict_actions` lets the action `add` be no `create`.
    """
    if _is_number(one) and _is_number(other):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return bool(one == other) and math.copysign(1, one) == math.copysign(1, other)
    if strict_actions and isinstance(one, (str, Action)):
        return bool(one == other)
    return same(one, other)


def same(one: Value, other: Value) -> bool:
    """Whether both are of one type and value: 1 is not 1.0, but -0.0 is 0.0."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _is_action(one, other) or _is_action(other, one)
    return _same_shape(one, other, exact=False)


def _is_action(action: str, text: str) -> bool:
    return isinstance(action, Action) and _ALSO.get(action) == text


def identical(one: Value, other: Value) -> bool:
    """The same type and value throughout, to the sign of zero: what makes a field of a document unchanged."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return _same_shape(one, other, exact=True)


def _parts(value: Document | SetValue | Event | Page) -> dict[str, Value]:
    return value.parameters() if isinstance(value, SetValue) else value.members()


def _same_shape(one: Value, other: Value, *, exact: bool) -> bool:
    inner = identical if exact else same
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(inner, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(inner(one[key], other[key]) for key in one)
    if isinstance(one, Document):
        return one.created == other.created and inner(_parts(one), _parts(other))
    if isinstance(one, (SetValue, Event, Page)):
        return inner(_parts(one), _parts(other))
    return bool(one == other)
