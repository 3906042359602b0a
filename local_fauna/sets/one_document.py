"""Sets of one document: the document itself, and its history. The right to read history opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import denied, not_implemented
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.document_history import document_events
from local_fauna.sets.event_orders import document_goes_on, singleton_goes_on, stored_in_document
from local_fauna.sets.history import History
from local_fauna.sets.sources import SetValue
from local_fauna.store.entries import ADD, REMOVE, UPDATE, Entry
from local_fauna.store.ordering import doc_key, signed, value_key
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import NO_DATA, Event, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.store.ordering import Key
    from local_fauna.store.versions import Store
    from local_fauna.values import DocRef, Value

_ACTIONS = {"create": ADD, "update": UPDATE, "delete": REMOVE}
_SET_ACTIONS = {"create": "add", "delete": "remove"}
_FIRST_ID = doc_key(0, 0)


class SingletonSet(SetValue):
    """Singleton(ref): the set of one document, if it exists. Its events tell how the document came and went."""

    encodable = False

    def __init__(self, ref: DocRef | SchemaRef, store: Store, *, collection: Collection | None) -> None:
        self.ref = ref
        self._store = store
        self._collection = collection
        self._number = ref.entity.number if isinstance(ref, SchemaRef) and ref.entity else getattr(ref, "id", 0)
        self._key = doc_key(self._number, store.number)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"singleton": self.ref}

    def as_document(self) -> SingletonSet:
        """The same set as a page of the ref itself shows it among its sources: as that ref."""
        return DocumentSet(self.ref, self._store, collection=self._collection)

    def _rows(self, reader: Reader, lowest: Key) -> list[Entry]:
        """The row of the document if it exists and its id, with its sign, is not below `lowest`."""
        if self._collection is not None:
            reader.check_history(self._collection)
        record = self._store.records.get(self._number)
        version = None if record is None else record.visible(reader.time, reader.snapshot)
        if version is None or signed(self._key) < lowest:
            return []
        return [Entry((self._key,), (), self.ref, version)]

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        lowest: Key = start[0] if start else _FIRST_ID  # type: ignore[assignment]
        return iter(self._rows(reader, signed(max(lowest, _FIRST_ID))))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        below: Key | None = stop[0] if stop else None  # type: ignore[assignment]
        rows = self._rows(reader, _FIRST_ID)
        return (entry for entry in rows if below is None or signed(entry.doc) < signed(below))

    @override
    def require(self, reader: Reader, position: Position) -> SetValue:
        if not reader.may_read_history(self.ref):
            raise denied(position)
        return self

    @override
    def events(self, position: Position) -> History:
        raise not_implemented(position, "The events of a set over a single document")

    def comings(self, oldest: int) -> History:
        """When the document was created and deleted: additions and removals."""
        rows = [
            (ts, late, action, doc, Event(event.ts, _SET_ACTIONS[event.action], event.ref, NO_DATA))
            for ts, late, action, doc, event in self._versions(oldest)
            if action != UPDATE
        ]
        return History(SortedList(rows), stored=stored_in_document, goes_on=singleton_goes_on)

    def history(self, oldest: int) -> History:
        """What happened to the document: create, update and delete. `oldest` is the minimum valid time in micros."""
        return History(SortedList(self._versions(oldest)), stored=stored_in_document, goes_on=document_goes_on)

    def _versions(self, oldest: int) -> list[tuple[int, bool, int, Key, Event]]:
        """(ts, whether a deletion, action, key of the document, event): comparable, in stored order."""
        record = self._store.records.get(self._number)
        events = [] if record is None else document_events(record, oldest)
        doc = value_key(self.ref)
        return [(event.ts, event.action == "delete", _ACTIONS[event.action], doc, event) for event in events]

    @override
    def sources(self) -> list[Collection]:
        return [] if self._collection is None else [self._collection]


class DocumentSet(SingletonSet):
    """The set that a ref stands for where a page is asked of it."""

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        return [self.ref]


class HistorySet(EventsSet):
    """Events(ref): the history of one document: create, update and delete, as the ref itself pages it with `events`."""

    def __init__(self, document: SingletonSet) -> None:
        super().__init__(document)
        self.document = document

    @override
    def parameters(self) -> dict[str, Value]:
        return {"events": self.document.ref}
