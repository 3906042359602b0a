"""Reading: get, exists, paginate (recordings `documents`, `values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import denied, expected, invalid_argument, not_found
from local_fauna.query.arguments import MISSING, anything, boolean, eager, integer, mapping, micros
from local_fauna.query.forms.sets import a_set, singleton
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.events import (
    DOCUMENT_ACTIONS,
    SET_ACTIONS,
    CursorRules,
    document_events,
    page_of_events,
)
from local_fauna.sets.one_document import HistorySet
from local_fauna.sets.paging import DEFAULT_SIZE, Cursor, page_of_set
from local_fauna.sets.sources import MatchSet, SetValue
from local_fauna.store.entities import SINGULAR
from local_fauna.store.ordering import value_key
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import NO_DATA, DocRef, Event, NativeRef, SchemaRef, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.arguments import Cast
    from local_fauna.query.context import Context
    from local_fauna.store.entries import SetEvent
    from local_fauna.values import Value


def what_is(ref: DocRef | SchemaRef) -> str:
    """How "… not found." names it: Document, Collection, Index."""
    if isinstance(ref, DocRef):
        return "Document" if isinstance(ref.collection, SchemaRef) else SINGULAR[ref.collection.kind].title()
    return SINGULAR[ref.kind].title()


def _ref_or_set(context: Context, value: Value, position: Position) -> Value:
    if isinstance(value, (DocRef, SchemaRef, SetValue)):
        return value
    if isinstance(value, NativeRef):
        return a_set(context, value, position)
    raise expected(position, "Ref or Set", type_name(value))


def _moved(context: Context, ts: Value, read: Callable[[], Value]) -> Value:
    """Read at the form's own `ts`, which overrides an enclosing At."""
    if ts is MISSING:
        return read()
    before = context.at
    context.at = ts
    try:
        return read()
    finally:
        context.at = before


@eager({"get": _ref_or_set}, {"ts": micros})
def _get(context: Context, position: Position, source: Value, ts: Value) -> Value:
    if isinstance(source, (DocRef, SchemaRef)):
        if ts is MISSING:
            return _document(context, source, position, (*position, "get"))
        return _moved(context, ts, lambda: _document(context, source, position, (*position, "get")))
    return _moved(context, ts, lambda: _first(context, source, position))


def _document(context: Context, ref: DocRef | SchemaRef, position: Position, place: Position) -> Value:
    record, version = context.visible(ref, place)
    if not context.shows(ref):
        raise denied(position)
    if record is None or version is None:
        raise not_found(position, what_is(ref))
    return record.document(version)


def _first(context: Context, source: SetValue, position: Position) -> Value:
    source.require(context, (*position, "get"))
    for entry in source.ascending(context, None):
        return _document(context, entry.ref, position, position)
    for collection in source.sources():
        if context.rule(collection.own_ref, "read") is not True and any(
            record.visible(context.time, context.snapshot) for record in collection.documents.records.values()
        ):
            raise denied(position)
    raise not_found(position, "Set")


@eager({"exists": _ref_or_set}, {"ts": micros})
def _exists(context: Context, position: Position, source: Value, ts: Value) -> Value:
    if isinstance(source, SetValue):
        return _moved(context, ts, lambda: _any(context, source, (*position, "exists")))
    if _unresolved(source):
        return False
    return _moved(context, ts, lambda: _there(context, source, position))


def _unresolved(ref: DocRef | SchemaRef) -> bool:
    if isinstance(ref, SchemaRef):
        return not ref.known
    return isinstance(ref.collection, SchemaRef) and not ref.collection.usable


def _there(context: Context, ref: DocRef | SchemaRef, position: Position) -> bool:
    _, version = context.visible(ref, position)
    return version is not None and context.shows(ref)


def _any(context: Context, source: SetValue, place: Position) -> bool:
    source.require(context, place)
    if isinstance(source, MatchSet) and not all(
        context.rule(collection.own_ref, "read") is True for collection in source.sources()
    ):
        return False
    return any(True for _ in source.ascending(context, None))


