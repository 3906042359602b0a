"""Reading: get, exists, paginate (recordings `documents`, `values`, `rights_reading`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from local_fauna.errors import FaunaError, denied, internal, invalid_argument, not_found, not_implemented
from local_fauna.int64 import int32
from local_fauna.query.arguments import MISSING, anything, boolean, eager, empty_array, integer, micros
from local_fauna.query.compiler import Effect
from local_fauna.query.forms.sets import identifier, set_or_array, singleton
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.event_orders import set_goes_on
from local_fauna.sets.events import page_of_events
from local_fauna.sets.history import View, held_in_set
from local_fauna.sets.match import MatchSet
from local_fauna.sets.one_document import HistorySet, SingletonSet
from local_fauna.sets.paging import DEFAULT_SIZE, LARGEST_SIZE, Cursor, page_of_set
from local_fauna.sets.sources import DocumentsSet, NativeSet, SetValue, element
from local_fauna.store.entities import SINGULAR
from local_fauna.store.entries import ADD, REMOVE
from local_fauna.values import NO_DATA, DocRef, Event, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_fauna.errors import Position
    from local_fauna.query.arguments import Cast
    from local_fauna.query.context import Context
    from local_fauna.sets.history import History
    from local_fauna.store.entries import Entry
    from local_fauna.values import Value

_ACTIONS = {ADD: "add", REMOVE: "remove"}


def what_is(ref: DocRef | SchemaRef) -> str:
    """The word for it in "… not found.": Document, Collection, Index."""
    if isinstance(ref, DocRef):
        return "Document" if isinstance(ref.collection, SchemaRef) else SINGULAR[ref.collection.kind].title()
    return SINGULAR[ref.kind].title()


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


@eager({"get": identifier}, {"ts": micros}, effect=Effect.READ)
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
    """The first document of a set. Whether it may be read is asked of it alone (recording `rights_reading`)."""
    for entry in _unfiltered(context, source.require(context, (*position, "get"))):
        return _document(context, entry.ref, position, position)
    raise not_found(position, "Set")


def _unfiltered(context: Context, source: SetValue) -> Iterator[Entry]:
    rows = source.base if isinstance(source, EventsSet) else source
    return rows.ascending(context.unfiltered(), None)


def _unresolved_identifier(context: Context, value: Value, position: Position) -> Value:
    """A ref, of an unknown name too, or a set."""
    return value if isinstance(value, (DocRef, SchemaRef)) else identifier(context, value, position)


@eager({"exists": _unresolved_identifier}, {"ts": micros}, effect=Effect.READ)
def _exists(context: Context, position: Position, source: Value, ts: Value) -> Value:
    if isinstance(source, SetValue):
        return _moved(context, ts, lambda: any_row(context, source, position))
    if _unresolved(source):
        return False
    return _moved(context, ts, lambda: _there(context, source, position))


def _unresolved(ref: DocRef | SchemaRef) -> bool:
    if isinstance(ref, SchemaRef):
        return not ref.named
    return isinstance(ref.collection, SchemaRef) and not ref.collection.usable


def _there(context: Context, ref: DocRef | SchemaRef, position: Position) -> bool:
    _, version = context.visible(ref, position)
    return version is not None and context.shows(ref)


def any_row(context: Context, source: SetValue, position: Position) -> bool:
    """Whether a set has a document, the first of which may be read."""
    place = (*position, "exists")
    for entry in _unfiltered(context, source.require(context, place)):
        return _there(context, entry.ref, place)
    return False


def _define_end(key: str, *, last: bool) -> None:
    @eager({key: set_or_array}, effect=Effect.READ)
    def _run(context: Context, position: Position, source: Value) -> Value:
        place = (*position, key)
        if isinstance(source, list):
            if not source:
                raise empty_array(place)
            return source[-1 if last else 0]
        for found in _ends(context, source.require(context, place), place, last=last):
            return found
        raise invalid_argument(place, "Non-empty set expected.")


def _ends(context: Context, source: SetValue, place: Position, *, last: bool) -> Iterator[Value]:
    """The elements of a set from one of its ends, at least the first of them."""
    if isinstance(source, EventsSet):
        history, oldest = _history(context, source, place)
        # A null stands behind all events.
        cursor = Cursor(None, place, backward=True) if last else None
        page = page_of_events(history, cursor, 1, _view(context, source, history, oldest))
        return iter(page.data)
    return map(element, source.descending(context, None) if last else source.ascending(context, None))


def elements_of(context: Context, source: SetValue, place: Position) -> list[Value]:
    """All elements of a set. All events of a set of events, whatever At stands around it."""
    allowed = source.require(context, place)
    if not isinstance(allowed, EventsSet):
        return [element(entry) for entry in allowed.ascending(context, None)]

    def read() -> list[Value]:
        try:
            history, oldest = _history(context, allowed, place)
        except FaunaError as error:
            if error.left_out:
                raise
            # Only a page tells what is wrong with a set without a history; here the server fails.
            text = "fauna.model.EventSet$InvalidHistoricalSetException: Set does not support historical events reads."
            raise internal(text) from None
        return page_of_events(history, None, LARGEST_SIZE, _view(context, allowed, history, oldest)).data

    found: list[Value] = _moved(context, None, read)
    if len(found) == LARGEST_SIZE:
        raise not_implemented(place, f"More than {LARGEST_SIZE} events at once")
    return found


_define_end("first", last=False)
_define_end("last", last=True)


def _cursor_of(value: Value, position: Position) -> Cursor | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) not in ({"after"}, {"before"}):
        text = "Invalid cursor object. Expected an object with either 'before' or 'after' key in it."
        raise invalid_argument(position, text)
    ((key, place),) = value.items()
    return Cursor(place, (*position, key), backward=key == "before")


_OPTIONS: dict[str, Cast] = {"ts": micros, "size": integer, "events": boolean, "sources": boolean}


@eager({"paginate": identifier}, _OPTIONS, effect=Effect.READ)
def _paginate(context: Context, position: Position, source: Value, *options: Value) -> Value:
    return _page(context, position, source, None, options)


@eager({"paginate": identifier, "after": anything}, _OPTIONS, effect=Effect.READ)
def _after(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = Cursor(value, (*position, "after"), backward=False)
    return _page(context, position, source, cursor, options)


@eager({"paginate": identifier, "before": anything}, _OPTIONS, effect=Effect.READ)
def _before(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = Cursor(value, (*position, "before"), backward=True)
    return _page(context, position, source, cursor, options)


@eager({"paginate": identifier, "cursor": anything}, _OPTIONS, effect=Effect.READ)
def _cursor(context: Context, position: Position, source: Value, value: Value, *options: Value) -> Value:
    cursor = _cursor_of(value, (*position, "cursor"))
    return _page(context, position, source, cursor, options)


def _page(
    context: Context, position: Position, source: Value, cursor: Cursor | None, options: tuple[Value, ...]
) -> Value:
    ts, size, events, sources = options
    count = DEFAULT_SIZE if size is MISSING else int32(min(size, LARGEST_SIZE))
    place = (*position, "paginate")
    if isinstance(source, (DocRef, SchemaRef)):
        whole = singleton(context, source, place)
        source = HistorySet(whole) if events is True else whole.as_document()
    historical = isinstance(source, EventsSet) or events is True
    origin = _origin_of_events(source, position) if historical and sources is True else None

    def read() -> Value:
        allowed = source.require(context, place)
        if historical:
            history, oldest = _history(context, allowed, place)
            view = replace(_view(context, allowed, history, oldest), sources=origin)
            return page_of_events(history, cursor, count, view)
        return page_of_set(allowed, context, cursor, count, with_sources=sources is True)

    return _moved(context, ts, read)


def _origin_of_events(source: SetValue, position: Position) -> tuple[SetValue, ...]:
    """What a page shows as the source of every event: the set of events itself."""
    base = source.base if isinstance(source, EventsSet) else source
    if not isinstance(base, (DocumentsSet, MatchSet, NativeSet, SingletonSet)):
        raise not_implemented(position, "The sources of events of a set made of others")
    return (source if isinstance(source, EventsSet) else EventsSet(source),)


def _history(context: Context, source: SetValue, place: Position) -> tuple[History, int]:
    """The history of a set, and its minimum valid time in micros."""
    oldest = max((collection.minimum_valid_time(context.snapshot) for collection in source.sources()), default=0)
    if isinstance(source, HistorySet):
        return source.document.history(oldest), oldest
    if isinstance(source, EventsSet):
        return _history(context, source.base, place)
    if isinstance(source, SingletonSet):
        return source.comings(oldest), oldest
    return source.events(place), oldest


def _view(context: Context, source: SetValue, history: History, oldest: int) -> View:
    time = context.time
    if history.goes_on is not set_goes_on:
        return View(lambda event: event[0] <= time, None, lambda event: event[4])
    free = context.sees_everything or (
        isinstance(source, MatchSet) and context.reads_unrestricted(source.index, source.terms or [])
    )
    return View(
        holds=held_in_set(oldest=oldest, time=time, in_past=context.in_past),
        allows=None if free else lambda event: context.shows(event[4].ref),
        shown=lambda event: Event(event[0], _ACTIONS[event[1]], event[4].ref, list(event[4].values) or NO_DATA),
    )
