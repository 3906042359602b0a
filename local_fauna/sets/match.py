"""Match(index, terms): the rows of an index (recordings `index`, `index_forms`, `multi_source`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import denied, internal, not_implemented
from local_fauna.sets.history import History
from local_fauna.sets.sources import SetValue, rows_without_values, rows_without_values_backwards
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import DocRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.sets.sources import Keys
    from local_fauna.store.entities import Collection
    from local_fauna.store.entries import Bucket, Entry
    from local_fauna.store.indexes import Index
    from local_fauna.values import Value


def _collection_of(entry: Entry) -> Collection:
    owner = entry.ref.collection if isinstance(entry.ref, DocRef) else entry.ref
    collection: Collection = owner.entity  # type: ignore[union-attr, assignment]
    return collection


class MatchSet(SetValue):
    """The rows of an index for one value of its terms. `terms` None means none were given."""

    def __init__(self, index: Index, terms: list[Value] | None) -> None:
        self.index = index
        self.terms = terms
        self.values = len(index.values)
        self.reversed = (*(value.reverse for value in index.values), False)

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
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        bucket = self._bucket
        if bucket is None:
            return iter(())
        if bucket.negative_ids and not self.values:
            return self._seen(reader, rows_without_values(bucket, start))
        return self._seen(reader, bucket.ascending(start))

    @override
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        bucket = self._bucket
        if bucket is None:
            return iter(())
        if not self.values:
            return self._seen(reader, rows_without_values_backwards(bucket, stop))
        return self._seen(reader, bucket.descending(stop))

    def _seen(self, reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        for collection in self.sources():
            reader.check_history(collection)
        time, snapshot, shows = reader.time, reader.snapshot, reader.shows
        free = reader.reads_unrestricted(self.index, self.terms or [])
        if self.index.lost_source:
            entries = self._of_living(entries)
        return (entry for entry in entries if entry.exists(time, snapshot) and (free or shows(entry.ref)))

    def _of_living(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The rows of collections that are still there. An index of all collections fails at any other (a 500)."""
        for entry in entries:
            collection = _collection_of(entry)
            if not collection.deleted:
                yield entry
            elif self.index.sources is None:
                raise internal(f"fauna.storage.api.UnknownCollectionMVT: Unknown MVT for {collection.number}")

    @override
    def keys(self, cursor: list[Value]) -> Keys:
        return self.index.keys(cursor)

    @override
    def require(self, reader: Reader, position: Position) -> SetValue:
        if not reader.may_read_index(self.index, self.terms or []):
            raise denied(position)
        return self

    @override
    def events(self, position: Position) -> History:
        bucket = self._bucket
        if bucket is None:
            return History(SortedList())
        if self.index.lost_source:
            raise not_implemented(position, "The events of an index that lost a collection")
        if bucket.negative_ids and any(part.reverse for part in self.index.values):
            raise not_implemented(position, "The events of ids below zero in an index with reverse")
        return History(bucket.events, partitions=self.index.partitions, negative_ids=bucket.negative_ids)

    @override
    def sources(self) -> list[Collection]:
        return [collection for collection in self.index.covered if not collection.deleted]