def _cursor_of(context: Context, value: Value, position: Position) -> Cursor | None:
    given = mapping(context, value, position)
    if not given:
        return None
    if len(given) != 1 or not {"after", "before"} & set(given):
        raise invalid_argument(position, "Cursor object must have either an 'after' or a 'before' field.")
    ((key, place),) = given.items()
    return Cursor(place, (*position, key), backward=key == "before")


_OPTIONS: dict[str, Cast] = {"ts": micros, "size": integer, "events": boolean, "sources": boolean}


@eager({"paginate": _ref_or_set}, _OPTIONS)
def _paginate(context: Context, position: Position, source: Value, *options: Value) -> Value:
    return _page(context, position, source, None, options)


@eager({"paginate": _ref_or_set, "after": anything}, _OPTIONS)
def _after(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = Cursor(value, (*position, "after"), backward=False)
    return _page(context, position, source, cursor, options)


@eager({"paginate": _ref_or_set, "before": anything}, _OPTIONS)
def _before(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = Cursor(value, (*position, "before"), backward=True)
    return _page(context, position, source, cursor, options)


@eager({"paginate": _ref_or_set, "cursor": anything}, _OPTIONS)
def _cursor(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = _cursor_of(context, value, (*position, "cursor"))
    return _page(context, position, source, cursor, options)


def _page(
    context: Context, position: Position, source: Value, cursor: Cursor | None, options: tuple[Value, ...]
) -> Value:
    ts, size, events, sources = options
    count = DEFAULT_SIZE if size is MISSING else size
    place = (*position, "paginate")
    if isinstance(source, HistorySet):
        source, events = source.ref, True

    def read() -> Value:
        if isinstance(source, SetValue):
            source.require(context, place)
            if events is True or isinstance(source, EventsSet):
                return _events(context, place, source, cursor, count)
            return page_of_set(source, context, cursor, count, with_sources=sources is True)
        resource = source.collection if isinstance(source, DocRef) else NativeRef(source.kind)
        if not context.allows(resource, "history_read", [source]):
            raise denied(place)
        if events is True:
            return _own_history(context, place, source, cursor, count)
        whole = singleton(context, source, place)
        return page_of_set(whole, context, cursor, count, with_sources=sources is True)

    return _moved(context, ts, read)


def _events(context: Context, place: Position, source: SetValue, cursor: Cursor | None, size: int) -> Value:
    oldest = max((collection.minimum_valid_time(context.snapshot) for collection in source.sources()), default=0)
    time = context.time
    free = isinstance(source, MatchSet) and context.reads_unrestricted(source.index)

    def seen(event: SetEvent) -> bool:
        return oldest <= event[0] <= time and (free or context.shows(event[4].ref))

    def shown(event: SetEvent) -> Event:
        entry = event[4]
        return Event(event[0], SET_ACTIONS[event[1]], entry.ref, list(entry.values) or NO_DATA)

    return page_of_events(
        source.events(place),
        cursor,
        size,
        rules=CursorRules(source.keys, source.document_key, SET_ACTIONS),
        seen=seen,
        shown=shown,
    )


_OWN_RULES = CursorRules(lambda parts: tuple(map(value_key, parts)), value_key, DOCUMENT_ACTIONS)


def _own_history(context: Context, place: Position, ref: DocRef | SchemaRef, cursor: Cursor | None, size: int) -> Value:
    store, number, collection = context.store_of(ref, place)
    oldest = 0 if collection is None else collection.minimum_valid_time(context.snapshot)
    record = store.records.get(number)
    time = context.time
    return page_of_events(
        SortedList() if record is None else document_events(record, oldest),
        cursor,
        size,
        rules=_OWN_RULES,
        seen=lambda event: event[0] <= time,
        shown=lambda event: event[4],
    )
