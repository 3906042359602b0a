"""What a schema document must be, and the fields that it shows (recordings `names`, `live_keys`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.access.auth import BUILT_IN_ROLES
from local_fauna.errors import invalid_type, not_implemented
from local_fauna.query.writes import stored_type
from local_fauna.values import Query, SchemaRef, Time, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_fauna.errors import Position
    from local_fauna.values import Value

    Fields: TypeAlias = dict[str, Value]
    Path: TypeAlias = list[str | int]
    Failure: TypeAlias = tuple[Path, str, str]
    Types: TypeAlias = dict[str, tuple[str, Callable[[Value], bool]]]

_NAME = re.compile(r"[;@+$\-_.!~%\w]+")
_RESERVED = ("_",)
_LOWEST_PRIORITY, _HIGHEST_PRIORITY = 1, 500


def value_required(*path: str) -> Failure:
    """The failure of a field that is missing."""
    return list(path), "value required", "Required value not found."


def is_a(*types: type) -> Callable[[Value], bool]:
    """Whether a value is of one of these types; true and false are no integers."""

    def holds(value: Value) -> bool:
        return isinstance(value, types) and (bool in types or not isinstance(value, bool))

    return holds


def _is_role(value: Value) -> bool:
    if isinstance(value, str):
        return True
    return all(
        isinstance(part, str) and part not in BUILT_IN_ROLES
        if not isinstance(part, SchemaRef)
        else part.kind == "roles"
        for part in as_list(value)
    )


def _is_priority(value: Value) -> bool:
    return is_a(int)(value) and _LOWEST_PRIORITY <= value <= _HIGHEST_PRIORITY


_DATA: Types = {"data": ("Map", is_a(dict))}
_TYPES: dict[str, Types] = {
    "collections": {"history_days": ("Long", is_a(int)), "ttl_days": ("Long", is_a(int)), **_DATA},
    "indexes": {
        "active": ("Boolean", is_a(bool)),
        "serialized": ("Boolean", is_a(bool)),
        "unique": ("Boolean", is_a(bool)),
        "partitions": ("Long", is_a(int)),
        **_DATA,
    },
    "databases": _DATA,
    "roles": {"privileges": ("Array", is_a(list, dict)), "membership": ("Array", is_a(list, dict)), **_DATA},
    "functions": {"body": ("Query", is_a(Query)), "role": ("Ref", is_a(str, SchemaRef)), **_DATA},
    "keys": {
        "role": ("Role", _is_role),
        "database": ("Database Ref", lambda value: isinstance(value, SchemaRef) and value.kind == "databases"),
        "priority": ("Priority", _is_priority),
        "ttl": ("Timestamp", is_a(Time)),
        **_DATA,
    },
}
_OBJECTS: dict[str, Types] = {"privileges": {"actions": ("Map", is_a(dict))}, "membership": {}}
"""The fields that hold objects, one or several, and what the members of these must be."""
_REQUIRED = {"functions": ["body"], "keys": ["role"]}
_V10_SHOWN = ("fields", "wildcard")
_V10_MEMBERS = (*_V10_SHOWN, "alias", "computed_fields", "constraints", "document_ttls", "indexes", "migrations")
_SHOWN = {
    "collections": ["history_days", "name", "ttl_days", "data"],
    "indexes": ["active", "serialized", "name", "source", "values", "terms", "unique", "partitions", "data"],
    "databases": ["name", "global_id", "data"],
    "roles": ["name", "privileges", "membership", "data"],
    "functions": ["name", "body", "role", "data"],
    "keys": ["database", "role", "priority", "hashed_secret", "data"],
}


def _name_failures(params: Fields) -> Iterator[Failure]:
    name = params.get("name")
    if name is None:
        yield value_required("name")
    elif not isinstance(name, str):
        yield invalid_type(["name"], stored_type(name), "String")
    elif not _NAME.fullmatch(name):
        valid = r"[;@+$\-_.!~%\w]+"
        text = f"The name {name} uses invalid characters. Valid characters must match: {valid}"
        yield ["name"], "invalid characters", text
    elif name in _RESERVED:
        yield ["name"], "reserved name", f"Invalid name {name}. Reserved names: {', '.join(_RESERVED)}."


def _type_failures(fields: Fields, wanted: Types, path: Path) -> Iterator[Failure]:
    for field, (name, holds) in wanted.items():
        value, where = fields.get(field), [*path, field]
        if value is None:
            continue
        if not holds(value):
            yield invalid_type(where, stored_type(value), name)
        elif field in _OBJECTS:
            yield from _object_failures(value, _OBJECTS[field], where)


def _object_failures(value: Value, wanted: Types, path: Path) -> Iterator[Failure]:
    items = [([*path, place], item) for place, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
    for where, item in items:
        if isinstance(item, dict):
            yield from _type_failures(item, wanted, where)
        else:
            yield invalid_type(where, stored_type(item), "Map")


def failures_of(kind: str, fields: Fields) -> list[Failure]:
    """A failure for each member of a schema document that is unfit. What indexes hold is judged by `index_schema`."""
    found = [] if kind == "keys" else list(_name_failures(fields))
    found += [value_required(field) for field in _REQUIRED.get(kind, ()) if fields.get(field) is None]
    found += _type_failures(fields, _TYPES[kind], [])
    days = fields.get("history_days")
    if kind == "collections" and isinstance(days, int) and days < 0:
        found.append((["history_days"], "non-negative value required", "Value must be non-negative."))
    return found


def made_by_v10(fields: Fields) -> Fields:
    """The members of a typed collection that only FQL v10 writes; v4 shows them, and an update keeps them."""
    return {field: fields[field] for field in _V10_SHOWN if field in fields}


def refuse_v10(kind: str, params: Fields, position: Position) -> None:
    """Raise FaunaError (501) if what a request gives holds members that FQL v10 reads."""
    for field in _V10_MEMBERS if kind == "collections" else ():
        if field in params:
            raise not_implemented(position, f"The member {field} of a collection")


def shown(kind: str, fields: Fields) -> Fields:
    """The members that a schema document has, in the order in which the database shows them; all others are dropped."""
    return {field: fields[field] for field in _SHOWN[kind] if fields.get(field) is not None}
