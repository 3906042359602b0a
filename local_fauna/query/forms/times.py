"""Times and dates: time, epoch, date, to_micros, parts and differences (recording `errors`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.errors import expected, invalid_argument
from local_fauna.int64 import wrapped
from local_fauna.query.arguments import eager, integer, string
from local_fauna.type_names import type_name
from local_fauna.values import Date, Time
from local_fauna.wire.calendar_text import civil_from_days, days_from_civil, parse_date, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import FaunaError, Position
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
_FIRST_DAY, _LAST_DAY = days_from_civil(-1_000_000_000, 1, 1), days_from_civil(1_000_000_000, 12, 31)
_FIRST_DATE, _LAST_DATE = days_from_civil(-999_999_999, 1, 1), days_from_civil(999_999_999, 12, 31)
_BOUNDS = "dates and times must be between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z"


def _out_of_bounds(position: Position) -> FaunaError:
    return invalid_argument(position, _BOUNDS)


def time_of(context: Context, text: str, position: Position) -> Time:
    """The time that a text tells; `now` is the snapshot."""
    nanos = context.snapshot * 1000 if text == "now" else parse_time(text.strip())
    if nanos is None:
        raise invalid_argument(position, f"Cannot cast '{text}' to a time.")
    return Time(nanos)


def date_of(text: str, position: Position) -> Date:
    """The day that a text tells."""
    days = parse_date(text.strip())
    if days is None:
        raise invalid_argument(position, f"Cannot cast '{text}' to a date.")
    return Date(days)


@eager({"time": string})
def _time(context: Context, position: Position, text: str) -> Value:
    return time_of(context, text, position)


@eager({"date": string})
def _date(_: Context, position: Position, text: str) -> Value:
    return date_of(text, position)


@dataclass(frozen=True)
class _Unit:
    text: str
    nanos: int


def _unit(_: Context, value: Value, position: Position) -> _Unit:
    if type(value) is str:
        name = value.strip()
        size = _UNITS.get(name) or _UNITS.get(name.removesuffix("s"))
        if size is not None:
            return _Unit(value, size)
    raise expected(position, "Time Unit", type_name(value))


def _time_at(nanos: int, position: Position) -> Time:
    if not _FIRST_DAY <= nanos // _DAY <= _LAST_DAY:
        raise _out_of_bounds(position)
    return Time(nanos)


@eager({"epoch": integer, "unit": _unit})
def _epoch(_: Context, position: Position, count: int, unit: _Unit) -> Value:
    return _time_at(count * unit.nanos, position)


def _temporal(_: Context, value: Value, position: Position) -> Time | Date:
    if isinstance(value, (Time, Date)):
        return value
    raise expected(position, "Temporal", type_name(value))


def _nanos(_: Context, value: Value, position: Position) -> int:
    """Nanoseconds of a time, which may be given in microseconds."""
    if isinstance(value, Time):
        return value.nanos
    if type(value) is int:
        return value * 1000
    raise expected(position, "Time", type_name(value))


def _define_count(key: str, nanos: int) -> None:
    @eager({key: _nanos})
    def _run(_: Context, __: Position, value: int) -> Value:
        return wrapped(value // nanos)


_define_count("to_micros", 1000)
_define_count("to_millis", 1_000_000)
_define_count("to_seconds", 1_000_000_000)


def _define_shift(key: str, sign: int) -> None:
    @eager({key: _temporal, "offset": integer, "unit": _unit})
    def _run(_: Context, position: Position, value: Time | Date, offset: int, unit: _Unit) -> Value:
        place = (*position, "offset")
        if isinstance(value, Time):
            return _time_at(value.nanos + sign * offset * unit.nanos, place)
        _refuse_parts_of_days(unit, position)
        days = value.days + sign * offset
        if not _FIRST_DATE <= days <= _LAST_DATE:
            raise _out_of_bounds(place)
        return Date(days)


_define_shift("time_add", 1)
_define_shift("time_subtract", -1)


def _refuse_parts_of_days(unit: _Unit, position: Position) -> None:
    if unit.nanos != _DAY:
        raise invalid_argument((*position, "unit"), f"Invalid time unit '{unit.text}'.")


@eager({"time_diff": _temporal, "other": _temporal, "unit": _unit})
def _time_diff(_: Context, position: Position, value: Time | Date, other: Time | Date, unit: _Unit) -> Value:
    if isinstance(value, Time) and isinstance(other, Time):
        difference = other.nanos - value.nanos
        return wrapped(abs(difference) // unit.nanos * (-1 if difference < 0 else 1))
    if isinstance(value, Date) and isinstance(other, Date):
        _refuse_parts_of_days(unit, position)
        return other.days - value.days
    raise invalid_argument((*position, "time_diff"), "Incompatible time arguments.")


def _define_part(key: str, compute: Callable[[int], int]) -> None:
    @eager({key: _nanos})
    def _part(_: Context, __: Position, value: int) -> Value:
        return compute(value)


def _day_of_year(nanos: int) -> int:
    days = nanos // _DAY
    return days - days_from_civil(civil_from_days(days)[0], 1, 1) + 1


_define_part("year", lambda nanos: civil_from_days(nanos // _DAY)[0])
_define_part("month", lambda nanos: civil_from_days(nanos // _DAY)[1])
_define_part("day_of_month", lambda nanos: civil_from_days(nanos // _DAY)[2])
_define_part("day_of_week", lambda nanos: (nanos // _DAY + 3) % 7 + 1)
_define_part("day_of_year", _day_of_year)
_define_part("hour", lambda nanos: nanos // _UNITS["hour"] % 24)
_define_part("minute", lambda nanos: nanos // _UNITS["minute"] % 60)
_define_part("second", lambda nanos: nanos // _UNITS["second"] % 60)
