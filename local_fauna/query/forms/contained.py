"""The form contains_value: whether an array, object, page, ref, event or set has a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import expected, not_implemented
from local_fauna.query.arguments import anything, eager
from local_fauna.query.comparison import same
from local_fauna.query.compiler import Effect
from local_fauna.query.forms.paths import members_of
from local_fauna.query.forms.sets import identifier
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.paging import Cursor, page_of_set
from local_fauna.sets.sources import SetValue
from local_fauna.values import NO_DATA, Action, DocRef, Document, Event, NativeRef, Page, Query, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value


@eager({"contains_value": anything, "in": anything}, effect=Effect.READ)
def _contains_value(context: Context, position: Position, wanted: Value, value: Value) -> Value:
    if isinstance(value, SetValue):
        return any(same(wanted, item) for item in _first_from(context, value, wanted, position))
    return any(same(wanted, item) for item in _values(value, (*position, "in")))


def _values(value: Value, place: Position) -> list[Value]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, Page):
        cursors = [cursor for cursor in (value.before, value.after) if isinstance(cursor, list)]
        return [value.data, *cursors]
    if isinstance(value, Event):
        return _of_event(value)
    if isinstance(value, (NativeRef, Query)) or (isinstance(value, SchemaRef) and value.named):
        # The server looks for the name of a schema ref in vain.
        return []
    if isinstance(value, Document) or (isinstance(value, DocRef) and _resolved(value)):
        return list((members_of(value, place) or {}).values())
    raise expected(place, "Object, Array, Page, Set, or Ref", "Scalar")


def _resolved(ref: DocRef) -> bool:
    return not isinstance(ref.collection, SchemaRef) or ref.collection.named


def _of_event(value: Event) -> list[Value]:
    found = [value.ts, Action(value.action), value.ref]
    if value.of_document:
        return found if value.data is None else [*found, value.data]
    return found if value.data is NO_DATA else [*found, *value.data]


def _first_from(context: Context, source: SetValue, wanted: Value, position: Position) -> list[Value]:
    """The element that a page begins with whose cursor is the value."""
    if isinstance(source, EventsSet):
        raise not_implemented(position, "contains_value in a set of events")
    cursor = Cursor(wanted, (*position, "contains_value"), backward=False)
    allowed: SetValue = identifier(context, source, position).require(context, position)
    return page_of_set(allowed, context, cursor, 1, with_sources=False).data
