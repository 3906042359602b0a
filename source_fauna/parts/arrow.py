"""Records as Arrow batches. pyarrow is imported when the first is made, so that nobody else needs it.

column                                      Arrow              what it holds
------------------------------------------  -----------------  ------------------------------------------------------
ref                                         string             the id
ts                                          int64              microseconds; of a deletion, its own
data                                        string             JSON; null of a deletion
ttl, deleted_at                             timestamp[us, UTC] null where there is none, or beyond the year 9999
a field of data, as LONG DOUBLE BOOLEAN …   of that type       null where it is absent, or of another type
a field of data, as STRING                  string             a text as it is, any other value as JSON
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import pyarrow as pa

DELETED_AT = "deleted_at"


class Type(enum.Enum):
    """The type of a column."""

    STRING = "string"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column: a member of the record, or, with `field`, that field of its data."""

    name: str
    type: Type
    field: str | None = None
    nullable: bool = True


REF = Column("ref", Type.STRING)
TS = Column("ts", Type.LONG)
DATA = Column("data", Type.STRING)
TTL = Column("ttl", Type.TIMESTAMP)
DELETED = Column(DELETED_AT, Type.TIMESTAMP)


class Batches:
    """Makes batches of these columns, in their order."""

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - only who wants batches has it

        self._columns = columns
        types = {
            Type.STRING: pa.string(),
            Type.LONG: pa.int64(),
            Type.DOUBLE: pa.float64(),
            Type.BOOLEAN: pa.bool_(),
            Type.TIMESTAMP: pa.timestamp("us", tz="UTC"),
            Type.DATE: pa.date32(),
        }
        self.schema: pa.Schema = pa.schema(
            [pa.field(each.name, types[each.type], nullable=each.nullable) for each in columns]
        )
        self._make = pa.RecordBatch.from_arrays
        self._array = pa.array

    def batch(self, records: Sequence[dict[str, Any]]) -> pa.RecordBatch:
        """One batch of records of a page."""
        data = [each.get("data") or {} for each in records]
        arrays = []
        for column, field in zip(self._columns, self.schema, strict=True):
            if column.field is None:
                values = _members(column, records)
            else:
                convert, name = _CONVERTERS[column.type], column.field
                values = [None if (value := each.get(name)) is None else convert(value) for each in data]
            arrays.append(self._array(values, field.type))
        return self._make(arrays, schema=self.schema)


def _members(column: Column, records: Sequence[dict[str, Any]]) -> list[Any]:
    name = column.name
    if name == DATA.name:
        return [json_text(each[name]) if name in each else None for each in records]
    if column.type is Type.TIMESTAMP:
        return [micros(text) if (text := each.get(name)) else None for each in records]
    return [each[name] for each in records]


def json_text(value: Any) -> str:
    """Compact JSON; what orjson refuses, more than 254 levels, the standard library writes."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def micros(value: Any) -> int | None:
    """Microseconds since 1970 of a time as Fauna writes it; what is finer is cut off. None if it is none."""
    found = _TIME.fullmatch(value) if type(value) is str else None
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1]}+00:00")
    except ValueError:
        return None
    return (moment - _EPOCH) // _MICROSECOND + int((found[2] or "0").ljust(6, "0")[:6])


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if type(value) is str and len(value) == 10 else None
    except ValueError:
        return None


def _long(value: Any) -> int | None:
    if type(value) is float and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value if type(value) is int else None


_CONVERTERS: dict[Type, Callable[[Any], Any]] = {
    Type.STRING: lambda value: value if type(value) is str else json_text(value),
    Type.LONG: _long,
    Type.DOUBLE: lambda value: float(value) if type(value) in (int, float) else None,
    Type.BOOLEAN: lambda value: value if type(value) is bool else None,
    Type.TIMESTAMP: micros,
    Type.DATE: _date,
}
