"""Records of one stream: documents as they are, documents that were deleted.

A record's columns, in this order: `ref` (id), `ts` (microseconds), `data` unless switched off, `ttl`, the
additional columns as configured. A deleted document has `ref`, `ts` of the deletion and the deletion column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_fauna.config.config import AdditionalColumn, Config
from source_fauna.errors.errors import ConfigError
from source_fauna.records.columns import MISSING, fitness, select
from source_fauna.records.values import Json, decode, time_text


class Records:
    """Builds the records of a stream."""

    def __init__(self, *, config: Config) -> None:
        self._has_data = config.data_column
        self._columns = tuple((column, fitness(column)) for column in config.additional_columns)
        self._deletion_column = config.deletions.column if config.deletions else None

    def live(self, document: dict[str, Json]) -> tuple[dict[str, Any], Sequence[str]]:
        """The record of a document, which is used up by it, and the names of the columns that were nulled.

        Raises a config error when a required column has no value, or one that its schema does not allow.
        """
        ref = document["ref"]["@ref"]
        nulled: list[str] = []
        extra: dict[str, Any] = {}
        if self._columns:
            extra = self._extra(document, nulled)
        else:
            # No column asks for it, so a fifth of the work is spared.
            del document["ref"]
        decode(document)
        ttl = document.get("ttl")
        if ttl is not None and ttl[0] in "+-":
            # Beyond the year 9999: no date-time column can hold it.
            ttl = None
            nulled.append("ttl")
        record = {"ref": ref["id"], "ts": document["ts"]}
        if self._has_data:
            record["data"] = document.get("data", {})
        record["ttl"] = ttl
        record.update(extra)
        return record, nulled

    def deleted(self, ref: str, ts: int) -> dict[str, Any]:
        """The record of a document that was deleted at ts (microseconds), of a stream that reports deletions."""
        assert self._deletion_column is not None  # noqa: S101 - nobody reads deletions otherwise
        return {"ref": ref, "ts": ts, self._deletion_column: time_text(ts)}

    def _extra(self, document: dict[str, Json], nulled: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, fits in self._columns:
            value = select(document, column.path)
            if value is not MISSING and fits(value):
                values[column.name] = value
            elif column.required:
                raise ConfigError(_unmet(column, document["ref"]["@ref"]))
            else:
                values[column.name] = None
                if value is not MISSING:
                    nulled.append(column.name)
        return values


def _unmet(column: AdditionalColumn, ref: dict[str, Json]) -> str:
    """The failure as users know it from the prototype, a Python list included."""
    collection = ref["collection"]["@ref"]["id"]
    path = list(column.path)
    return f"The path {path} does not exist in document Ref({ref['id']}, collection={collection})"
