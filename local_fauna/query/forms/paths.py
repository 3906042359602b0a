"""Forms that look into values: select and contains (recordings `errors`, `index_forms`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, expected, fault, not_implemented, undefined_ref
from local_fauna.int64 import int32
from local_fauna.query.arguments import anything, boolean, eager, string
from local_fauna.query.compiler import Compiler, Const, form
from local_fauna.sets.sources import SetValue
from local_fauna.store.entities import SINGULAR
from local_fauna.type_names import type_name
from local_fauna.values import (
    ABSENT,
    NO_DATA,
    Action,
    DocRef,
    Document,
    Event,
    NativeRef,
    Page,
    Ref,
    SchemaRef,
    as_list,
)

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_EVENT_REFS = ("document", "instance", "resource")


def path_of(_: Context, value: Value, position: Position) -> list[Value]:
    """A path: a string, an integer, or an array of them."""
    parts = as_list(value)
    errors = ErrorCollector()
    for place, part in enumerate(parts):
        if type(part) not in (str, int):
            where = (*position, place) if isinstance(value, list) else position
            errors.add(expected(where, "String or Integer", type_name(part)))
    errors.raise_if_any()
    return parts


def _event(value: Event) -> dict[str, Value]:
    found = {"ts": value.ts, "action": Action(value.action), **dict.fromkeys(_EVENT_REFS, value.ref)}
    if not value.of_document:
        # The values of the row as a page shows them: one is bare.
        values = [] if value.data is NO_DATA else value.data
        return {**found, "data": values[0] if len(values) == 1 else values}
    return found if value.data is None else {**found, "data": value.data}


def _refuse_what_else_changed(value: Event, step: str, position: Position) -> None:
    """Raise FaunaError where an event of a document may tell more than what became of its data."""
    unsure = step == "ttl" or isinstance(value.ref, SchemaRef) or (step == "data" and value.data is None)
    if value.of_document and value.action != "delete" and unsure:
        raise not_implemented(position, "Looking for what else a change of a document has changed")


def _ref(value: Value, position: Position) -> dict[str, Value]:
    """The members of a ref, which is not fetched; it must be of a known name."""
    named = value.collection if isinstance(value, DocRef) else value
    if isinstance(named, SchemaRef) and not named.named:
        raise undefined_ref(position, SINGULAR[named.kind], named.name)
    if isinstance(value, DocRef):
        return {"id": str(value.id), "collection": value.collection, "class": value.collection}
    if isinstance(value, SchemaRef):
        native = NativeRef(value.kind)
        return {"id": value.name, "collection": native, "class": native}
    return {"id": value.kind}


def _document(value: Document) -> dict[str, Value]:
    ref = value.ref
    return value.members() | {"class": ref.collection if isinstance(ref, DocRef) else NativeRef(ref.kind)}


def members_of(value: Value, position: Position) -> dict[str, Value] | None:
    """What a string in a path picks from, None if nothing."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Document):
        return _document(value)
    if isinstance(value, Page):
        return value.members()
    if isinstance(value, Event):
        return _event(value)
    if isinstance(value, Ref):
        return _ref(value, position)
    return None


def step_into(value: Value, step: Value, position: Position) -> Value:
    """The member or element at one step, `ABSENT` if there is none. Raises FaunaError for a ref that is unknown."""
    if isinstance(step, int):
        items, place = value.data if isinstance(value, Page) else value, int32(step)
        return items[place] if isinstance(items, list) and 0 <= place < len(items) else ABSENT
    if isinstance(value, SetValue) and step == "@set":
        raise not_implemented(position, "Looking into a set")
    members = members_of(value, position)
    found = ABSENT if members is None else members.get(step, ABSENT)
    if found is ABSENT and isinstance(value, Event):
        _refuse_what_else_changed(value, step, position)
    return found


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


