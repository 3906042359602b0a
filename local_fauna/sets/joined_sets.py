"""Join(source, with): the rows of the sets that each row of a source leads to."""

from __future__ import annotations

from abc import abstractmethod
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING

from typing_extensions import override

from local_fauna.errors import FaunaError, not_implemented
from local_fauna.sets.derived_sets import WrappedSet, shown_lambda
from local_fauna.sets.match import MatchSet
from local_fauna.sets.sources import SetValue, element
from local_fauna.store.ordering import value_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.history import History
    from local_fauna.sets.reader import Reader
    from local_fauna.sets.sources import Keys
    from local_fauna.store.entries import Entry
    from local_fauna.store.indexes import Index
    from local_fauna.values import Query, Value


DENIED = 403


class _Join(WrappedSet):
    """Rows of the same values are one row, whatever their documents."""

    @abstractmethod
    def _target(self, reader: Reader, entry: Entry) -> SetValue:
        """The set that a row of the source leads to."""

    def _targets(self, reader: Reader) -> list[SetValue]:
        found = []
        for entry in self.base.ascending(reader, None):
            try:
                found.append(self._target(reader, entry).require(reader, ()))
            except FaunaError as error:  # noqa: PERF203 - what is denied is left out
                if error.status != DENIED:
                    raise
        return found

    @override
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        return _merged([target.ascending(reader, start) for target in self._targets(reader)], backward=False)

    @override
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        return _merged([target.descending(reader, stop) for target in self._targets(reader)], backward=True)

    @override
    def leaves(self, reader: Reader, entry: Entry) -> list[Value]:
        raise not_implemented(None, "The sources of a join")

    @override
    def events(self, position: Position) -> History:
        raise not_implemented(position, "The events of a join")


def _merged(walks: list[Iterator[Entry]], *, backward: bool) -> Iterator[Entry]:
    everything = merge(*walks, key=lambda entry: entry.key, reverse=backward)
    for _, group in groupby(everything, key=lambda entry: entry.key[:-1] or entry.key):
        *_, last = group
        yield last


class IndexJoin(_Join):
    """A join with an index, whose terms are the values of a row of the source, or its ref."""

    def __init__(self, base: SetValue, index: Index) -> None:
        super().__init__(base)
        self._index = index
        self._shape = MatchSet(index, None)
        self.values, self.reversed = self._shape.values, self._shape.reversed

    @override
    def over(self, base: SetValue) -> SetValue:
        return IndexJoin(base, self._index)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"join": self.base, "with": self._index.ref}

    @override
    def keys(self, cursor: list[Value]) -> Keys:
        return self._shape.keys(cursor)

    @override
    def _target(self, reader: Reader, entry: Entry) -> SetValue:
        del reader
        return MatchSet(self._index, list(entry.values) or [entry.ref])


class LambdaJoin(_Join):
    """A join with a lambda. What its rows look like is not known before they are read."""

    def __init__(self, base: SetValue, lead: Callable[[Reader, Value], SetValue], query: Query) -> None:
        super().__init__(base)
        self.values, self.reversed = 0, ()
        self._lead = lead
        self._query = query

    @override
    def over(self, base: SetValue) -> SetValue:
        return LambdaJoin(base, self._lead, self._query)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"join": self.base, "with": shown_lambda(self._query)}

    @override
    def keys(self, cursor: list[Value]) -> Keys:
        return tuple(map(value_key, cursor))

    @property
    @override
    def longest_cursor(self) -> None:
        return None

    @override
    def _target(self, reader: Reader, entry: Entry) -> SetValue:
        target = self._lead(reader, element(entry))
        if any(target.reversed):
            raise not_implemented(None, "A join with a set in reverse order")
        return target

    @override
    def ascending(self, reader: Reader, start: Keys | None) -> Iterator[Entry]:
        return self._bounded(super().ascending(reader, None), start, above=True)

    @override
    def descending(self, reader: Reader, stop: Keys | None) -> Iterator[Entry]:
        return self._bounded(super().descending(reader, None), stop, above=False)

    @staticmethod
    def _bounded(rows: Iterator[Entry], bound: Keys | None, *, above: bool) -> Iterator[Entry]:
        """The rows on one side of a cursor. Its last part is a document: alone, it stands before all rows of values."""
        for entry in rows:
            if not bound:
                beyond = above
            elif len(bound) == 1 and entry.values:
                beyond = True
            else:
                beyond = entry.key >= bound
            if beyond is above:
                yield entry
