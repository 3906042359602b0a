"""Events: their cursors and pages (recording `events`), and the history of one document."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from local_fauna.errors import expected, internal, invalid_argument
from local_fauna.int64 import within
from local_fauna.query.comparison import identical
from local_fauna.sets.paging import LARGEST_SIZE, empty_page
from local_fauna.store.entries import ADD, REMOVE, UPDATE
from local_fauna.store.mixed_signs import cut, is_lost
from local_fauna.store.ordering import HIGH, value_key
from local_fauna.store.sorted_list import SortedList
from local_fauna.values import (
    ABSENT,
    FOREVER,
    NO_DATA,
    Date,
    DocRef,
    Event,
    Page,
    SchemaRef,
    Time,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_fauna.errors import Position
    from local_fauna.sets.paging import Cursor
    from local_fauna.store.ordering import Key
    from local_fauna.store.versions import Record, Version
    from local_fauna.values import Value

_DAY_MICROS = 86_400_000_000
_ACTIONS = {"add": ADD, "create": ADD, "remove": REMOVE, "delete": REMOVE, "update": UPDATE}
SET_ACTIONS = {ADD: "add", REMOVE: "remove", UPDATE: "update"}
DOCUMENT_ACTIONS = {ADD: "create", REMOVE: "delete", UPDATE: "update"}
"""How the echo of a cursor names its action, by the kind of history."""
_REF_KEYS = ("document", "instance", "resource")
_KEY_SETS = [{"ts"}, {"ts", "action"}]
_KEY_SETS += [{"ts", "action", ref} for ref in _REF_KEYS]
_KEY_SETS += [{"ts", "action", ref, "data"} for ref in _REF_KEYS]
_KEY_SETS += [{"ts", "action", "resource", "values"}]


@dataclass(frozen=True)
class EventCursor:
    """A place among events: what was not said of it is already filled in. `echo` is what the reply shows for it."""

    ts: int
    action: int
    doc: Key
    row: tuple[object, ...] | None
    echo: Value

    @property
    def names_document(self) -> bool:
        """Whether the cursor said which document it means."""
        return self.doc not in ((), HIGH)

    @property
    def place(self) -> tuple[Any, ...]:
        """In the order of events: ts, removes first, id."""
        place = (self.ts, self.action, self.doc)
        return place if self.row is None else (*place, self.row)

    @property
    def by_document(self) -> tuple[Any, ...]:
        """In the order of the second step: ts, id, action."""
        place = (self.ts, self.doc, self.action)
        return place if self.row is None else (*place, self.row)


@dataclass(frozen=True)
class CursorRules:
    """How the cursors of one history are read: sort keys of a row's values and of its document, names of actions."""

    keys: Callable[[list[Value]], Key]
    document_key: Callable[[DocRef | SchemaRef], Key]
    actions: dict[int, str]


def parse_cursor(value: Value, position: Position, rules: CursorRules) -> EventCursor:
    """The forms of an event cursor: micros, `@ts`, `@date`, null, or an object with ts, action and a ref."""
    if isinstance(value, dict):
        return _from_object(value, position, rules)
    if isinstance(value, Event):
        return _from_object(value.members(), position, rules)
    if value is None:
        ts = FOREVER
    elif isinstance(value, int) and not isinstance(value, bool):
        ts = value
    elif isinstance(value, Time):
        ts = value.micros
    elif isinstance(value, Date):
        ts = value.days * _DAY_MICROS
    else:
        raise expected(position, "Object, Integer, Time, or Date", type_name(value))
    _refuse_negative(ts)
    ts = within(ts, position)
    return EventCursor(ts, ADD, (), None, Event(ts, rules.actions[ADD], None, NO_DATA))


def _refuse_negative(ts: int) -> None:
    if ts < 0:
        raise internal("java.lang.IllegalArgumentException: requirement failed: event cursor below the epoch")


