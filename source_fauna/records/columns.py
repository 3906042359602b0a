"""Additional columns: where their value stands in a document, what their schema is, and which values fit it.

A path walks the document as FQL's Select does, on the wire form: into objects by key and through references
by `id` and `collection`, never into a value of another type. Nor into arrays, whose elements have numbers for
names: a path holds texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from source_fauna.config.config import AdditionalColumn
from source_fauna.records.values import TAGS, Json, decode, is_set

TIMESTAMP_SCHEMA = {
    "type": ["null", "string"],
    "format": "date-time",
    "airbyte_type": "timestamp_with_timezone",
}
"""The schema of a point in time that may be absent."""


class Missing:
    """The one value of this class says that a path leads nowhere."""


MISSING = Missing()


def column_schema(column: AdditionalColumn) -> dict[str, Any]:
    """The JSON schema of a column: nullable unless it is required."""
    schema: dict[str, Any] = {"type": column.type if column.required else ["null", column.type]}
    if column.format is not None:
        schema["format"] = column.format
    if column.airbyte_type is not None:
        schema["airbyte_type"] = column.airbyte_type
    return schema


def select(document: Mapping[str, Json], path: tuple[str, ...]) -> Json | Missing:
    """The record value at a path of a wire document, or MISSING.

    An array or object is the very one of the document, not decoded yet: whoever decodes the document later,
    in place, decodes it too. Any other value is decoded here.
    """
    value: Json = document
    for key in path:
        members = _members(value)
        if members is None or key not in members:
            return MISSING
        value = members[key]
    if type(value) is not dict:
        return value
    members = _members(value)
    return decode(value) if members is None or "@ref" in value else members


def _members(value: Json) -> Mapping[str, Json] | None:
    """What Select sees in a value: the members of an object, the id and collection of a reference."""
    if type(value) is not dict:
        return None
    if len(value) != 1:
        return value
    (tag,) = value
    if tag == "@ref":
        return {key: member for key, member in value[tag].items() if key in ("id", "collection")}
    if tag == "@obj":
        return None if is_set(value[tag]) else value[tag]
    return None if tag in TAGS else value


def fitness(column: AdditionalColumn) -> Callable[[Json], bool]:
    """The test whether a record value validates against the column's schema."""
    has_type = _TYPE_TESTS["integer" if column.airbyte_type == "integer" else column.type]
    format_test = _FORMAT_TESTS.get(column.format or "") if column.type == "string" else None
    if format_test is None:
        return has_type
    needs_zone = column.airbyte_type not in ("timestamp_without_timezone", "time_without_timezone")
    return lambda value: has_type(value) and format_test(value, needs_zone=needs_zone)


_TYPE_TESTS: dict[str, Callable[[Json], bool]] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: type(value) is bool,
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
}
"""Destinations do not take 1.0 for an integer, nor true for a number, though JSON schema and Python do."""

_DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = _CLOCK + r":[0-5][0-9](?:\.[0-9]+)?(Z|[+-]" + _CLOCK + ")?"
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile(_TIME)
_DATE_TIME_TEXT = re.compile(_DATE + "T" + _TIME)


def _is_date(text: str, *, needs_zone: bool) -> bool:  # noqa: ARG001 - one signature for all formats
    return _DATE_TEXT.fullmatch(text) is not None and _is_in_calendar(text)


def _is_time(text: str, *, needs_zone: bool) -> bool:
    found = _TIME_TEXT.fullmatch(text)
    return found is not None and (found[1] is not None or not needs_zone)


def _is_date_time(text: str, *, needs_zone: bool) -> bool:
    found = _DATE_TIME_TEXT.fullmatch(text)
    if found is None or (found[2] is None and needs_zone):
        return False
    return _is_in_calendar(found[1])


def _is_in_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_FORMAT_TESTS = {"date": _is_date, "time": _is_time, "date-time": _is_date_time}
"""Formats that destinations rely on. Other formats are labels: JSON schema asks nobody to enforce them."""
