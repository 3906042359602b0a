"""Sets made of other sets: range, events, union, intersection, difference, distinct, filter."""

from __future__ import annotations

from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import FaunaError, not_implemented
from local_fauna.sets.sources import SetValue, element
from local_fauna.store.entries import Entry
from local_fauna.store.ordering import HIGH, LAST_LISTED
from local_fauna.values import Query, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.history import History
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entities import Collection
    from local_fauna.values import Value


class WrappedSet(SetValue):
    """A set over one other set, which answers for keys, privileges and retention."""

    def __init__(self, base: SetValue) -> None:
        self.base = base
        self.values = base.values
        self.reversed = base.reversed

    def over(self, base: SetValue) -> SetValue:
        """The same over another set."""
        return type(self)(base)

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
    def require(self, reader: Reader, position: Position) -> SetValue:
        base = self.base.require(reader, position)
        return self if base is self.base else self.over(base)

    @override
    def sources(self) -> list[Collection]:
        return self.base.sources()


class EventsSet(WrappedSet):
    """Events(set): its pages are the history of the set."""

    historical = True

    @override
    def parameters(self) -> dict[str, Value]:
        return {"events": self.base.parameters()}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        raise not_implemented((), "Reading the rows of a set of events")

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        raise not_implemented((), "Reading the rows of a set of events")

    @override
    def events(self, position: Position) -> History:
        return self.base.events(position)


class RangeSet(WrappedSet):
    """Range(set, from, to): both ends inclusive; a short lower bound is padded low, a short upper one high."""

    def __init__(self, base: SetValue, low: Value, high: Value) -> None:
        super().__init__(base)
        self._bounds = (low, high)
        self._low = base.keys(as_list(low))
        self._cut = 0 < base.values == len(self._low)
        upper = base.keys(as_list(high))
        # An upper bound with all values that names no document stands for the greatest id.
        self._high = (*upper, LAST_LISTED if 0 < base.values == len(upper) else HIGH)

    @override
    def over(self, base: SetValue) -> SetValue:
        return RangeSet(base, *self._bounds)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"range": self.base, "from": self._bounds[0], "to": self._bounds[1]}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        low = self._low if start is None else max(start, self._low)
        for entry in self.base.ascending(reader, low):
            if entry.key > self._high:
                return
            if not self._cut or not self.is_under(self._low, entry):
                yield entry

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        high = self._high if stop is None else min(stop, self._high)
        for entry in self.base.descending(reader, high):
            if entry.key < self._low:
                return
            if not self._cut or not self.is_under(self._low, entry):
                yield entry


class FilteredSet(WrappedSet):
    """Filter(set): its pages are filled after filtering."""

    def __init__(self, base: SetValue, keeps: Callable[[Value], bool], query: Query) -> None:
        super().__init__(base)
        self._keeps = keeps
        self._query = query

    @override
    def over(self, base: SetValue) -> SetValue:
        return FilteredSet(base, self._keeps, self._query)

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

    @override
    def events(self, position: Position) -> History:
        return self.base.events(position)


def _first_of_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (
        next(group) for _, group in groupby(entries, key=lambda entry: entry.key[:-1] if entry.values else entry.key)
    )


class CombinedSet(SetValue):
    """Union, intersection or difference of several sets: `form` says which."""

    def __init__(self, form: str, parts: list[SetValue]) -> None:
        self.form = form
        self.values = parts[0].values
        self.reversed = parts[0].reversed
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
    def require(self, reader: Reader, position: Position) -> SetValue:
        """Without the parts that the reader may not use; refused if it may use none (recording `rights_reading`)."""
        allowed = []
        refused: FaunaError | None = None
        for part in self._parts:
            try:
                allowed.append(part.require(reader, position))
            except FaunaError as error:  # noqa: PERF203 - the other parts are asked all the same
                refused = error
        if refused is None:
            return self if allowed == self._parts else CombinedSet(self.form, allowed)
        if not allowed:
            raise refused
        if self.form == "difference":
            raise not_implemented(position, "A difference of sets of which some are refused")
        return CombinedSet(self.form, allowed)

    @override
    def events(self, position: Position) -> History:
        raise not_implemented(position, f"The events of a {self.form}")

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
