"""Rows of a set with the times between which they exist. Documents(c), indexes and events all use this structure.

A row begins with the version that has it, and ends with the first version that does not. A page at T shows the rows
that exist at T. The events of the set are the beginnings (`add`) and ends (`remove`) of rows (recording `events`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from local_fauna.store.ordering import is_negative
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from local_fauna.store.ordering import Key
    from local_fauna.store.version import Version
    from local_fauna.values import DocRef, SchemaRef, Value

REMOVE, ADD, UPDATE = 0, 1, 2
"""The order of actions at one ts."""

Terms: TypeAlias = tuple["Key", ...]
Row: TypeAlias = tuple[Terms, tuple[object, ...], "Sequence[Value]"]
"""What a version gives: the keys of its terms, the keys of its values, and the values."""


class Entry:
    """One row: its sort key (the keys of its values, then that of its document), and when it was there."""

    __slots__ = ("added", "key", "quiet", "ref", "removed", "ttl", "values")

    def __init__(
        self, key: tuple[object, ...], values: Sequence[Value], ref: DocRef | SchemaRef, version: Version
    ) -> None:
        self.key = key
        self.values = values
        self.ref = ref
        self.added = version.ts
        self.removed = FOREVER
        self.quiet = False
        """The end of this row makes no `remove` event."""
        self.ttl = None if version.ttl is None else version.ttl.micros

    @property
    def doc(self) -> Key:
        """The sort key of the document."""
        doc: Key = self.key[-1]  # type: ignore[assignment]
        return doc

    def exists(self, time: int, snapshot: int) -> bool:
        """Whether a query with this snapshot sees the row at `time`."""
        return self.added <= time < self.removed and (self.ttl is None or self.ttl > snapshot)


SetEvent: TypeAlias = tuple[int, int, "Key", tuple[object, ...], Entry]
"""(ts, REMOVE or ADD, key of the document, key of the row, the row): comparable, in the order of events."""


class Bucket:
    """The rows of one set: of a collection, or of an index for one value of its terms."""

    def __init__(self) -> None:
        self._rows: SortedList[tuple[tuple[object, ...], int, Entry]] = SortedList()
        self._events: SortedList[SetEvent] | None = None
        self.negative_ids = False
        """Whether there ever was a row of a document with an id below zero."""

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, entry: Entry) -> None:
        """A row begins."""
        self._rows.add((entry.key, entry.added, entry))
        if not self.negative_ids and is_negative(entry.doc):
            self.negative_ids = True
        if self._events is not None:
            self._events.add(_event(entry, ADD))

    def close(self, entry: Entry, ts: int, *, quiet: bool) -> None:
        """A row ends at `ts`."""
        entry.removed = ts
        entry.quiet = quiet
        if self._events is not None and not quiet:
            self._events.add(_event(entry, REMOVE))

    def reopen(self, entry: Entry) -> None:
        """The end of a row is undone."""
        if self._events is not None and entry.removed != FOREVER:
            self._events.remove(_event(entry, REMOVE))
        entry.removed = FOREVER
        entry.quiet = False

    def drop(self, entry: Entry) -> None:
        """Remove a row, as if it had never existed."""
        self.reopen(entry)
        self._rows.remove((entry.key, entry.added, entry))
        if self._events is not None:
            self._events.remove(_event(entry, ADD))

    def ascending(self, start: tuple[object, ...] | None) -> Iterator[Entry]:
        """Every row of all times with a key not below `start`."""
        return (row[2] for row in self._rows.ascending(None if start is None else (start,)))

    def descending(self, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        """Every row of all times with a key below `stop`, backwards."""
        return (row[2] for row in self._rows.descending(None if stop is None else (stop,)))

    @property
    def events(self) -> SortedList[SetEvent]:
        """All events of all times. Made at the first question, kept up afterwards."""
        if self._events is None:
            self._events = SortedList(event for _, _, entry in self._rows.ascending() for event in _events_of(entry))
        return self._events


def _event(entry: Entry, action: int) -> SetEvent:
    ts = entry.added if action == ADD else entry.removed
    return (ts, action, entry.doc, entry.key, entry)


def _events_of(entry: Entry) -> Iterator[SetEvent]:
    yield _event(entry, ADD)
    if entry.removed != FOREVER and not entry.quiet:
        yield _event(entry, REMOVE)


class EntryTable:
    """The rows that a rule (`rows_of`) makes of every version of the documents it is told of."""

    def __init__(self, rows_of: Callable[[DocRef | SchemaRef, Version], list[Row]]) -> None:
        self._rows_of = rows_of
        self._buckets: dict[Terms, Bucket] = {}
        self._by_document: dict[Key, list[tuple[Terms, Entry]]] = {}

    def bucket(self, terms: Terms = ()) -> Bucket:
        """The rows for these terms."""
        bucket = self._buckets.get(terms)
        if bucket is None:
            bucket = self._buckets[terms] = Bucket()
        return bucket

    def splice(
        self, ref: DocRef | SchemaRef, doc: Key, *, since: int, before: Version | None, tail: list[Version]
    ) -> None:
        """The versions of a document with ts >= `since` are now `tail`; `before` is the one in front of them."""
        kept = []
        for terms, entry in self._by_document.get(doc, ()):
            if entry.added >= since:
                self._buckets[terms].drop(entry)
                continue
            if entry.removed >= since:
                self._buckets[terms].reopen(entry)
            kept.append((terms, entry))
        current = {(terms, entry.key): entry for terms, entry in kept if entry.removed == FOREVER}
        for version in tail:
            rows = {} if version.deleted else self._keyed_rows(ref, doc, version)
            same_ttl = before is not None and before.ttl == version.ttl
            gone = before is not None and before.expired(version.ts)
            for row, entry in list(current.items()):
                stays = same_ttl and row in rows
                if stays and not version.recreated and not gone:
                    del rows[row]
                    continue
                # A transaction that deletes and creates has only an `add` event. An expired row ends without an event.
                self._buckets[row[0]].close(entry, version.ts, quiet=gone or stays)
                del current[row]
            for row, values in rows.items():
                entry = Entry(row[1], values, ref, version)
                self.bucket(row[0]).add(entry)
                current[row] = entry
                kept.append((row[0], entry))
            before = version
        if kept:
            self._by_document[doc] = kept
        else:
            self._by_document.pop(doc, None)

    def _keyed_rows(
        self, ref: DocRef | SchemaRef, doc: Key, version: Version
    ) -> dict[tuple[Terms, tuple[object, ...]], Sequence[Value]]:
        return {(terms, (*keys, doc)): values for terms, keys, values in self._rows_of(ref, version)}
