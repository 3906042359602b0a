"""Sets: what can be paginated (recordings `documents`, `index`).

Every set walks its rows in order from a key, both ways, as one reader sees them. Rows show themselves: without values
the ref, with one value that value, with several an array; a cursor is the values with the ref appended.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import denied, invalid_argument
from local_fauna.store.entries import Entry
from local_fauna.store.ordering import doc_key, value_key
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import SchemaRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.store.entries import Bucket, SetEvent
    from local_fauna.store.indexes import Index
    from local_fauna.store.ordering import Key
    from local_fauna.store.versions import Store
    from local_fauna.values import DocRef, Value

_FIRST_LISTED = (doc_key(0, -(2**62)),)
"""Documents(c) never lists negative ids; indexes and events do (recording `values`)."""


def element(entry: Entry) -> Value:
    """The row as an element of a page."""
    values = entry.values
    if not values:
        return entry.ref
    return values[0] if len(values) == 1 else list(values)


def cursor_of(entry: Entry) -> list[Value]:
    """The row as a cursor."""
    return [*entry.values, entry.ref]


def key_in(store: Store, value: Value) -> Key:
    """The sort key of one part of a cursor among the documents of a native store: they are in order of creation."""
    if isinstance(value, SchemaRef) and value.entity:
        return doc_key(value.entity.number, store.number)
    return value_key(value)


def keys_in(store: Store, cursor: list[Value]) -> tuple[object, ...]:
    """The sort keys of a cursor among the documents of a native store."""
    return tuple(key_in(store, value) for value in cursor)


class SetValue(ABC):
    """What all sets have in common. A set that cannot do something says so here, in the database's words."""

    @abstractmethod
    def parameters(self) -> dict[str, Value]:
        """The members of `@set`."""

    @abstractmethod
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        """The rows with a key not below `start`."""

    @abstractmethod
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        """The rows with a key below `stop`, backwards."""

    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        """The sort keys of a cursor."""
        return tuple(map(value_key, cursor))

    def document_key(self, ref: DocRef | SchemaRef) -> Key:
        """The sort key of a document among those of the set."""
        return value_key(ref)

    def require(self, reader: Reader, position: Position) -> None:
        """Raise FaunaError if the reader may not use the set at all."""
        del reader, position

    def events(self, position: Position) -> SortedList[SetEvent]:
        """All events of all times."""
        raise invalid_argument(position, "Set does not support events history.")

    def sources(self) -> list[Collection]:
        """The collections whose retention bounds the set."""
        return []

    def leaves(self, reader: Reader, entry: Entry) -> list[SetValue]:
        """The sets that a row comes from."""
        del reader, entry
        return [self]


class DocumentsSet(SetValue):
    """Documents(c): the refs of a collection in order of id."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    @override
    def parameters(self) -> dict[str, Value]:
        return {"documents": self.collection.own_ref}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        first = _FIRST_LISTED if start is None else max(start, _FIRST_LISTED)
        return self._seen(reader, self._bucket.ascending(first))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        for entry in self._seen(reader, self._bucket.descending(stop)):
            if entry.key < _FIRST_LISTED:
                return
            yield entry

    @property
    def _bucket(self) -> Bucket:
        return self.collection.documents.listing.bucket()

    def _seen(self, reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        reader.check_history(self.collection)
        time, snapshot, shows = reader.time, reader.snapshot, reader.shows
        return (entry for entry in entries if entry.exists(time, snapshot) and shows(entry.ref))

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        del position
        return self._bucket.events

    @override
    def sources(self) -> list[Collection]:
        return [self.collection]


class NativeSet(SetValue):
    """`{"collections":null}` and its like: the schema documents in order of creation."""

    def __init__(self, kind: str, store: Store) -> None:
        self.kind = kind
        self._store = store

    @override
    def parameters(self) -> dict[str, Value]:
        return {self.kind: None}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return self._seen(reader, self._store.listing.bucket().ascending(start))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return self._seen(reader, self._store.listing.bucket().descending(stop))

    @staticmethod
    def _seen(reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        time, snapshot = reader.time, reader.snapshot
        return (entry for entry in entries if entry.exists(time, snapshot))

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return keys_in(self._store, cursor)

    @override
    def document_key(self, ref: DocRef | SchemaRef) -> Key:
        return key_in(self._store, ref)

    @override
    def require(self, reader: Reader, position: Position) -> None:
        if not reader.may_list(self.kind):
            raise denied(position)

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        del position
        return self._store.listing.bucket().events


class MatchSet(SetValue):
    """Match(index, terms): the rows of an index for one value of its terms. `terms` None means none were given."""

    def __init__(self, index: Index, terms: list[Value] | None) -> None:
        self.index = index
        self.terms = terms

    @override
    def parameters(self) -> dict[str, Value]:
        shown: dict[str, Value] = {"match": self.index.ref}
        if self.terms is not None:
            shown["terms"] = self.terms[0] if len(self.terms) == 1 else self.terms
        return shown

    @property
    def _bucket(self) -> Bucket | None:
        keys = self.index.term_keys(self.terms or [])
        return None if keys is None else self.index.table.bucket(keys)

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        bucket = self._bucket
        return self._seen(reader, bucket.ascending(start)) if bucket is not None else iter(())

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        bucket = self._bucket
        return self._seen(reader, bucket.descending(stop)) if bucket is not None else iter(())

    def _seen(self, reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        for collection in self.sources():
            reader.check_history(collection)
        time, snapshot, shows = reader.time, reader.snapshot, reader.shows
        free = reader.reads_unrestricted(self.index)
        return (entry for entry in entries if entry.exists(time, snapshot) and (free or shows(entry.ref)))

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return self.index.keys(cursor)

    @override
    def require(self, reader: Reader, position: Position) -> None:
        if not reader.may_read_index(self.index, self.terms or []):
            raise denied(position)

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        del position
        bucket = self._bucket
        return SortedList() if bucket is None else bucket.events

    @override
    def sources(self) -> list[Collection]:
        return self.index.covered
