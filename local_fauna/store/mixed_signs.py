"""A fault of the real server, kept so that clients can be tested against it.

Ids are ordered with their sign in one place and without it in another. So a transaction that holds events of negative
and of ordinary ids breaks paging: a page that must be cut within it either fails, or is shorter and goes on at a
negative id, from where the removals of ordinary ids are lost.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from local_fauna.errors import internal
from local_fauna.store.entries import REMOVE

if TYPE_CHECKING:
    from local_fauna.store.sorted_list import SortedList

_BROKEN = "java.lang.IllegalArgumentException: requirement failed: next cursor must be a subset of the logical cursor"


def is_negative(doc: tuple[Any, ...]) -> bool:
    """Whether the sort key of a document holds a negative id."""
    return len(doc) > 1 and isinstance(doc[1], int) and doc[1] < 0


def first_negative(events: SortedList[Any], ts: int) -> Any:
    """The first event with a negative id of the transaction at `ts`, None unless it has ordinary ids as well."""
    group = list(takewhile(lambda event: event[0] == ts, events.ascending((ts,))))
    negative = [event for event in group if is_negative(event[2])]
    return negative[0] if negative and len(negative) < len(group) else None


def cut(found: list[Any], events: SortedList[Any], *, began_at: int | None) -> tuple[list[Any], Any]:
    """(events of the page, the event that `after` names) of a page that has more events than it may show.

    `began_at` is the ts of a cursor that names a document. Raises FaunaError (500) where the server fails.
    """
    rows, following = found[:-1], found[-1]
    ts = following[0]
    if rows[-1][0] != ts:
        return rows, following
    negative = first_negative(events, ts)
    if negative is None:
        return rows, following
    if began_at == ts:
        raise internal(_BROKEN)
    return [event for event in rows if event[0] < ts], negative


def is_lost(event: Any, doc: tuple[Any, ...], ts: int) -> bool:
    """Whether a walk from a cursor (the key of its document, its ts) loses this event."""
    return is_negative(doc) and event[0] == ts and event[1] == REMOVE and not is_negative(event[2])