def _find_all(value: Value, path: list[Value], position: Position) -> Value:
    """The value at a path; an array on the way stands for all its elements, unless a number picks one."""
    path = _stored_path(value, path)
    for number, step in enumerate(path):
        if isinstance(value, list) and not isinstance(step, int):
            return _of_each(value, path[number:], position)
        value = step_into(value, step, position)
        if value is ABSENT:
            return ABSENT
    return _of_each(value, [], position) if isinstance(value, list) else value


def _of_each(items: list[Value], path: list[Value], position: Position) -> list[Value]:
    found = [_find_all(item, path, position) for item in items]
    return [part for value in found if value is not ABSENT for part in as_list(value)]


def _known_path(node: Node) -> list[Value] | None:
    """The usual case: a path that is sound and known before the query runs, so that only `from` can fail."""
    parts = as_list(node.value) if isinstance(node, Const) else [None]
    return parts if all(type(part) in (str, int) for part in parts) else None


@form("select", "from", optional=("all", "default"))
def _select(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    place = (*position, "from")
    path_node = compiler.compile(expression["select"], scope, (*position, "select"))
    source = compiler.compile(expression["from"], scope, place)
    everything = compiler.compile(expression.get("all", False), scope, (*position, "all"))
    otherwise: Node | None = None
    if "default" in expression:
        otherwise = compiler.compile(expression["default"], scope, (*position, "default"))
    known = _known_path(path_node) if "all" not in expression else None
    if known is None:
        return _selection("select", path_node, source, everything, otherwise, position)

    def run(context: Context) -> Value:
        value = source(context)
        if not known:
            refuse_unresolved(value, place)
        return _found(find(value, known, place), known, otherwise, context, place)

    return run


def refuse_unresolved(value: Value, position: Position) -> None:
    """Raise FaunaError for a ref of an unknown name."""
    if isinstance(value, Ref):
        _ref(value, position)


def _found(found: Value, path: list[Value], otherwise: Node | None, context: Context, place: Position) -> Value:
    if found is not ABSENT:
        return found
    if otherwise is not None:
        return otherwise(context)
    raise fault("value not found", f"Value not found at path [{','.join(map(str, path))}].", place)


def _selection(
    key: str, path_node: Node, source: Node, everything: Node, otherwise: Node | None, position: Position
) -> Node:
    """Any select: the path and what it is applied to are checked once both are known."""
    place = (*position, "from")

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        given, value, whole = (errors.attempt(node, context) for node in (path_node, source, everything))
        errors.raise_if_any()
        path = path_of(context, given, (*position, key))
        flat = boolean(context, whole, (*position, "all"))
        refuse_unresolved(value, place)
        if not flat:
            return _found(find(value, path, place), path, otherwise, context, place)
        found = _find_all(value, path, place)
        return [] if found is ABSENT else as_list(found)

    return run


def _define_select_all(key: str) -> None:
    @form(key, "from", optional=("default",))
    def _all(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        nodes = [compiler.compile(expression[name], scope, (*position, name)) for name in (key, "from")]
        if "default" in expression:
            compiler.compile(expression["default"], scope, (*position, "default"))
        return _selection(key, nodes[0], nodes[1], Const(True), None, position)  # noqa: FBT003 - a value of the query


_define_select_all("select_all")
_define_select_all("select_as_index")


def _define_contains(key: str) -> None:
    @eager({key: path_of, "in": anything})
    def _contains(_: Context, position: Position, path: list[Value], value: Value) -> Value:
        return _holds(value, path, (*position, "in"))


_define_contains("contains")
_define_contains("contains_path")


def _holds(value: Value, path: list[Value], place: Position) -> bool:
    if isinstance(value, Ref):
        named = value.collection if isinstance(value, DocRef) else value
        if isinstance(named, SchemaRef) and not named.named:
            # A ref of an unknown name is a scalar here: only the empty path is in it.
            return not path
    return find(value, path, place) is not ABSENT


@eager({"contains_field": string, "in": anything})
def _contains_field(_: Context, position: Position, name: str, value: Value) -> Value:
    if isinstance(value, list):
        raise expected((*position, "in"), "Object", "Array")
    return _holds(value, [name], (*position, "in"))
