"""The destination: a table deduplicated by ref; the greatest ts wins, and at equal ts the row emitted later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integration_tests.harness.table import DELETED
from integration_tests.histories.operations import EPOCH


@dataclass(frozen=True)
class Row:
    """The newest row of a ref. `data` is None when the row says that the document was deleted."""

    ts: int
    data: dict[str, Any] | None
    ttl: int | None = None

    @classmethod
    def of(cls, record: dict[str, Any]) -> Row:
        """The row of a record's data."""
        if DELETED in record:
            return cls(ts=record["ts"], data=None)
        ttl = record.get("ttl")
        return cls(ts=record["ts"], data=record["data"], ttl=None if ttl is None else micros(ttl))

    def expired(self, now: int) -> bool:
        """Whether its ttl has passed: such rows may stay."""
        return self.ttl is not None and self.ttl <= now


def micros(text: str) -> int:
    """A time of the database's, of whole microseconds, in microseconds."""
    delta = datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH
    return delta.days * 86_400_000_000 + delta.seconds * 1_000_000 + delta.microseconds


@dataclass
class Table:
    """All rows by ref, deletions included, because an older row may still come."""

    rows: dict[str, Row] = field(default_factory=dict)

    def load(self, records: Iterable[dict[str, Any]]) -> None:
        """Take in records in the order in which they were emitted."""
        for record in records:
            row, known = Row.of(record), self.rows.get(record["ref"])
            if known is None or row.ts >= known.ts:
                self.rows[record["ref"]] = row

    @property
    def alive(self) -> dict[str, Row]:
        """The rows that are no deletions: what users see."""
        return {ref: row for ref, row in self.rows.items() if row.data is not None}
