"""Sets: what can be paginated (recordings `documents`, `index`).

Every set walks its rows in order from a key, in both directions, as one reader sees them. A row without values is shown
as its ref, with one value as that value, and with several as an array. A cursor is the values followed by the ref.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import denied, internal, invalid_argument, not_implemented
from local_fauna.sets.history import NATIVE_PARTITIONS, History
from local_fauna.store.ordering import LAST_LISTED, is_negative, value_key
from local_fauna.values import NativeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.store.entries import Bucket, Entry
    from local_fauna.store.versions import Store
    from local_fauna.values import Value

    Keys = tuple[object, ...]

_END: Keys = (LAST_LISTED,)
"""Behind every row without values that is listed: ids below zero never are (recording `negative_ids`)."""


def element(entry: Entry) -> Value:
    """The row as an element of a page."""
    values = entry.values
    if not values:
        return entry.ref
    return values[0] if len(values) == 1 else list(values)


def cursor_of(entry: Entry) -> list[Value]:
    """The row as a cursor."""
    return [*entry.values, entry.ref]


class SetValue(ABC):
    """The base of all sets. For operations that a set does not support, it raises the database's own error."""

    values = 0
    """How many values a row shows; 0 stands for the ref."""
    reversed: tuple[bool, ...] = (False,)
    """Which parts of its keys are in reverse order: each value, then the ref."""
    historical = False
    """Whether its pages hold events."""
    encodable = True
    """Whether the server can store it, or take it for a cursor; it fails on others (a 500)."""

    @property
    def longest_cursor(self) -> int | None:
        """How many parts of a cursor are read: the values and the ref. None stands for all."""
        return self.values + 1

    @abstractmethod
    def parameters(self) -> Value:
        """The members of `@set`; of a native collection its ref, which is shown without that tag."""

    @abstractmethod
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        """The rows with a key not below `start`."""

    @abstractmethod
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        """The rows with a key below `stop`, backwards."""

    def keys(self, cursor: list[Value]) -> Keys:
        """The sort keys of a cursor."""
        return tuple(map(value_key, cursor))

    def require(self, reader: Reader, position: Position) -> SetValue:
        """The set as the reader may use it. Raises FaunaError if it may not use the set at all."""
        del reader, position
        return self

    def events(self, position: Position) -> History:
        """All events of all times."""
        raise invalid_argument(position[:-1], "Set does not support events history.")

    def sources(self) -> list[Collection]:
        """The collections whose retention bounds the set."""
        return []

    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        """What a page shows as the sets that a row comes from."""
        del reader, entry
        return [self]

    def is_under(self, bound: Keys, entry: Entry) -> bool:
        """Whether a row lies under a lower bound that has its very values and names no document.

        Such a bound stands for the id 0, so that rows of ids below zero are left out, although they come behind it.
        """
        return 0 < self.values == len(bound) and is_negative(entry.doc) and entry.key[:-1] == bound


def refuse_to_encode(source: SetValue) -> None:
    """Raise FaunaError (500) for a set that the server cannot encode."""
    if not source.encodable:
        raise internal("java.lang.IllegalStateException: Unknown set.")


def rows_without_values(bucket: Bucket, start: Keys | None) -> Iterator[Entry]:
    """The rows of all times from `start` on that can be listed."""
    for entry in bucket.ascending(start):
        if entry.key > _END:
            return
        yield entry


def rows_without_values_backwards(bucket: Bucket, stop: Keys | None) -> Iterator[Entry]:
    """The rows of all times below `stop`, backwards. Below an id that is below zero itself there are none."""
    if stop is not None and len(stop) == 1 and is_negative(stop[0]):  # type: ignore[arg-type]
        return iter(())
    return bucket.descending(_END if stop is None or stop > _END else stop)


class DocumentsSet(SetValue):
    """Documents(c): the refs of a collection in order of id."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    @override
    def parameters(self) -> dict[str, Value]:
        return {"documents": self.collection.own_ref}

    @override
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        bucket = self._bucket
        if bucket.negative_ids:
            return self._seen(reader, rows_without_values(bucket, start))
        return self._seen(reader, bucket.ascending(start))

    @override
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        return self._seen(reader, rows_without_values_backwards(self._bucket, stop))

    @property
    def _bucket(self) -> Bucket:
        return self.collection.documents.listing.bucket()

    def _seen(self, reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        reader.check_history(self.collection)
        time, snapshot, shows = reader.time, reader.snapshot, reader.shows
        return (entry for entry in entries if entry.exists(time, snapshot) and shows(entry.ref))

    @override
    def events(self, position: Position) -> History:
        del position
        bucket = self._bucket
        return History(bucket.events, partitions=NATIVE_PARTITIONS, negative_ids=bucket.negative_ids)

    @override
    def sources(self) -> list[Collection]:
        return [self.collection]

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        return [_NamelessSet(self.collection)]


class _NamelessSet(DocumentsSet):
    """The server's own index of documents, which it shows among the sources of rows: as null, for it has no name."""

    @override
    def parameters(self) -> dict[str, Value]:
        return {}


class NativeSet(SetValue):
    """`{"collections":null}` and its like: the schema documents in order of creation (recording `rights_lists`)."""

    def __init__(self, kind: str, store: Store) -> None:
        self.kind = kind
        self._store = store

    @override
    def parameters(self) -> Value:
        return NativeRef(self.kind)

    @override
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        return self._seen(reader, self._store.listing.bucket().ascending(start))

    @override
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        return self._seen(reader, self._store.listing.bucket().descending(stop))

    @staticmethod
    def _seen(reader: Reader, entries: Iterator[Entry]) -> Iterator[Entry]:
        time, snapshot, shows = reader.time, reader.snapshot, reader.shows
        return (entry for entry in entries if entry.exists(time, snapshot) and shows(entry.ref))

    @override
    def require(self, reader: Reader, position: Position) -> SetValue:
        if not reader.may_list(self.kind):
            raise denied(position)
        return self

    @override
    def events(self, position: Position) -> History:
        del position
        return History(self._store.listing.bucket().events)

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        if self.kind in ("keys", "databases"):
            raise not_implemented(None, f"The sources of a list of {self.kind}")
        return [_NamelessList(self.kind, self._store)]


class _NamelessList(NativeSet):
    """As `_NamelessSet`, of the schema."""

    @override
    def parameters(self) -> dict[str, Value]:
        return {}
