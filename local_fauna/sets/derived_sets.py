"""Sets made of other sets: events, union, intersection, difference, distinct, filter."""

from __future__ import annotations

from heapq import merge
from itertools import dropwhile, groupby
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import FaunaError, not_implemented
from local_fauna.sets.sources import SetValue, element
from local_fauna.store.entries import Entry
from local_fauna.store.ordering import HIGH
from local_fauna.values import Query

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

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        return self.base.leaves(reader, entry)


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


class FilteredSet(WrappedSet):
    """Filter(set): its pages are filled after filtering."""

    def __init__(self, base: SetValue, keeps: Callable[[Reader, Value], bool], query: Query) -> None:
        super().__init__(base)
        self._keeps = keeps
        self._query = query

    @override
    def over(self, base: SetValue) -> SetValue:
        return FilteredSet(base, self._keeps, self._query)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"filter": shown_lambda(self._query), "collection": self.base}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self.base.ascending(reader, start) if self._keeps(reader, element(entry)))

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        return (entry for entry in self.base.descending(reader, stop) if self._keeps(reader, element(entry)))


def shown_lambda(query: Query) -> Query:
    """The lambda of a set as an answer shows it."""
    if query.closes_over:
        raise not_implemented(None, "Showing a set made with a lambda that uses variables from outside")
    return query


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
    """Union, intersection or difference of several sets: `form` says which.

    Rows with the same values are the same, whatever their documents. So a union has each as often as the set that has
    it most often, and an intersection as often as the one that has it least often.
    """

    def __init__(self, form: str, parts: list[SetValue]) -> None:
        self.form = form
        self.values = parts[0].values
        self.reversed = parts[0].reversed
        self._parts = parts

    @override
    def parameters(self) -> dict[str, Value]:
        return {self.form: self._parts[0] if len(self._parts) == 1 else self._parts}

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        begin = start
        if start is not None and self.form == "intersection":
            begin = start[: self.values or 1]
        combined = self._combined([part.ascending(reader, begin) for part in self._parts], backward=False)
        return dropwhile(lambda entry: start is not None and entry.key < start, combined)

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        begin = stop
        if stop is not None and self.form == "intersection" and self.values:
            begin = (*stop[: self.values], HIGH)
        combined = self._combined([part.descending(reader, begin) for part in self._parts], backward=True)
        return dropwhile(lambda entry: stop is not None and entry.key >= stop, combined)

    def _combined(self, walks: list[Iterator[Entry]], *, backward: bool) -> Iterator[Entry]:
        numbered = [_numbered(number, walk) for number, walk in enumerate(walks)]
        everything = merge(*numbered, key=lambda row: row[0], reverse=backward)
        for _, group in groupby(everything, key=lambda row: row[0][: self.values or 1]):
            rows: list[list[Entry]] = [[] for _ in walks]
            for _, number, entry in group:
                rows[number].append(entry)
            yield from self._taken(rows)

    def _taken(self, rows: list[list[Entry]]) -> list[Entry]:
        """The rows that stand for those of each part that have the same values."""
        if self.form == "intersection":
            return rows[0][: min(map(len, rows))]
        if self.form == "union":
            return max(rows, key=len)[::-1]
        return rows[0][::-1] if not any(rows[1:]) else []

    @override
    def keys(self, cursor: list[Value]) -> tuple[object, ...]:
        return self._parts[0].keys(cursor)

    @override
    def require(self, reader: Reader, position: Position) -> SetValue:
        """Without the parts that the reader may not use (recording `rights_reading`).

        Refused if it may use none, or not the one that a difference begins with.
        """
        allowed = []
        refused: FaunaError | None = None
        for number, part in enumerate(self._parts):
            try:
                allowed.append(part.require(reader, position))
            except FaunaError as error:  # noqa: PERF203 - the other parts are asked all the same
                if number == 0 and self.form == "difference":
                    raise
                refused = error
        if refused is not None and not allowed:
            raise refused
        return self if allowed == self._parts else CombinedSet(self.form, allowed)

    @override
    def events(self, position: Position) -> History:
        raise not_implemented(position, f"The events of a {self.form}")

    @override
    def sources(self) -> list[Collection]:
        return [collection for part in self._parts for collection in part.sources()]

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        same = entry.key[: self.values or 1]
        found = [(part, next(part.ascending(reader, same), None)) for part in self._parts]
        holding = [(part, row) for part, row in found if row is not None and row.key[: len(same)] == same]
        if len(holding) > 1:
            raise not_implemented(None, f"The order of the sources of a row that several sets of a {self.form} have")
        return [leaf for part, row in holding for leaf in part.leaves(reader, row)]


def _numbered(number: int, walk: Iterator[Entry]) -> Iterator[tuple[tuple[object, ...], int, Entry]]:
    return ((entry.key, number, entry) for entry in walk)
