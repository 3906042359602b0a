"""Strings: concat, format, to_string, case, search (recording `errors`)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from local_fauna.errors import bad_request, expected, invalid_argument, not_implemented
from local_fauna.int64 import parse_whole
from local_fauna.query.arguments import MISSING, anything, eager, integer, string, variadic
from local_fauna.values import Date, Time, Uuid, as_list, type_name
from local_fauna.wire.calendar_text import format_date, format_time
from local_fauna.wire.encode import Encoder
from local_fauna.wire.java_double import format_double, special_double

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_LONGEST = 16 * 1024 * 1024
_NUMERAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPECIFIER = re.compile(r"%(?:(%)|([sdfbx@^])|(.))", re.DOTALL)


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: lambda value: special_double(value) or format_double(value),
    Time: lambda value: format_time(value.nanos),
    Date: lambda value: format_date(value.days),
    Uuid: lambda value: value.text,
}


def text_of(value: Value, position: Position) -> str:
    """A scalar as text. Refs, arrays, objects and the like cannot be: FaunaError."""
    make = _TEXTS.get(type(value))
    if make is None:
        raise invalid_argument(position, f"Cannot cast {type_name(value)} to String.")
    return make(value)


@eager({"to_string": anything})
def _to_string(_: Context, position: Position, value: Value) -> Value:
    return text_of(value, (*position, "to_string"))


@eager({"concat": variadic(string)}, {"separator": string})
def _concat(_: Context, __: Position, values: list[str], separator: Value) -> Value:
    return ("" if separator is MISSING else separator).join(values)


def _formatted(context: Context, kind: str, value: Value, position: Position) -> str:
    if kind == "s":
        return text_of(value, position)
    if kind == "d":
        whole = _numeric(value, position)
        if not math.isfinite(whole):
            raise not_implemented(position, "%d of a double that is not finite")
        return str(int(whole))
    if kind == "f":
        double = _numeric(value, position)
        return special_double(double) or f"{double:f}"
    if kind in "@^":
        version = "2.1" if kind == "@" else context.run.api_version
        encoded = Encoder(api_version=version, renames=-1).dumps(value).decode()
        return encoded[len('{"resource":') : -1]
    raise invalid_argument(position, f"Invalid format specifier '{kind}'.")


def _numeric(value: Value, position: Position) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise expected(position, "Number", type_name(value))
    return value


@eager({"format": string, "values": anything})
def _format(context: Context, position: Position, template: str, values: Value) -> Value:
    items = as_list(values)
    used = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal used
        if match[1]:
            return "%"
        if match[3]:
            raise invalid_argument((*position, "format"), f"Invalid format specifier '%{match[3]}'.")
        if used >= len(items):
            raise invalid_argument((*position, "values"), "Not enough values for the format.")
        used += 1
        return _formatted(context, match[2], items[used - 1], (*position, "values", used - 1))

    return _SPECIFIER.sub(replaced, template)


def _define_case(key: str, change: Callable[[str], Value]) -> None:
    @eager({key: string})
    def _run(_: Context, __: Position, value: str) -> Value:
        return change(value)


_define_case("lowercase", str.lower)
_define_case("uppercase", str.upper)
_define_case("titlecase", str.title)
_define_case("trim", str.strip)
_define_case("ltrim", str.lstrip)
_define_case("rtrim", str.rstrip)
_define_case("length", len)


@eager({"contains_str": string, "search": string})
def _contains(_: Context, __: Position, value: str, search: str) -> Value:
    return search in value


@eager({"starts_with": string, "search": string})
def _starts(_: Context, __: Position, value: str, search: str) -> Value:
    return value.startswith(search)


@eager({"ends_with": string, "search": string})
def _ends(_: Context, __: Position, value: str, search: str) -> Value:
    return value.endswith(search)


@eager({"find_str": string, "find": string}, {"start": integer})
def _find(_: Context, __: Position, value: str, find: str, start: Value) -> Value:
    return value.find(find, 0 if start is MISSING else start)


@eager({"replace_str": string, "find": string, "replace": string})
def _replace(_: Context, __: Position, value: str, find: str, replacement: str) -> Value:
    return value.replace(find, replacement)


@eager({"substring": string}, {"start": integer, "length": integer})
def _substring(_: Context, __: Position, value: str, start: Value, length: Value) -> Value:
    begin = 0 if start is MISSING else start
    begin = max(len(value) + begin, 0) if begin < 0 else begin
    return value[begin:] if length is MISSING else value[begin : begin + max(length, 0)]


def _refuse_long(length: int) -> None:
    if length > _LONGEST:
        raise bad_request(f"String of {length} characters exceeds the limit of {_LONGEST}.")


@eager({"repeat": string}, {"number": integer})
def _repeat(_: Context, __: Position, value: str, times: Value) -> Value:
    count = 2 if times is MISSING else max(times, 0)
    _refuse_long(len(value) * count)
    return value * count


@eager({"space": integer})
def _space(_: Context, __: Position, count: int) -> Value:
    _refuse_long(count)
    return " " * max(count, 0)


@eager({"to_number": anything})
def _to_number(_: Context, position: Position, value: Value) -> Value:
    if type(value) in (int, float):
        return value
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        return parse_whole(value, position) if value.lstrip("+-").isdigit() else float(value)
    raise invalid_argument((*position, "to_number"), f"Cannot cast {type_name(value)} to Number.")
