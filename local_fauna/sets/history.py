"""The events of a set or of a document as they are stored, and who may see which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_fauna.sets.event_orders import set_goes_on, stored_in_set
from local_fauna.store.entries import ADD
from local_fauna.store.ordering import is_negative

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.sets.event_cursors import EventCursor
    from local_fauna.store.sorted_list import SortedList
    from local_fauna.values import Event, Value

NATIVE_PARTITIONS = 8
"""The partitions of Documents(c)."""


@dataclass(frozen=True)
class History:
    """Events of all times in stored order, and how a cursor is sought among them (see `event_orders`).

    `partitions` tells in how many parts the server keeps them, which matters only if there are ids below zero
    (`negative_ids`).
    """

    events: SortedList[Any]
    partitions: int = 1
    negative_ids: bool = False
    stored: Callable[[EventCursor], tuple[Any, ...]] = stored_in_set
    goes_on: Callable[[EventCursor, Any], bool] = set_goes_on


@dataclass(frozen=True)
class View:
    """What a reader sees of a history, and how. `holds` is asked when events are read, `allows` for those that are.

    `allows` is None for a reader that sees everything.
    """

    holds: Callable[[Any], bool]
    allows: Callable[[Any], bool] | None
    shown: Callable[[Any], Event]
    sources: tuple[Value, ...] | None = None
    """The set that every event comes from, None where a page does not show it."""

    def element(self, event: Any) -> Value:
        """The event as an element of a page."""
        return self._with_sources(self.shown(event))

    def cursor(self, event: Any) -> Value:
        """The event as a cursor taken from within a page."""
        return self._with_sources(self.shown(event))

    def _with_sources(self, shown: Event) -> Value:
        return shown if self.sources is None else {"value": shown, "sources": list(self.sources)}


def held_in_set(*, oldest: int, time: int, in_past: bool) -> Callable[[Any], bool]:
    """Which events of a set are read: from `oldest`, the minimum valid time, to `time`, both inclusive, in micros.

    An addition at `oldest` is kept, a removal is not; nothing before 1970 is. An At (`in_past`) ends the history before
    the additions of ids below zero at its very ts (recording `mixed_signs`).
    """
    first = max(oldest, 0)

    def held(event: Any) -> bool:
        ts = event[0]
        return bool(first <= ts <= time and (ts != oldest or event[1] == ADD))

    def held_in_past(event: Any) -> bool:
        return held(event) and not (event[0] == time and event[1] == ADD and is_negative(event[2]))

    return held_in_past if in_past else held
