"""Pages of events (recordings `events`, `event_cursors`)."""

from __future__ import annotations

from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Any

from local_fauna.sets.event_cursors import parse_cursor
from local_fauna.sets.paging import LARGEST_SIZE, empty_page
from local_fauna.sets.partitions import PartitionedWalk
from local_fauna.store.entries import ADD
from local_fauna.store.ordering import signed
from local_fauna.values import ABSENT, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.sets.event_cursors import EventCursor
    from local_fauna.sets.history import History, View
    from local_fauna.sets.paging import Cursor
    from local_fauna.values import Value


def page_of_events(history: History, cursor: Cursor | None, size: int, view: View) -> Page:
    """One page of events: seek to the cursor in stored order, then skip events before it in the second order."""
    place = None if cursor is None else parse_cursor(cursor.value, cursor.position)
    echo: Value = ABSENT if place is None else place.echo
    if size <= 0:
        return empty_page(cursor, echo, size)
    size = min(size, LARGEST_SIZE)
    backward = cursor is not None and cursor.backward
    walk = _walk(history, place, view, backward=backward, size=size + 1)
    if view.allows is not None:
        walk = filter(view.allows, walk)
    if place is not None:
        # Backwards the event of the cursor itself is left out, forwards it is not.
        walk = dropwhile(lambda event: history.goes_on(place, event) is backward, walk)
    found = list(islice(walk, size + 1))
    following: Value = ABSENT
    if backward:
        following = view.shown(found[size - 1]) if len(found) > size else ABSENT
        found = found[:size][::-1]
        return Page(list(map(view.element, found)), before=following, after=echo, rows=found, cursor_at=view.cursor)
    if len(found) > size:
        following = view.shown(found.pop())
    return Page(list(map(view.element, found)), before=echo, after=following, rows=found, cursor_at=view.cursor)


def _walk(history: History, place: EventCursor | None, view: View, *, backward: bool, size: int) -> Iterator[Any]:
    start = None if place is None else history.stored(place)
    stored = history.events.descending(start) if backward else history.events.ascending(start)
    held = filter(view.holds, stored)
    if not history.negative_ids:
        return held
    merged = None if place is None else (place.ts, min(place.action, ADD), signed(place.doc))
    return PartitionedWalk(partitions=history.partitions, size=size, start=merged, backward=backward).over(held)
