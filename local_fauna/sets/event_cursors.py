"""Cursors of events: their forms, and the places that they mean (recordings `events`, `event_cursors`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.errors import ErrorCollector, expected, internal, invalid_argument, undefined_ref
from local_fauna.int64 import within
from local_fauna.store.entities import SINGULAR
from local_fauna.store.entries import ADD, REMOVE, UPDATE
from local_fauna.store.ordering import LAST_LISTED, doc_key, value_key
from local_fauna.type_names import type_name
from local_fauna.values import FOREVER, NO_DATA, Date, DocRef, Event, SchemaRef, Time, as_list

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.store.ordering import Key
    from local_fauna.values import Value

_DAY_MICROS = 86_400_000_000
_ACTIONS = {"add": ADD, "create": ADD, "remove": REMOVE, "delete": REMOVE, "update": UPDATE}
_SHOWN = {ADD: "add", REMOVE: "remove", UPDATE: "update"}
_REF_KEYS = ("document", "instance", "resource")
_KEY_SETS = [{"ts"}, {"ts", "action"}]
_KEY_SETS += [{"ts", "action", ref} for ref in _REF_KEYS]
_KEY_SETS += [{"ts", "action", "document", "data"}, {"ts", "action", "instance", "data"}]
_KEY_SETS += [{"ts", "action", "resource", "values"}]
_FIRST_ID = doc_key(0, 0)


@dataclass(frozen=True)
class EventCursor:
    """A place among events: what was not said of it is already filled in. `echo` is what the reply shows for it.

    `terms` are the keys of the row that the cursor gave with `data`, None without.
    """

    ts: int
    action: int
    doc: Key
    terms: Key | None
    echo: Value


def parse_cursor(value: Value, position: Position) -> EventCursor:
    """The forms of an event cursor: micros, `@ts`, `@date`, null, or an object with ts, action and a ref."""
    if isinstance(value, (DocRef, SchemaRef)):
        _refuse_unknown(value, position)
    if isinstance(value, dict):
        return _from_object(value, position)
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
    return EventCursor(ts, ADD, _FIRST_ID, None, Event(ts, _SHOWN[ADD], None, NO_DATA))


def _refuse_negative(ts: int) -> None:
    if ts < 0:
        raise internal("java.lang.IllegalArgumentException: requirement failed: can't read before the epoch")


def _refuse_unknown(ref: DocRef | SchemaRef, position: Position) -> None:
    named = ref.collection if isinstance(ref, DocRef) else ref
    if isinstance(named, SchemaRef) and not named.named:
        raise undefined_ref(position, SINGULAR[named.kind], named.name)


def _from_object(value: dict[str, Value], position: Position) -> EventCursor:
    if set(value) not in _KEY_SETS:
        raise invalid_argument(position, f"Cannot create event cursor with keys {', '.join(value)}")
    ref_key = next((key for key in _REF_KEYS if key in value), None)
    errors = ErrorCollector()
    ts = errors.attempt(_ts, value["ts"], (*position, "ts"))
    ref = None if ref_key is None else errors.attempt(_ref, value[ref_key], (*position, ref_key))
    action = errors.attempt(_action, value.get("action", "add"), (*position, "action"))
    errors.raise_if_any()
    _refuse_negative(ts)
    if ref is None:
        return EventCursor(ts, action, LAST_LISTED, None, None)
    rows = value.get("data", value.get("values", NO_DATA))
    given = [] if rows is NO_DATA or action == UPDATE else as_list(rows)
    echo = Event(ts, _SHOWN[action], ref, given or NO_DATA)
    return EventCursor(ts, action, value_key(ref), tuple(map(value_key, given)) or None, echo)


def _ts(value: Value, position: Position) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise expected(position, "Integer", type_name(value))
    return value


def _ref(value: Value, position: Position) -> DocRef | SchemaRef:
    if not isinstance(value, (DocRef, SchemaRef)):
        raise expected(position, "Ref", type_name(value))
    _refuse_unknown(value, position)
    return value


def _action(value: Value, position: Position) -> int:
    if not isinstance(value, str) or value not in _ACTIONS:
        raise expected(position, "String 'create', 'update', or 'delete'", type_name(value))
    return _ACTIONS[value]
