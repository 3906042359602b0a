"""Values as values of another type: to_string, to_number, to_double, to_integer, to_time, to_date."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from local_fauna.errors import invalid_argument, not_implemented
from local_fauna.int64 import INT64, saturated
from local_fauna.query.arguments import anything, eager
from local_fauna.query.forms.times import date_of, time_of
from local_fauna.type_names import type_name
from local_fauna.values import Action, Date, Time, Uuid
from local_fauna.wire.calendar_text import format_date, format_time
from local_fauna.wire.java_double import format_double, special_double

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import FaunaError, Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_DAY = 86_400_000_000_000
_EXACT = 2.0**53
_FEW_DIGITS = 5
_SURE = 1e20
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
_BEGINS_LIKE_ONE = re.compile("[-0-9.,\u221e\ufffdN]")
_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    Action: str,
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: lambda value: special_double(value) or format_double(value),
    Time: lambda value: format_time(value.nanos),
    Date: lambda value: format_date(value.days),
    Uuid: lambda value: value.text,
}


def _cannot(value: Value, wanted: str, position: Position) -> FaunaError:
    return invalid_argument(position, f"Cannot cast {type_name(value)} to {wanted}.")


def text_of(value: Value, position: Position) -> str:
    """A scalar as text. Refs, arrays, objects and the like cannot be: FaunaError."""
    make = _TEXTS.get(type(value))
    if make is None:
        raise _cannot(value, "String", position)
    text = str(make(value))
    if type(value) is float and _EXACT <= abs(value) < math.inf and not _is_surely_shortest(value, text):
        raise not_implemented(position, "The text of so large a double")
    return text


def _is_surely_shortest(value: float, text: str) -> bool:
    """Whether the database shows a large double in its fewest digits too: its Java shows some in more (measured)."""
    digits = text.partition("E")[0].lstrip("-").replace(".", "").strip("0")
    return len(digits) <= _FEW_DIGITS and abs(value) < _SURE


@eager({"to_string": anything})
def _to_string(_: Context, position: Position, value: Value) -> Value:
    return text_of(value, position)


def _read(text: str, wanted: str, position: Position) -> Value:
    """The number that a text begins with, as Java reads it: an integer if it has no fraction."""
    text = text.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        value = float(text)
        if value == 0:
            return value if text.startswith("-") else 0
        return int(value) if value.is_integer() else value
    if text.lstrip("-").isdigit() and text.isascii() and len(text.lstrip("-")) < 20 and int(text) in INT64:
        return int(text)
    if text and _BEGINS_LIKE_ONE.match(text):
        raise not_implemented(position, "A number in such a text")
    raise _cannot(text, wanted, position)


@eager({"to_number": anything})
def _to_number(_: Context, position: Position, value: Value) -> Value:
    if type(value) in (int, float):
        return value
    if type(value) is not str:
        raise _cannot(value, "Number", position)
    return _read(value, "Number", position)


@eager({"to_double": anything})
def _to_double(_: Context, position: Position, value: Value) -> Value:
    place = (*position, "to_double")
    if type(value) is str:
        value = _read(value, "Double", place)
    if type(value) not in (int, float):
        raise _cannot(value, "Double", place)
    return float(value)


@eager({"to_integer": anything})
def _to_integer(_: Context, position: Position, value: Value) -> Value:
    place = (*position, "to_integer")
    if type(value) is str:
        value = _read(value, "Integer", place)
    if type(value) is float:
        return saturated(value)
    if type(value) is not int:
        raise _cannot(value, "Integer", place)
    return value


@eager({"to_time": anything})
def _to_time(context: Context, position: Position, value: Value) -> Value:
    if isinstance(value, Time):
        return value
    if isinstance(value, Date):
        return Time(value.days * _DAY)
    if type(value) is int:
        return Time(value * 1_000_000)
    if type(value) is str:
        return time_of(context, value, position)
    raise _cannot(value, "Time", position)


@eager({"to_date": anything})
def _to_date(_: Context, position: Position, value: Value) -> Value:
    if isinstance(value, Date):
        return value
    if isinstance(value, Time):
        return Date(value.nanos // _DAY)
    if type(value) is str:
        return date_of(value, position)
    raise _cannot(value, "Date", position)
