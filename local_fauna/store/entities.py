"""The entities that names of the schema refer to: collections, indexes, databases, roles and functions.

A rename changes `name`, and every ref to the entity then shows the new name. A deleted entity keeps its last name, even
if a new entity has the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.store.versions import Store
from local_fauna.values import DocRef, SchemaRef

if TYPE_CHECKING:
    from local_fauna.values import Value

DAY = 86_400_000_000
"""Microseconds of a day."""
GRACE = 900_000_000
"""Microseconds that history is kept beyond its limit: 15 minutes."""

SINGULAR = {
    "collections": "collection",
    "indexes": "index",
    "databases": "database",
    "roles": "role",
    "functions": "function",
    "keys": "key",
    "tokens": "token",
    "credentials": "credential",
}


class Entity:
    """One schema document's identity: its kind (`collections`), its name, and a number in order of creation."""

    def __init__(self, kind: str, name: str, number: int) -> None:
        self.kind = kind
        self.name = name
        self.number = number
        self.deleted = False
        self.published = False
        """Whether the query that creates it has committed: it cannot be used before."""

    @property
    def ref(self) -> SchemaRef:
        """The ref of this entity."""
        return SchemaRef(self.kind, self.name, self)


class Collection(Entity):
    """A user's collection: its documents, and how long their history is kept."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__("collections", name, number)
        self.history_days: int | None = 0
        self.ttl_days: int | None = None
        self.floor = 0
        self.own_ref = SchemaRef("collections", name, self)
        self.documents = Store(number=number, make_ref=self._ref_of)

    def _ref_of(self, number: int) -> DocRef:
        return DocRef(self.own_ref, number)

    def set_retention(self, fields: dict[str, Value], *, ts: int, created: bool) -> None:
        """Take over `history_days` and `ttl_days` at creation or update of the collection document.

        The floor of history rises with every update: raising `history_days` brings nothing back.
        """
        before = self._kept_from(ts)
        self.history_days = fields.get("history_days")
        self.ttl_days = fields.get("ttl_days")
        days = self.history_days
        fresh = ts if days is None else ts - days * DAY
        self.floor = fresh if created else max(before, fresh)

    def _kept_from(self, snapshot: int) -> int:
        days = self.history_days
        return self.floor if days is None else max(snapshot - days * DAY, self.floor)

    def minimum_valid_time(self, snapshot: int) -> int:
        """The earliest time, in micros, at which this collection can be read by a query with this snapshot."""
        return self._kept_from(snapshot) - GRACE
