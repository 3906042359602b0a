"""The two orders by which the server finds the place of a cursor among events.

A page begins at the cursor's place in the stored order. From there on, it skips the leading events that come before the
cursor in a second order (recordings `events`, `event_cursors`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.store.entries import ADD, REMOVE, UPDATE
from local_fauna.store.ordering import signed, value_key

if TYPE_CHECKING:
    from local_fauna.sets.event_cursors import EventCursor

_LATE = {ADD: 0, UPDATE: 2, REMOVE: 4}
"""The actions of cursors in the order of document histories, where create, update and delete are 1, 2 and 3."""
_LATE_EVENTS = {ADD: 1, UPDATE: 2, REMOVE: 3}


def stored_in_set(cursor: EventCursor) -> tuple[Any, ...]:
    """The place among the events of a set: ts, removals first, id, row. An update stands with the additions."""
    place = (cursor.ts, min(cursor.action, ADD), cursor.doc)
    return place if cursor.terms is None else (*place, (*cursor.terms, cursor.doc))


def stored_in_document(cursor: EventCursor) -> tuple[Any, ...]:
    """The place among the versions of a document: ts, deletions last."""
    return cursor.ts, cursor.action == REMOVE


def set_goes_on(cursor: EventCursor, event: Any) -> bool:
    """Whether an event of a set is not before the cursor: by ts, id with its sign, removals first, row.

    If the cursor is an update, the order is ts, removals last, id.
    """
    if cursor.action == UPDATE:
        late = (cursor.ts, _LATE[UPDATE], signed(cursor.doc))
        return late <= (event[0], _LATE[event[1]], signed(event[2]))
    terms = tuple(map(value_key, event[4].values)) or (event[2],)
    place = (cursor.ts, signed(cursor.doc), cursor.action, cursor.terms or (cursor.doc,))
    return place <= (event[0], signed(event[2]), event[1], terms)


def document_goes_on(cursor: EventCursor, event: Any) -> bool:
    """Whether an event of a document is not before the cursor: by ts, then add, create, update, delete, remove."""
    place = (cursor.ts, _LATE[cursor.action], signed(cursor.doc))
    return place <= (event[0], _LATE_EVENTS[event[2]], signed(event[3]))


def singleton_goes_on(cursor: EventCursor, event: Any) -> bool:
    """Whether an addition or removal of a single document is not before the cursor."""
    ts, _, action, doc, _ = event
    if cursor.action == UPDATE:
        return (cursor.ts, _LATE[UPDATE], signed(cursor.doc)) <= (ts, _LATE[action], signed(doc))
    place = (cursor.ts, signed(cursor.doc), cursor.action, cursor.terms or (cursor.doc,))
    return place <= (ts, signed(doc), action, (doc,))
