"""Records as Arrow batches. pyarrow is imported when the first is made, so that nobody else needs it.

column                                      Arrow              what it holds
------------------------------------------  -----------------  ------------------------------------------------------
ref                                         string             the id
ts                                          int64              microseconds; of a deletion, its own
data                                        string             JSON; null of a deletion
ttl, deleted_at                             timestamp[us, UTC] null where there is none, or beyond the year 9999
a field of data                             by its type        as in the connector's record; objects and arrays as JSON
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_fauna.records.inference import FoundColumn
from source_fauna.records.types import (
    ARRAY,
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIMESTAMP,
    ColumnType,
    json_text,
)

if TYPE_CHECKING:
    import pyarrow as pa

DELETED_AT = "deleted_at"


class Type(enum.Enum):
    """The type of a column. JSON is a string that holds JSON."""

    STRING = "string"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """A column of the records of this name; `found` is the field of `data` that it holds, if it is one."""

    name: str
    type: Type
    found: FoundColumn | None = None
    nullable: bool = True


REF = Column("ref", Type.STRING)
TS = Column("ts", Type.LONG)
DATA = Column("data", Type.JSON)
TTL = Column("ttl", Type.TIMESTAMP)
DELETED = Column(DELETED_AT, Type.TIMESTAMP)

_TYPES: Mapping[ColumnType, Type] = {
    STRING: Type.STRING,
    INTEGER: Type.LONG,
    NUMBER: Type.DOUBLE,
    BOOLEAN: Type.BOOLEAN,
    TIMESTAMP: Type.TIMESTAMP,
    DATE: Type.DATE,
    OBJECT: Type.JSON,
    ARRAY: Type.JSON,
}


def field_column(found: FoundColumn) -> Column:
    """The column of a field of `data`."""
    return Column(found.name, _TYPES[found.type], found)


class Batches:
    """Makes batches of these columns, in their order."""

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - only who wants batches has it

        types = {
            Type.STRING: pa.string(),
            Type.LONG: pa.int64(),
            Type.DOUBLE: pa.float64(),
            Type.BOOLEAN: pa.bool_(),
            Type.TIMESTAMP: pa.timestamp("us", tz="UTC"),
            Type.DATE: pa.date32(),
            Type.JSON: pa.string(),
        }
        self._columns = columns
        self.schema: pa.Schema = pa.schema(
            [pa.field(each.name, types[each.type], nullable=each.nullable) for each in columns]
        )
        self._make = pa.RecordBatch.from_arrays
        self._array = pa.array

    def batch(self, records: Sequence[dict[str, Any]]) -> pa.RecordBatch:
        """One batch of records of a page."""
        arrays = [
            self._array(_values(column, records), field.type)
            for column, field in zip(self._columns, self.schema, strict=True)
        ]
        return self._make(arrays, schema=self.schema)


def _values(column: Column, records: Sequence[dict[str, Any]]) -> list[Any]:
    """The values of a column, as Arrow takes them."""
    name, convert = column.name, _CONVERTERS.get(column.type)
    if convert is None:
        return [each.get(name) for each in records]
    return [None if (value := each.get(name)) is None else convert(value) for each in records]


_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def micros(text: str) -> int | None:
    """Microseconds since 1970 of a time with its zone; what is finer is cut off.

    None if it is no time of the years 1 to 9999.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    zone = "+00:00" if found[3] == "Z" else found[3]
    try:
        moment = datetime.fromisoformat(found[1] + zone).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return (moment - _EPOCH) // _MICROSECOND + int((found[2] or "0").ljust(6, "0")[:6])


_CONVERTERS: Mapping[Type, Callable[[Any], Any]] = {
    Type.DOUBLE: float,
    Type.TIMESTAMP: micros,
    Type.DATE: date.fromisoformat,
    Type.JSON: json_text,
}
"""From the value of a record, where Arrow does not take it as it is. Records hold values of the column's type alone."""
