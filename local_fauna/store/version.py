"""One version of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_fauna.values import Document, Time, Value


class Version:
    """One version of a document. `fields` are its members except ref, ts and ttl."""

    __slots__ = ("deleted", "document", "fields", "recreated", "ts", "ttl", "wire")

    def __init__(
        self,
        ts: int,
        fields: dict[str, Value],
        *,
        ttl: Time | None = None,
        deleted: bool = False,
        recreated: bool = False,
    ) -> None:
        self.ts = ts
        self.fields = fields
        self.ttl = ttl
        self.deleted = deleted
        self.recreated = recreated
        """Created by the very transaction that deleted the version before it."""
        self.document: Document | None = None
        self.wire: tuple[int, object] | None = None
        """The encoded document and the count of renames at which it was encoded."""

    def expired(self, snapshot: int) -> bool:
        """Whether the ttl has passed for a query with this snapshot."""
        return self.ttl is not None and self.ttl.micros <= snapshot
