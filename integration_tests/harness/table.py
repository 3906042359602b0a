"""Expected records, and the table that a deduplicating destination builds from records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

DELETED = "deleted_at"
"""The deletion column that tests configure."""


def live(document_id: int, ts: int, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The record of a document without ttl."""
    return {"ref": str(document_id), "ts": ts, "data": data or {}, "ttl": None}


def removed(document_id: int, ts: int) -> dict[str, Any]:
    """The record of a deletion at ts, in microseconds."""
    seconds, micros = divmod(ts, 1_000_000)
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return {"ref": str(document_id), "ts": ts, DELETED: f"{moment:%Y-%m-%dT%H:%M:%S}.{micros:06d}Z"}


def rows(records: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The row of each id, deleted ones included: the greatest ts wins, at equal ts the later record."""
    newest: dict[str, Mapping[str, Any]] = {}
    for record in records:
        known = newest.get(record["ref"])
        if known is None or record["ts"] >= known["ts"]:
            newest[record["ref"]] = record
    return newest


def versions(records: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The ts of each row that is not deleted, by id. `Fauna.versions` returns the same for the database."""
    return {ref: row["ts"] for ref, row in rows(records).items() if row.get(DELETED) is None}
