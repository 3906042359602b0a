"""The records of one stream, for existing and for deleted documents.

A record has the columns of the stream's `Layout`. The record of a deleted document has `ref`, the `ts` of the deletion,
null in each found column, and the deletion column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_fauna.config.config import AdditionalColumn
from source_fauna.errors.errors import ConfigError
from source_fauna.records.additional import MISSING, Missing, select, type_of, what_is_wrong
from source_fauna.records.filling import Filling
from source_fauna.records.layout import Layout
from source_fauna.records.types import conversion, in_micros
from source_fauna.records.values import Json, decode_members, time_text, unescaped

MOST_LEVELS = 250
"""Records of more levels of arrays and objects have None, and not the caller's `null`. orjson, which alone may know how
to write that, writes 254 levels: two that the caller puts around, one for an object that a reference becomes."""


class Records:
    """Builds the records of a stream.

    `null` stands for a null column, in all records but those of more levels than MOST_LEVELS, which have None.
    """

    def __init__(self, *, layout: Layout, null: Any = None) -> None:
        self._null = null
        self._has_data = layout.data
        self._has_ttl = layout.ttl
        self._additional = tuple((column, conversion(type_of(column))) for column in layout.additional)
        self._found = Filling(layout.found) if layout.found else None
        self._fields = _needed_fields(layout)
        self._deletion_column = layout.deletion_column

    def live(self, document: dict[str, Json]) -> tuple[dict[str, Any], Sequence[str]]:
        """The record of a document, and the names of the columns that were nulled. This changes the document.

        Raises a config error if a required column has no value, or a value that its schema does not allow.
        """
        record: dict[str, Any] = {"ref": document["ref"]["@ref"]["id"], "ts": document["ts"]}
        nulled: list[str] = []
        extra = self._extra(document, nulled) if self._additional else None
        ttl = document.get("ttl")
        found, members = self._found, unescaped(document.get("data", {}))
        unchecked = set() if found is None else found.unchecked(members)
        values, levels = self._decoded(document, members)
        null = self._null if levels <= MOST_LEVELS else None
        if self._has_data:
            record["data"] = document.get("data", {})
        if self._has_ttl:
            record["ttl"] = null if ttl is None else _ttl(ttl["@ts"], nulled, null)
        if extra is not None:
            record.update((name, null if value is None else value) for name, value in extra.items())
        if found is not None:
            found.fill(values, unchecked, nulled, null)
            record.update(zip(found.names, values))  # noqa: B905 - to say strict takes a tenth of the time
        return record, nulled

    def deleted(self, ref: str, ts: int) -> dict[str, Any]:
        """The record of a document that was deleted at ts (microseconds). The stream must report deletions."""
        assert self._deletion_column is not None  # noqa: S101 - nobody reads deletions otherwise
        nulls = dict.fromkeys(self._found.names if self._found else (), self._null)
        return {"ref": ref, "ts": ts, **nulls, self._deletion_column: time_text(ts)}

    def _decoded(self, document: dict[str, Json], members: dict[str, Json]) -> tuple[list[Json], int]:
        """The record values of the fields with found columns, and the number of levels of arrays and objects.

        Decodes only the parts of the document that some column needs. `members` are those of its data.
        """
        if self._fields is not None:
            # As a list, whose elements have no names: a field of the user's own may be called like a tag.
            values = list(map(members.get, self._fields))
            return values, decode_members(values)
        if not self._additional:
            # No column needs it, and not decoding it saves a fifth of the work.
            del document["ref"]
        levels = decode_members(document)
        return ([] if self._found is None else list(map(document.get("data", {}).get, self._found.fields))), levels

    def _extra(self, document: dict[str, Json], nulled: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, convert in self._additional:
            value = select(document, column.path)
            fitting = None if isinstance(value, Missing) else convert(value)
            if fitting is None and column.required:
                raise ConfigError(_unmet(column, value, document["ref"]["@ref"]))
            if fitting is None and value is not MISSING:
                nulled.append(column.name)
            values[column.name] = fitting
        return values


def _needed_fields(layout: Layout) -> tuple[str, ...] | None:
    """The fields of `data` that some column needs, those of the found columns first. None: all fields are needed."""
    paths = [column.path[:2] for column in layout.additional if column.path[:1] in ((), ("data",))]
    if layout.data or any(len(path) < 2 for path in paths):
        return None
    return tuple(dict.fromkeys([*(column.field for column in layout.found), *(path[1] for path in paths)]))


def _ttl(text: str, nulled: list[str], null: Any) -> Any:
    """The value of the `ttl` column: null if the year has a sign, as years beyond 9999 have."""
    if text[0] in "+-":
        nulled.append("ttl")
        return null
    return in_micros(text)


def _unmet(column: AdditionalColumn, value: Json | Missing, ref: dict[str, Json]) -> str:
    """The message that a required column has no value.

    If the document has no value at the path, it is the text that users know from the prototype, with a Python list.
    """
    collection = ref["collection"]["@ref"]["id"]
    if isinstance(value, Missing):
        return f"The path {list(column.path)} does not exist in document Ref({ref['id']}, collection={collection})"
    return (
        f"Document '{ref['id']}' of collection '{collection}' does not fit column '{column.name}': it "
        f"{what_is_wrong(column, value)}. Correct the column's path or type, or make it not required."
    )
