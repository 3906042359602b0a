"""Documents and their versions: the multi-version store of one collection, native ones included.

Everything that is derived from versions (the listing of the collection, its events, the entries of its indexes) follows
from one operation, `Store.splice`: replace the versions of a document from some time on. A write, an edit of history
and a rollback are all splices.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from local_fauna.store.entries import EntryTable
from local_fauna.store.ordering import doc_key
from local_fauna.values import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.store.version import Version
    from local_fauna.values import DocRef, SchemaRef

_TS = attrgetter("ts")


class Record:
    """All versions of one document, oldest first, at most one for each ts."""

    __slots__ = ("ref", "versions")

    def __init__(self, ref: DocRef | SchemaRef) -> None:
        self.ref = ref
        self.versions: list[Version] = []

    def at(self, time: int) -> Version | None:
        """The version that was the last one at `time` (inclusive), a deletion too."""
        versions = self.versions
        if versions and versions[-1].ts <= time:
            return versions[-1]
        place = bisect_right(versions, time, key=_TS)
        return versions[place - 1] if place else None

    def visible(self, time: int, snapshot: int) -> Version | None:
        """What a query sees at `time`: nothing if deleted, or if the ttl passed before the query's snapshot."""
        version = self.at(time)
        if version is None or version.deleted or version.expired(snapshot):
            return None
        return version

    def document(self, version: Version) -> Document:
        """The document of this version, as a value."""
        if version.document is None:
            version.document = Document(self.ref, version)
        return version.document


class Store:
    """The documents of one collection. `number` is the collection's internal number."""

    def __init__(self, *, number: int, make_ref: Callable[[int], DocRef | SchemaRef]) -> None:
        self.number = number
        self._make_ref = make_ref
        self.records: dict[int, Record] = {}
        self.listing = EntryTable(lambda ref, version: [((), (), ())])  # noqa: ARG005 - one row for every document
        self.index_tables: list[EntryTable] = []
        """The rows of the indexes that cover this collection."""

    def record(self, number: int) -> Record:
        """The record of an id; an empty one is made if there is none."""
        record = self.records.get(number)
        if record is None:
            record = self.records[number] = Record(self._make_ref(number))
        return record

    def splice(self, number: int, since: int, tail: list[Version]) -> list[Version]:
        """Replace all versions with ts >= `since` by `tail`, and let listing, events and indexes follow.

        Returns the versions taken out, so that splicing them back undoes it.
        """
        record = self.record(number)
        place = bisect_left(record.versions, since, key=_TS)
        before = record.versions[place - 1] if place else None
        removed = record.versions[place:]
        record.versions[place:] = tail
        doc = doc_key(number, self.number)
        self.listing.splice(record.ref, doc, since=since, before=before, tail=tail)
        for table in self.index_tables:
            table.splice(record.ref, doc, since=since, before=before, tail=tail)
        if not record.versions:
            del self.records[number]
        return removed
