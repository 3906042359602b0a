"""What a set needs to know of the query that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from local_fauna.store.entities import Collection
    from local_fauna.store.indexes import Index
    from local_fauna.values import DocRef, SchemaRef, Value


class Reader(Protocol):
    """A query that reads sets: when it reads, and what it may see."""

    snapshot: int

    @property
    def time(self) -> int:
        """The time at which it reads, in micros."""
        ...

    def shows(self, ref: DocRef | SchemaRef) -> bool:
        """Whether it may see this document."""
        ...

    def check_history(self, collection: Collection) -> None:
        """Raise FaunaError if it reads below the minimum valid time of the collection."""
        ...

    def may_read_index(self, index: Index, terms: list[Value]) -> bool:
        """Whether it may page through the index at all."""
        ...

    def reads_unrestricted(self, index: Index, terms: list[Value]) -> bool:
        """Whether it sees the entries of the index for these terms whatever it may read of the documents."""
        ...

    def may_read_history(self, ref: DocRef | SchemaRef) -> bool:
        """Whether it may read the history of this document."""
        ...

    def may_list(self, kind: str) -> bool:
        """Whether it may list this native collection."""
        ...
