"""Forms that look into values: select, contains, merge, to_array, to_object (recording `errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, expected, fault, undefined_ref
from local_fauna.query.arguments import anything, eager, mapping, string
from local_fauna.query.comparison import equal
from local_fauna.query.compiler import Compiler, Const, form
from local_fauna.sets.sources import SetValue
from local_fauna.store.entities import SINGULAR
from local_fauna.values import ABSENT, DocRef, Document, Event, NativeRef, Page, Ref, SchemaRef, as_list, type_name

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_EVENT_REFS = ("document", "instance", "resource")


def path_of(_: Context, value: Value, position: Position) -> list[Value]:
    """A path: a string, an integer, or an array of them."""
    parts = as_list(value)
    for place, part in enumerate(parts):
        if type(part) not in (str, int):
            where = (*position, place) if isinstance(value, list) else position
            raise expected(where, "Integer or String", type_name(part))
    return parts


def _event(value: Event) -> dict[str, Value]:
    return {**value.members(), **dict.fromkeys(_EVENT_REFS, value.ref)}


def _ref(value: Value, position: Position) -> dict[str, Value]:
    """The members of a ref, which is not fetched; it must be of a known name."""
    named = value.collection if isinstance(value, DocRef) else value
    if isinstance(named, SchemaRef) and not named.known:
        raise undefined_ref(position, SINGULAR[named.kind], named.name)
    if isinstance(value, DocRef):
        return {"id": str(value.id), "collection": value.collection, "class": value.collection}
    if isinstance(value, SchemaRef):
        native = NativeRef(value.kind)
        return {"id": value.name, "collection": native, "class": native}
    return {"id": value.kind}


def _members(value: Value, position: Position) -> dict[str, Value] | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, (Document, Page)):
        return value.members()
    if isinstance(value, Event):
        return _event(value)
    if isinstance(value, Ref):
        return _ref(value, position)
    return value.parameters() if isinstance(value, SetValue) else None


def step_into(value: Value, step: Value, position: Position) -> Value:
    """The member or element at one step, `ABSENT` if there is none. Raises FaunaError for a ref that is unknown."""
    if isinstance(step, int):
        items = value.data if isinstance(value, Page) else value
        if isinstance(items, list) and 0 <= step < len(items):
            return items[step]
        return ABSENT
    members = _members(value, position)
    return ABSENT if members is None else members.get(step, ABSENT)


def _stored_path(value: Value, path: list[Value]) -> list[Value]:
    """The path within an index document: `collection` of a source is looked up as `class`, its older name."""
    if path[:1] != ["source"] or not isinstance(value, Document) or not isinstance(value.ref, SchemaRef):
        return path
    place = 2 if len(path) > 1 and type(path[1]) is int else 1
    if value.ref.kind == "indexes" and path[place : place + 1] == ["collection"]:
        return [*path[:place], "class", *path[place + 1 :]]
    return path


def find(value: Value, path: list[Value], position: Position) -> Value:
    """The value at a path, `ABSENT` if there is none."""
    path = _stored_path(value, path)
    for step in path:
        value = step_into(value, step, position)
        if value is ABSENT:
            return ABSENT
    return value


def _known_path(node: Node) -> list[Value] | None:
    """The usual case: a path that is sound and known before the query runs, so that only `from` can fail."""
    parts = as_list(node.value) if isinstance(node, Const) else [None]
    return parts if all(type(part) in (str, int) for part in parts) else None


@form("select", "from", optional=("default",))
def _select(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    path_node = compiler.compile(expression["select"], scope, (*position, "select"))
    source = compiler.compile(expression["from"], scope, (*position, "from"))
    otherwise: Node | None = None
    if "default" in expression:
        otherwise = compiler.compile(expression["default"], scope, (*position, "default"))
    path_place, place = (*position, "select"), (*position, "from")
    known = _known_path(path_node)

    def both(context: Context) -> tuple[list[Value], Value]:
        errors = ErrorCollector()
        path = errors.attempt(lambda: path_of(context, path_node(context), path_place))
        value = errors.attempt(source, context)
        errors.raise_if_any()
        return path, value

    def run(context: Context) -> Value:
        path, value = both(context) if known is None else (known, source(context))
        found = find(value, path, place)
        if found is not ABSENT:
            return found
        if otherwise is not None:
            return otherwise(context)
        text = f"Value not found at path [{','.join(map(str, path))}]."
        raise fault("value not found", text, place)

    return run


@eager({"contains_path": path_of, "in": anything})
def _contains_path(_: Context, position: Position, path: list[Value], value: Value) -> Value:
    return find(value, path, (*position, "in")) is not ABSENT


@eager({"contains": path_of, "in": anything})
def _contains(_: Context, position: Position, path: list[Value], value: Value) -> Value:
    return find(value, path, (*position, "in")) is not ABSENT


@eager({"contains_field": string, "in": anything})
def _contains_field(_: Context, position: Position, name: str, value: Value) -> Value:
    return find(value, [name], (*position, "in")) is not ABSENT


@eager({"contains_value": anything, "in": anything})
def _contains_value(_: Context, position: Position, wanted: Value, value: Value) -> Value:
    items: list[Value] = value if isinstance(value, list) else []
    if not items:
        members = _members(value, (*position, "in"))
        items = [] if members is None else list(members.values())
        if isinstance(value, Page):
            items = value.data
    return any(equal(wanted, item) for item in items)


@eager({"merge": anything, "with": anything})
def _merge(context: Context, position: Position, base: Value, added: Value) -> Value:
    made = dict(mapping(context, _plain(base), (*position, "merge")))
    for place, part in enumerate(as_list(added)):
        where = (*position, "with", place) if isinstance(added, list) else (*position, "with")
        for key, value in mapping(context, _plain(part), where).items():
            if value is None:
                made.pop(key, None)
            else:
                made[key] = value
    return made


def _plain(value: Value) -> Value:
    return value.members() if isinstance(value, Document) else value


@eager({"to_array": anything})
def _to_array(_: Context, position: Position, value: Value) -> Value:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise expected((*position, "to_array"), "Array or Object", type_name(value))
    return [[key, item] for key, item in value.items()]


@eager({"to_object": anything})
def _to_object(_: Context, position: Position, value: Value) -> Value:
    if isinstance(value, dict):
        return value
    pairs = value if isinstance(value, list) else None
    if pairs is None or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise expected((*position, "to_object"), "Array of fields or Object", type_name(value))
    return {str(key): item for key, item in pairs}