def _from_object(value: dict[str, Value], position: Position, rules: CursorRules) -> EventCursor:
    if set(value) not in _KEY_SETS:
        raise invalid_argument(position, f"Cannot create event cursor with keys {', '.join(value)}")
    ts = value["ts"]
    if not isinstance(ts, int) or isinstance(ts, bool):
        raise expected((*position, "ts"), "Integer", type_name(ts))
    name = value.get("action", "add")
    if not isinstance(name, str) or name not in _ACTIONS:
        wanted = "String 'create', 'update', or 'delete'"
        raise expected((*position, "action"), wanted, type_name(name))
    _refuse_negative(ts)
    ref_key = next((key for key in _REF_KEYS if key in value), None)
    if ref_key is None:
        return EventCursor(ts, _ACTIONS[name], HIGH, None, None)
    ref = value[ref_key]
    if not isinstance(ref, (DocRef, SchemaRef)):
        raise expected((*position, ref_key), "Ref", type_name(ref))
    data = value.get("data", value.get("values"))
    doc = rules.document_key(ref)
    row = (*rules.keys(data), doc) if isinstance(data, list) else None
    action = _ACTIONS[name]
    echo = Event(ts, rules.actions[action], ref, NO_DATA if row is None else data)
    return EventCursor(ts, action, doc, row, echo)


def page_of_events(
    events: SortedList[Any],
    cursor: Cursor | None,
    size: int,
    *,
    rules: CursorRules,
    seen: Callable[[Any], bool],
    shown: Callable[[Any], Event],
) -> Page:
    """One page of events: seek to the cursor in the order of events, then drop what is smaller by (ts, id, action)."""
    place = None if cursor is None else parse_cursor(cursor.value, cursor.position, rules)
    echo: Value = ABSENT if place is None else place.echo
    if size <= 0:
        return empty_page(cursor, echo, size)
    size = min(size, LARGEST_SIZE)
    backward = cursor is not None and cursor.backward
    walk = (event for event in _walk(events, place, backward=backward) if seen(event))
    found = list(islice(walk, size + 1))
    if len(found) <= size:
        rows, following = found, ABSENT
    elif backward:
        rows, following = found[:-1], shown(found[-2])
    else:
        began_at = place.ts if place is not None and place.names_document else None
        rows, last = cut(found, events, began_at=began_at)
        following = shown(last)
    if backward:
        return Page([shown(event) for event in reversed(rows)], before=following, after=echo)
    return Page([shown(event) for event in rows], before=echo, after=following)


def _walk(events: SortedList[Any], place: EventCursor | None, *, backward: bool) -> Iterator[Any]:
    if place is None:
        yield from events.ascending()
        return
    walk = events.descending(place.place) if backward else events.ascending(place.place)
    dropping = True
    for event in walk:
        if dropping:
            smaller = (event[0], event[2], event[1], event[3]) < place.by_document
            if smaller != backward:
                continue
            dropping = False
        if backward or not is_lost(event, place.doc, place.ts):
            yield event


def document_events(record: Record, floor: int) -> SortedList[Any]:
    """The history of one document: the version valid at `floor` (the minimum valid time) as a create, then changes."""
    oldest = record.at(floor)
    before: Version | None = None
    rows = []
    for version in record.versions:
        if oldest is not None and version.ts < oldest.ts:
            continue
        event = _document_event(record.ref, before, version, floor)
        if event is not None:
            rows.append((event.ts, _ACTIONS[event.action], value_key(record.ref), (), event))
        before = version
    return SortedList(rows)


def _document_event(ref: DocRef | SchemaRef, before: Version | None, version: Version, floor: int) -> Event | None:
    if version.deleted:
        return None if version.ts < floor else Event(version.ts, "delete", ref, None)
    data = version.fields.get("data")
    if before is None or before.deleted or before.expired(version.ts):
        return Event(version.ts, "create", ref, data)
    return Event(version.ts, "update", ref, difference(before.fields.get("data"), data))


def difference(old: Value, new: Value) -> Value:
    """The changed members of objects, deeply; a member that is gone shows as null. None if nothing changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return None if identical(old, new) else new
    changed: dict[str, Value] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old:
            changed[key] = value
        elif isinstance(value, dict) and isinstance(old[key], dict):
            inner = difference(old[key], value)
            if inner is not None:
                changed[key] = inner
        elif not identical(old[key], value):
            changed[key] = value
    return changed or None
