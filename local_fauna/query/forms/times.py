"""Times and dates: time, epoch, date, to_micros, parts and differences (recording `errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import expected, invalid_argument
from local_fauna.int64 import within
from local_fauna.query.arguments import eager, integer, micros, string
from local_fauna.values import Date, Time, type_name
from local_fauna.wire.calendar_text import civil_from_days, format_date, parse_date, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_UNITS = {
    "nanosecond": 1,
    "microsecond": 1_000,
    "millisecond": 1_000_000,
    "second": 1_000_000_000,
    "minute": 60_000_000_000,
    "hour": 3_600_000_000_000,
    "half day": 43_200_000_000_000,
    "day": 86_400_000_000_000,
}
_DAY = _UNITS["day"]


@eager({"time": string})
def _time(context: Context, position: Position, text: str) -> Value:
    if text == "now":
        return Time(context.snapshot * 1000)
    nanos = parse_time(text)
    if nanos is None:
        raise invalid_argument((*position, "time"), f"Cannot cast String to Time: '{text}'.")
    return Time(nanos)


@eager({"date": string})
def _date(_: Context, position: Position, text: str) -> Value:
    days = parse_date(text)
    if days is None:
        raise invalid_argument((*position, "date"), f"Cannot cast String to Date: '{text}'.")
    return Date(days)


def _unit(_: Context, value: Value, position: Position) -> int:
    if not isinstance(value, str):
        raise expected(position, "String", type_name(value))
    size = _UNITS.get(value) or _UNITS.get(value.removesuffix("s"))
    if size is None:
        raise invalid_argument(position, f"Unsupported unit '{value}'.")
    return size


@eager({"epoch": integer, "unit": _unit})
def _epoch(_: Context, __: Position, count: int, unit: int) -> Value:
    return Time(count * unit)


def _time_or_date(_: Context, value: Value, position: Position) -> Time | Date:
    if isinstance(value, (Time, Date)):
        return value
    raise expected(position, "Time or Date", type_name(value))


@eager({"to_micros": micros})
def _to_micros(_: Context, __: Position, value: int) -> Value:
    return value


@eager({"to_millis": micros})
def _to_millis(_: Context, __: Position, value: int) -> Value:
    return value // 1000


@eager({"to_seconds": micros})
def _to_seconds(_: Context, __: Position, value: int) -> Value:
    return value // 1_000_000


def _nanos(value: Time | Date) -> int:
    return value.nanos if isinstance(value, Time) else value.days * _DAY


def _shifted(value: Time | Date, nanos: int) -> Value:
    moved = _nanos(value) + nanos
    return Time(moved) if isinstance(value, Time) else Date(moved // _DAY)


@eager({"time_add": _time_or_date, "offset": integer, "unit": _unit})
def _time_add(_: Context, __: Position, value: Time | Date, offset: int, unit: int) -> Value:
    return _shifted(value, offset * unit)


@eager({"time_subtract": _time_or_date, "offset": integer, "unit": _unit})
def _time_subtract(_: Context, __: Position, value: Time | Date, offset: int, unit: int) -> Value:
    return _shifted(value, -offset * unit)


@eager({"time_diff": _time_or_date, "other": _time_or_date, "unit": _unit})
def _time_diff(_: Context, position: Position, value: Time | Date, other: Time | Date, unit: int) -> Value:
    difference = _nanos(other) - _nanos(value)
    return within(abs(difference) // unit * (-1 if difference < 0 else 1), position)


@eager({"to_date": _time_or_date})
def _to_date(_: Context, __: Position, value: Time | Date) -> Value:
    return Date(_nanos(value) // _DAY)


@eager({"to_time": _time_or_date})
def _to_time(_: Context, __: Position, value: Time | Date) -> Value:
    return Time(_nanos(value))


def _define_part(key: str, compute: Callable[[int], int]) -> None:
    @eager({key: _time_or_date})
    def _part(_: Context, __: Position, value: Time | Date) -> Value:
        return compute(_nanos(value))


def _day_of_year(nanos: int) -> int:
    days = nanos // _DAY
    first = parse_date(f"{format_date(days).split('-')[0]}-01-01")
    return days - (first or 0) + 1


_define_part("year", lambda nanos: civil_from_days(nanos // _DAY)[0])
_define_part("month", lambda nanos: civil_from_days(nanos // _DAY)[1])
_define_part("day_of_month", lambda nanos: civil_from_days(nanos // _DAY)[2])
_define_part("day_of_week", lambda nanos: (nanos // _DAY + 3) % 7 + 1)
_define_part("day_of_year", _day_of_year)
_define_part("hour", lambda nanos: nanos // _UNITS["hour"] % 24)
_define_part("minute", lambda nanos: nanos // _UNITS["minute"] % 60)
_define_part("second", lambda nanos: nanos // _UNITS["second"] % 60)
