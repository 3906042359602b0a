"""Sets made of other sets: range, events, union, intersection, difference, distinct, filter."""

from __future__ import annotations

from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.sets.sources import SetValue, element
from local_fauna.store.entries import Entry
from local_fauna.store.ordering import HIGH
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import Query, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.store.entries import SetEvent
    from local_fauna.store.ordering import Key
    from local_fauna.values import DocRef, SchemaRef, Value


class WrappedSet(SetValue):
    """A set over one other set, which answers for keys, privileges and retention."""

    def __init__(self, base: SetValue) -> None:
        self.base = base

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return self.base.ascending(reader, start)

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return self.base.descending(reader, stop)

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return self.base.keys(cursor)

    @override
    def document_key(self, ref: DocRef | SchemaRef) -> Key:
        return self.base.document_key(ref)

    @override
    def require(self, reader: Reader, position: Position) -> None:
        self.base.require(reader, position)

    @override
    def sources(self) -> list[Collection]:
        return self.base.sources()


class EventsSet(WrappedSet):
    """Events(set): its pages are the history of the set."""

    @override
    def parameters(self) -> dict[str, Value]:
        return {"events": self.base.parameters()}

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        return self.base.events(position)


class RangeSet(WrappedSet):
    """Range(set, from, to): both ends inclusive; a short lower bound is padded low, a short upper one high."""

    def __init__(self, base: SetValue, low: Value, high: Value) -> None:
        super().__init__(base)
        self._bounds = (low, high)
        self._low = base.keys(as_list(low))
        self._high = (*base.keys(as_list(high)), HIGH)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"range": self.base, "from": self._bounds[0], "to": self._bounds[1]}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        low = self._low if start is None else max(start, self._low)
        for entry in self.base.ascending(reader, low):
            if entry.key > self._high:
                return
            yield entry

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        high = self._high if stop is None else min(stop, self._high)
        for entry in self.base.descending(reader, high):
            if entry.key < self._low:
                return
            yield entry


class FilteredSet(WrappedSet):
    """Filter(set): its pages are filled after filtering."""

    def __init__(self, base: SetValue, keeps: Callable[[Value], bool], query: Query) -> None:
        super().__init__(base)
        self._keeps = keeps
        self._query = query

    @override
    def parameters(self) -> dict[str, Value]:
        return {"filter": self._query, "collection": self.base}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self.base.ascending(reader, start) if self._keeps(element(entry)))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self.base.descending(reader, stop) if self._keeps(element(entry)))


class DistinctSet(WrappedSet):
    """Distinct(set): one row for each value."""

    @override
    def parameters(self) -> dict[str, Value]:
        return {"distinct": self.base}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return _first_of_each(self.base.ascending(reader, start))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return _first_of_each(self.base.descending(reader, stop))


def _first_of_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (
        next(group) for _, group in groupby(entries, key=lambda entry: entry.key[:-1] if entry.values else entry.key)
    )


class CombinedSet(SetValue):
    """Union, intersection or difference of several sets: `form` says which."""

    def __init__(self, form: str, parts: list[SetValue]) -> None:
        self.form = form
        self._parts = parts

    @override
    def parameters(self) -> dict[str, Value]:
        return {self.form: self._parts}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return self._combined([part.ascending(reader, start) for part in self._parts], backward=False)

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return self._combined([part.descending(reader, stop) for part in self._parts], backward=True)

    def _combined(self, walks: list[Iterator[Entry]], *, backward: bool) -> Iterator[Entry]:
        numbered = [_numbered(number, walk) for number, walk in enumerate(walks)]
        everything = merge(*numbered, key=lambda row: row[0], reverse=backward)
        for _, group in groupby(everything, key=lambda row: row[0]):
            rows = list(group)
            if self._takes({number for _, number, _ in rows}):
                yield rows[0][2]

    def _takes(self, present: set[int]) -> bool:
        if self.form == "union":
            return True
        if self.form == "intersection":
            return len(present) == len(self._parts)
        return present == {0}

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return self._parts[0].keys(cursor)

    @override
    def document_key(self, ref: DocRef | SchemaRef) -> Key:
        return self._parts[0].document_key(ref)

    @override
    def require(self, reader: Reader, position: Position) -> None:
        for part in self._parts:
            part.require(reader, position)

    @override
    def events(self, position: Position) -> SortedList[SetEvent]:
        if self.form != "union":
            return super().events(position)
        every = {event[:4]: event for part in self._parts for event in part.events(position).ascending()}
        return SortedList(every.values())

    @override
    def sources(self) -> list[Collection]:
        return [collection for part in self._parts for collection in part.sources()]

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[SetValue]:
        return [
            leaf
            for part in self._parts
            if any(found.key == entry.key for found in islice(part.ascending(reader, entry.key), 1))
            for leaf in part.leaves(reader, entry)
        ]


def _numbered(number: int, walk: Iterator[Entry]) -> Iterator[tuple[tuple[object, ...], int, Entry]]:
    return ((entry.key, number, entry) for entry in walk)
