"""Integers of 64 bits, the only ones in FQL."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from local_fauna.errors import not_implemented

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.values import Value

INT64 = range(-(2**63), 2**63)
_MOST_DIGITS = 19


def wrapped(value: Value) -> Value:
    """A number as arithmetic leaves it: an integer wraps round."""
    if not isinstance(value, int):
        return value
    return (value + 2**63) % 2**64 - 2**63


def int32(value: int) -> int:
    """The lower 32 bits as a signed number: what the database makes of a count."""
    return (value + 2**31) % 2**32 - 2**31


def saturated(value: float) -> int:
    """A double cut down to an integer: the nearest one there is for one that is too large, 0 for not-a-number."""
    if math.isnan(value):
        return 0
    if abs(value) < 2.0**63:
        return int(value)
    return INT64.stop - 1 if value > 0 else INT64.start


def within(value: int, position: Position) -> int:
    """The integer, if 64 bits hold it. Raises FaunaError: no transcript shows what the database makes of others."""
    if value not in INT64:
        raise not_implemented(position, "An integer of more than 64 bits")
    return value


def parse_whole(text: str, position: Position) -> int:
    """The integer that a text of digits with or without a sign stands for. Raises FaunaError as `within` does."""
    digits = text.lstrip("+-").lstrip("0") or "0"
    # Python refuses to read some thousands of digits.
    size = int(digits) if len(digits) <= _MOST_DIGITS else 2**64
    return within(-size if text.startswith("-") else size, position)
