"""Range(set, from, to): the rows of a set between two bounds (recordings `documents`, `index`, `negative_ids`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from local_fauna.sets.derived_sets import WrappedSet
from local_fauna.store.ordering import HIGH, LAST_LISTED, doc_key
from local_fauna.values import Ref, as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.sets.reader import Reader
    from local_fauna.sets.sources import Keys, SetValue
    from local_fauna.store.entries import Entry
    from local_fauna.store.ordering import Key
    from local_fauna.values import Value

_FIRST_ID = doc_key(0, 0)


class RangeSet(WrappedSet):
    """Range(set, from, to): both ends inclusive; a short lower bound is padded low, a short upper one high.

    A cursor is cut to the range only if the server's comparison of the two says so, in which the id comes first: one
    with an id may lie outside of the range, whose rows then show.
    """

    encodable = False

    def __init__(self, base: SetValue, low: Value, high: Value) -> None:
        super().__init__(base)
        self._bounds = (low, high)
        size = base.values + 1
        self._low = base.keys(as_list(low)[:size])
        self._cut = 0 < base.values == len(self._low)
        upper = base.keys(as_list(high)[:size])
        # An upper bound with all values that names no document stands for the greatest id.
        self._high = (*upper, LAST_LISTED if 0 < base.values == len(upper) else HIGH)
        self._upper = upper

    @override
    def over(self, base: SetValue) -> SetValue:
        return RangeSet(base, *self._bounds)

    @override
    def parameters(self) -> dict[str, Value]:
        return {"range": self.base, "from": self._shown(self._bounds[0]), "to": self._shown(self._bounds[1])}

    def _shown(self, bound: Value) -> Value:
        """The values of a bound, one of them bare; without values its ref. Nothing else of it is kept."""
        parts = as_list(bound)[: self.base.values or 1]
        if not self.base.values:
            return parts[0] if parts and isinstance(parts[0], Ref) else None
        return parts[0] if len(parts) == 1 else parts or None

    def _compared(self, cursor: Keys, bound: Keys, default: Key, *, floor: bool) -> int:
        """How a cursor compares with a bound: by id, the lowest unless given, then by values; the longer is inside."""
        one, other = self._by_id(cursor, _FIRST_ID), self._by_id(bound, default)
        for mine, its in zip(one, other, strict=False):
            if mine != its:
                return -1 if mine < its else 1
        longer = len(one) - len(other)
        return longer if floor else -longer

    def _by_id(self, keys: Keys, default: Key) -> list[Any]:
        values = self.base.values
        doc: Key = keys[values] if len(keys) > values else default  # type: ignore[assignment]
        if doc[0] != _FIRST_ID[0]:
            doc = LAST_LISTED if doc > _FIRST_ID else _FIRST_ID
        return [doc, *keys[:values]]

    @override
    def ascending(self, reader: Reader, start: tuple[object, ...] | None) -> Iterator[Entry]:
        inside = start is not None and self._compared(start, self._low, _FIRST_ID, floor=True) >= 0
        for entry in self.base.ascending(reader, start if inside else self._low):
            if entry.key > self._high:
                return
            if start is not None and entry.key < start:
                continue
            if not self._cut or not self.is_under(self._low, entry):
                yield entry

    @override
    def descending(self, reader: Reader, stop: tuple[object, ...] | None) -> Iterator[Entry]:
        inside = stop is not None and self._compared(stop, self._upper, LAST_LISTED, floor=False) <= 0
        for entry in self.base.descending(reader, stop if inside else self._high):
            if entry.key < self._low:
                return
            if stop is not None and entry.key >= stop:
                continue
            if not self._cut or not self.is_under(self._low, entry):
                yield entry
