"""Sets of one document: the document itself, and its history.

Their events are as Fauna's public documentation tells; no transcript shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.sources import SetValue, key_in, keys_in
from local_fauna.store.entries import Entry
from local_fauna.store.ordering import doc_key
from local_fauna.values import SchemaRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.store.entries import SetEvent
    from local_fauna.store.ordering import Key
    from local_fauna.store.sorted_list import SortedList
    from local_fauna.store.versions import Store
    from local_fauna.values import DocRef, Value


class SingletonSet(SetValue):
    """Singleton(ref): the set of one document, if it exists. Its events tell how the document came and went."""

    def __init__(self, ref: DocRef | SchemaRef, store: Store, *, collection: Collection | None) -> None:
        self.ref = ref
        self._store = store
        self._collection = collection
        self._number = ref.entity.number if isinstance(ref, SchemaRef) and ref.entity else getattr(ref, "id", 0)
        self._key = doc_key(self._number, store.number)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"singleton": self.ref}

    def _rows(self, reader: Reader) -> list[Entry]:
        if self._collection is not None:
            reader.check_history(self._collection)
        record = self._store.records.get(self._number)
        version = None if record is None else record.visible(reader.time, reader.snapshot)
        if version is None or not reader.shows(self.ref):
            return []
        return [Entry((self._key,), (), self.ref, version)]

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self._rows(reader) if start is None or entry.key >= start)

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self._rows(reader) if stop is None or entry.key < stop)

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return keys_in(self._store, cursor) if isinstance(self.ref, SchemaRef) else super().keys(cursor)

    @override
    def document_key(self, ref: DocRef | SchemaRef) -> Key:
        return key_in(self._store, ref) if isinstance(self.ref, SchemaRef) else super().document_key(ref)

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        del position
        return self._store.listing.events_of(self._key)

    @override
    def sources(self) -> list[Collection]:
        return [] if self._collection is None else [self._collection]


class HistorySet(EventsSet):
    """Events(ref): the history of one document: create, update and delete, as the ref itself pages it with `events`."""

    def __init__(self, document: SingletonSet) -> None:
        super().__init__(document)
        self.ref = document.ref

    @override
    def parameters(self) -> dict[str, Value]:
        return {"events": self.ref}
