"""Additional columns: the place of their value in a document, and their column type.

A path selects a value from a wire document as FQL's Select does: a member of an object by its key, `id` or `collection`
of a reference, and an element of an array by its offset. A path never leads into a value of another type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from source_fauna.config.config import AdditionalColumn
from source_fauna.records.types import ColumnType
from source_fauna.records.values import TAGS, Json, decode, is_set


class Missing:
    """The type of MISSING, which says that a document has no value at a path."""


MISSING = Missing()

_OFFSET = re.compile(r"[0-9]{1,9}")
"""An offset into an array. The config saves paths as texts, so it is a text of digits. No array is longer than that."""


def type_of(column: AdditionalColumn) -> ColumnType:
    """The column type that the user has set."""
    return ColumnType(column.type, column.format, column.airbyte_type)


def column_schema(column: AdditionalColumn) -> dict[str, Any]:
    """The JSON schema of a column, which is nullable unless the column is required."""
    return type_of(column).schema(nullable=not column.required)


def select(document: Mapping[str, Json], path: tuple[str, ...]) -> Json | Missing:
    """The record value at a path of a wire document, or MISSING.

    An array or object is returned as it is in the document, without decoding it. The caller decodes the document in
    place later, which decodes this value too. Any other value is decoded here.
    """
    value: Json = document
    for key in path:
        if type(value) is list:
            if not _OFFSET.fullmatch(key) or int(key) >= len(value):
                return MISSING
            value = value[int(key)]
            continue
        members = _members(value)
        if members is None or key not in members:
            return MISSING
        value = members[key]
    if type(value) is not dict:
        return value
    members = _members(value)
    return decode(value) if members is None or "@ref" in value else members


def _members(value: Json) -> Mapping[str, Json] | None:
    """The members that Select finds in a value: those of an object, or the id and collection of a reference."""
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


def what_is_wrong(column: AdditionalColumn, value: Json) -> str:
    """A clause that names the value's type and the column's type, but not the value: no message quotes a document."""
    there = "a text of another form" if type(value) is str and column.type == "string" else _KINDS[type(value)]
    wanted = _FORMATS.get(column.format or "") if column.type == "string" else None
    kind = "integer" if column.airbyte_type == "integer" else column.type
    return f"has {there} there, but the column takes {wanted or _WANTED[kind]}"


_KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a text",
    list: "an array",
    dict: "an object",
}
_WANTED = {
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
}
_FORMATS = {"date-time": "a date-time", "date": "a date", "time": "a time"}
