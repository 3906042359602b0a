"""Records of one stream: documents as they are, documents that were deleted.

A record has the columns of the stream's `Layout`. A deleted document has `ref`, `ts` of the deletion, its found columns
as nulls, and the deletion column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_fauna.config.config import AdditionalColumn
from source_fauna.errors.errors import ConfigError
from source_fauna.records.columns import MISSING, Missing, misfit, select, type_of
from source_fauna.records.layout import Layout
from source_fauna.records.types import conversion, conversion_of_all, fitting_as_it_is, in_micros
from source_fauna.records.values import Json, decode, time_text, unescaped


class Records:
    """Builds the records of a stream."""

    def __init__(self, *, layout: Layout) -> None:
        self._has_data = layout.data
        self._has_ttl = layout.ttl
        self._additional = tuple((column, conversion(type_of(column))) for column in layout.additional)
        self._found = tuple(
            (column.name, column.field, fitting_as_it_is(column.type), conversion_of_all(column.type))
            for column in layout.found
        )
        self._fields = _needed_fields(layout)
        self._nulls = dict.fromkeys(column.name for column in layout.found)
        self._deletion_column = layout.deletion_column

    def live(self, document: dict[str, Json]) -> tuple[dict[str, Any], Sequence[str]]:
        """The record of a document, which is used up by it, and the names of the columns that were nulled.

        Raises a config error when a required column has no value, or one that its schema does not allow.
        """
        record: dict[str, Any] = {"ref": document["ref"]["@ref"]["id"], "ts": document["ts"]}
        nulled: list[str] = []
        extra = self._extra(document, nulled)
        ttl = document.get("ttl")
        data = self._decoded(document)
        if self._has_data:
            record["data"] = data
        if self._has_ttl:
            record["ttl"] = None if ttl is None else _ttl(ttl["@ts"], nulled)
        record.update(extra)
        for name, field, kind, convert in self._found:
            value = data.get(field)
            if type(value) is not kind and value is not None:
                value = convert(value)
                if value is None:
                    nulled.append(name)
            record[name] = value
        return record, nulled

    def deleted(self, ref: str, ts: int) -> dict[str, Any]:
        """The record of a document that was deleted at ts (microseconds), of a stream that reports deletions."""
        assert self._deletion_column is not None  # noqa: S101 - nobody reads deletions otherwise
        return {"ref": ref, "ts": ts, **self._nulls, self._deletion_column: time_text(ts)}

    def _decoded(self, document: dict[str, Json]) -> dict[str, Json]:
        """The record values of `data`, or of those of its fields that a column asks for."""
        if self._fields is None:
            if not self._additional:
                # No column asks for it, so a fifth of the work is spared.
                del document["ref"]
            decode(document)
            data: dict[str, Json] = document.get("data", {})
            return data
        members = unescaped(document.get("data", {}))
        # As a list, whose elements are no members: a field of the user's own may be called like a tag.
        return dict(zip(self._fields, decode([members.get(field) for field in self._fields]), strict=True))

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
    """The fields of `data` that some column asks for; None: all of it is asked for."""
    paths = [column.path[:2] for column in layout.additional if column.path[:1] in ((), ("data",))]
    if layout.data or any(len(path) < 2 for path in paths):
        return None
    return tuple(dict.fromkeys([*(path[1] for path in paths), *(column.field for column in layout.found)]))


def _ttl(text: str, nulled: list[str]) -> str | None:
    """The ttl as a column holds it: null beyond the year 9999."""
    if text[0] in "+-":
        nulled.append("ttl")
        return None
    return in_micros(text)


def _unmet(column: AdditionalColumn, value: Json | Missing, ref: dict[str, Json]) -> str:
    """That a required column has no value: of a missing one as users know it from the prototype, with a Python list."""
    collection = ref["collection"]["@ref"]["id"]
    if isinstance(value, Missing):
        return f"The path {list(column.path)} does not exist in document Ref({ref['id']}, collection={collection})"
    return (
        f"Document '{ref['id']}' of collection '{collection}' does not fit column '{column.name}': it "
        f"{misfit(column, value)}. Correct the column's path or type, or make it not required."
    )
