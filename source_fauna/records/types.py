"""The types of columns: their JSON schema, and the conversion of a value to a type.

A column type is a JSON-schema type, with a format and Airbyte's own name of the type where there are any. A value fits
as it is, or after a change that loses nothing that matters (a whole double in an integer column), or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import orjson

from source_fauna.records.values import LEAST_ID, Json

LEAST_INTEGER, INTEGER_END = LEAST_ID, -LEAST_ID
"""Integers are signed and have 64 bits; the end is the first that is too great, as a double can be."""

MICRO_CHARACTERS: Final = len("2022-03-04T12:00:30.123456")

Conversion: TypeAlias = Callable[[Json], Json]
"""From a record value to the value of a column; None if it does not fit. No column holds a null of its own."""


@dataclass(frozen=True)
class ColumnType:
    """What the values of a column are."""

    type: str
    format: str | None = None
    airbyte_type: str | None = None

    def schema(self, *, nullable: bool = True) -> dict[str, Any]:
        """The JSON schema of a column of this type."""
        members = {"format": self.format, "airbyte_type": self.airbyte_type}
        kind = ["null", self.type] if nullable else self.type
        return {"type": kind, **{key: value for key, value in members.items() if value is not None}}


INTEGER = ColumnType("integer")
NUMBER = ColumnType("number")
STRING = ColumnType("string")
BOOLEAN = ColumnType("boolean")
TIMESTAMP = ColumnType("string", "date-time", "timestamp_with_timezone")
DATE = ColumnType("string", "date")
OBJECT = ColumnType("object")
ARRAY = ColumnType("array")


def type_in(schema: Any) -> ColumnType:
    """The column type that a property of a catalog declares. An unknown type becomes a column of texts."""
    if not isinstance(schema, Mapping):
        return STRING
    kinds = schema.get("type")
    known = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"]
    if len(known) != 1 or known[0] not in _CONVERSIONS:
        return STRING
    return ColumnType(known[0], _text(schema.get("format")), _text(schema.get("airbyte_type")))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def conversion(column_type: ColumnType) -> Conversion:
    """The conversion of a record value to the value in a column of this type."""
    if has_format(column_type):
        convert = _FORMATS[column_type.format]
        needs_zone = column_type.airbyte_type not in ("timestamp_without_timezone", "time_without_timezone")
        return lambda value: convert(value, needs_zone) if type(value) is str else None
    return _CONVERSIONS["integer" if column_type.airbyte_type == "integer" else column_type.type]


def has_format(column_type: ColumnType) -> bool:
    """Whether only texts of a certain form fit such a column."""
    return column_type.type == "string" and column_type.format in _FORMATS


def plain_type(column_type: ColumnType) -> type:
    """The type in Python of most values of such a column: unless it has a format, all of them fit as they are."""
    return _PLAIN_TYPES["integer" if column_type.airbyte_type == "integer" else column_type.type]


def conversion_of_all(column_type: ColumnType) -> Conversion:
    """The same for a found column. A string column without a known format takes any value.

    Texts stay as they are, and other values become their JSON text.
    """
    return as_text if column_type.type == "string" and not has_format(column_type) else conversion(column_type)


def as_text(value: Json) -> str:
    """A text as it is, a UUID as its text, and any other value as JSON."""
    if type(value) is str:
        return value
    if type(value) is dict and len(value) == 1 and type(value.get("@uuid")) is str:
        return str(value["@uuid"])
    return json_text(value)


def json_text(value: Json) -> str:
    """A value as compact JSON."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        # More levels than orjson writes.
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def in_micros(text: str) -> str:
    """A time of the server, which ends with Z, with at most six digits of fraction: destinations take no more."""
    return text if len(text) <= MICRO_CHARACTERS + 1 else text[:MICRO_CHARACTERS] + "Z"


def _integer(value: Json) -> int | None:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer() and LEAST_INTEGER <= value < INTEGER_END:
        return int(value)
    return None


def _of_types(*types: type) -> Conversion:
    return lambda value: value if type(value) in types else None


_CONVERSIONS: dict[str, Conversion] = {
    "string": _of_types(str),
    "integer": _integer,
    "number": _of_types(int, float),
    "boolean": _of_types(bool),
    "object": _of_types(dict),
    "array": _of_types(list),
}
"""By JSON-schema type. Destinations do not take true for a number, though Python does."""

_PLAIN_TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict, "array": list}

_DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = _CLOCK + r":[0-5][0-9](\.[0-9]+)?(Z|[+-]" + _CLOCK + ")?"
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile(_TIME)
_DATE_TIME_TEXT = re.compile(_DATE + "T" + _TIME)
_USUAL_DATE_TIME = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T" + _CLOCK + r":[0-5][0-9](?:\.[0-9]{1,6})?Z"
)
"""Most times at a third of the cost: days that every month has, and no more digits than a column takes."""


def _date(text: str, needs_zone: bool) -> str | None:  # noqa: ARG001, FBT001 - one signature for all formats
    return text if _DATE_TEXT.fullmatch(text) is not None and _is_in_calendar(text) else None


def _time(text: str, needs_zone: bool) -> str | None:  # noqa: FBT001 - the same
    found = _TIME_TEXT.fullmatch(text)
    return text if found is not None and (found[2] is not None or not needs_zone) else None


def _date_time(text: str, needs_zone: bool) -> str | None:  # noqa: FBT001 - the same
    if _USUAL_DATE_TIME.fullmatch(text) is not None:
        return text
    found = _DATE_TIME_TEXT.fullmatch(text)
    if found is None or (found[3] is None and needs_zone) or not _is_in_calendar(found[1]):
        return None
    return text if found.end(2) <= MICRO_CHARACTERS else text[:MICRO_CHARACTERS] + text[found.end(2) :]


def _is_in_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_FORMATS: dict[str | None, Callable[[str, bool], str | None]] = {"date": _date, "time": _time, "date-time": _date_time}
"""Formats that destinations rely on. Other formats are labels: JSON schema does not require anyone to enforce them."""
