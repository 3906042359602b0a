"""What a schema document must be, and the fields that it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.access.auth import BUILT_IN_ROLES
from local_fauna.errors import invalid_type, validation_failed
from local_fauna.query.writes import storable, stored_type
from local_fauna.store.entities import Collection
from local_fauna.values import NativeRef, Query, SchemaRef, Time, as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.values import Value

    Fields: TypeAlias = dict[str, Value]
    Path: TypeAlias = list[str | int]
    Failure: TypeAlias = tuple[Path, str, str]
    Types: TypeAlias = dict[str, tuple[str, type | tuple[type, ...]]]

_NAME = re.compile(r"[;@+$\-_.!~%\w]+", re.ASCII)
_RESERVED = {"_", "self", "documents", "events", "sets"}
_TYPES: dict[str, Types] = {
    "collections": {"history_days": ("Long", int), "ttl_days": ("Long", int), "data": ("Map", dict)},
    "indexes": {
        "active": ("Boolean", bool),
        "serialized": ("Boolean", bool),
        "unique": ("Boolean", bool),
        "partitions": ("Long", int),
        "values": ("Array", (list, dict)),
        "terms": ("Array", (list, dict)),
        "data": ("Map", dict),
    },
    "databases": {"data": ("Map", dict)},
    "roles": {"privileges": ("Array", (list, dict)), "membership": ("Array", (list, dict)), "data": ("Map", dict)},
    "functions": {"body": ("Query", Query), "role": ("Ref", (str, SchemaRef)), "data": ("Map", dict)},
    "keys": {
        "role": ("Ref", (str, SchemaRef, list)),
        "database": ("Ref", SchemaRef),
        "priority": ("Long", int),
        "data": ("Map", dict),
    },
}
_COMPONENT: Types = {"binding": ("String", str)}
_OBJECTS: dict[str, Types] = {
    "values": _COMPONENT,
    "terms": _COMPONENT,
    "privileges": {"actions": ("Map", dict)},
    "membership": {},
}
"""The fields that hold objects, one or several, and what the members of these must be."""
_REQUIRED = {"indexes": ["source"], "functions": ["body"], "keys": ["role"], "roles": ["privileges"]}
_SHOWN_FIRST = {
    "collections": ["history_days", "name", "ttl_days", "data"],
    "indexes": ["active", "serialized", "name", "source", "values", "terms", "unique", "partitions", "data"],
    "databases": ["name", "global_id", "data"],
    "roles": ["name", "privileges", "membership", "data"],
    "functions": ["name", "body", "role", "data"],
    "keys": ["database", "role", "priority", "hashed_secret", "data"],
}


def _name_failures(params: Fields) -> list[Failure]:
    name = params.get("name")
    if name is None:
        return [(["name"], "value required", "Value is required.")]
    if not isinstance(name, str):
        return [invalid_type(["name"], stored_type(name), "String")]
    if not _NAME.fullmatch(name):
        text = (
            f"The name {name} uses invalid characters. "
            r"Valid characters must match: [;@+$\-_.!~%\w]+"
        )
        return [(["name"], "invalid characters", text)]
    if name in _RESERVED:
        return [(["name"], "reserved name", f"{name} is a reserved name.")]
    return []


def _is(value: Value, types: type | tuple[type, ...]) -> bool:
    return isinstance(value, types) and not (isinstance(value, bool) and types is int)


def _type_failures(fields: Fields, wanted: Types, path: Path) -> Iterator[Failure]:
    for field, (name, types) in wanted.items():
        value, where = fields.get(field), [*path, field]
        if value is None:
            continue
        if not _is(value, types):
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


def checked(kind: str, params: Fields, place: Position) -> Fields:
    """The known members of `params` as they are stored. Raises FaunaError with a failure for each that is unfit."""
    params = storable(params)
    failures = [] if kind == "keys" else _name_failures(params)
    for field in _REQUIRED.get(kind, ()):
        if params.get(field) is None:
            failures.append(([field], "value required", "Value is required."))
    failures.extend(_type_failures(params, _TYPES[kind], []))
    ttl = params.get("ttl")
    if ttl is not None and not isinstance(ttl, Time):
        failures.append(invalid_type(["ttl"], stored_type(ttl), "Time"))
    failures.extend(_role_failures(params) if kind == "keys" else [])
    if failures:
        raise validation_failed(place, *failures)
    return {field: params[field] for field in _SHOWN_FIRST[kind] if field in params} | {
        field: params[field] for field in ("source",) if kind == "indexes" and field in params
    }


def _role_failures(params: Fields) -> list[Failure]:
    role = params.get("role")
    if isinstance(role, str) and role not in BUILT_IN_ROLES:
        return [(["role"], "invalid value", f"Invalid role '{role}'.")]
    return []


def ordered(kind: str, fields: Fields) -> Fields:
    """The members in the order in which the database shows them."""
    return {field: fields[field] for field in _SHOWN_FIRST[kind] if field in fields}


def collection_fields(given: Fields) -> Fields:
    """A collection: history_days is 0 unless given; null means unlimited and is not shown."""
    return {"history_days": 0} | given


def index_fields(given: Fields, *, built: bool) -> Fields:
    """An index: `active` as soon as it is built, 8 partitions unless it has terms or is unique."""
    shared = given.get("terms") or given.get("unique")
    return {
        "serialized": True,
        "partitions": 1 if shared else 8,
        **given,
        "active": built or given.get("active") is True,
    }


def index_sources(source: Value, place: Position) -> tuple[list[Collection] | None, dict[str, Query]]:
    """(collections, bindings) of an index's `source`; None for `_`. Refs are resolved already."""
    if source == "_":
        return None, {}
    collections: list[Collection] = []
    bindings: dict[str, Query] = {}
    every: list[Collection] | None = collections
    for part in as_list(source):
        ref = part.get("collection", part.get("class")) if isinstance(part, dict) else part
        fields = part.get("fields", {}) if isinstance(part, dict) else {}
        if not isinstance(fields, dict):
            raise validation_failed(place, invalid_type(["source", "fields"], stored_type(fields), "Map"))
        if ref == "_":
            every = None
        elif isinstance(ref, SchemaRef) and isinstance(ref.entity, Collection):
            collections.append(ref.entity)
        elif not isinstance(ref, NativeRef):
            raise validation_failed(place, invalid_type(["source"], stored_type(ref), "Ref"))
        bindings |= {name: query for name, query in fields.items() if isinstance(query, Query)}
    return every, bindings


def version_count(collections: list[Collection]) -> int:
    """How many versions of documents the collections hold."""
    return sum(len(record.versions) for collection in collections for record in collection.documents.records.values())
