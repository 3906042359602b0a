"""Writing documents: create, update, replace, delete, insert, remove (recordings `documents`, `values`)."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from local_fauna.errors import denied, expected, fault, not_found, not_implemented
from local_fauna.query.arguments import MISSING, anything, eager, mapping, micros, string
from local_fauna.query.context import resolved
from local_fauna.query.forms.reads import what_is
from local_fauna.query.forms.schema import create_schema, delete_schema, update_schema
from local_fauna.query.writes import (
    DocumentParams,
    check_size,
    check_unique,
    next_version,
    require_present,
    ttl_by_days,
)
from local_fauna.store.entities import Collection
from local_fauna.store.versions import Version
from local_fauna.values import DocRef, Document, Event, NativeRef, SchemaRef, type_name

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.store.versions import Record
    from local_fauna.values import Value


def _collection_or_ref(context: Context, value: Value, position: Position) -> Value:
    if isinstance(value, str):
        return context.database.ref_to("collections", value)
    if isinstance(value, (DocRef, SchemaRef, NativeRef)):
        return value
    raise expected(position, "Ref", type_name(value))


def _ref(_: Context, value: Value, position: Position) -> Value:
    if isinstance(value, (DocRef, SchemaRef)):
        return value
    raise expected(position, "Ref", type_name(value))


def _owner(ref: DocRef | SchemaRef, position: Position) -> Collection:
    """The collection that a document is created in."""
    owner = ref.collection if isinstance(ref, DocRef) else ref
    if not isinstance(owner, SchemaRef) or owner.kind != "collections":
        raise not_implemented(position, "Creating this by its ref")
    return resolved(owner, Collection, position)


@eager({"create": _collection_or_ref}, {"params": mapping}, writes=True)
def _create(context: Context, position: Position, target: Value, params: Value) -> Value:
    place = (*position, "create")
    given = {} if params is MISSING else params
    if isinstance(target, NativeRef):
        return create_schema(context, target.kind, given, position, place)
    collection = _owner(target, place)
    require_present(context, place)
    arguments = [_new_data(given)]
    if isinstance(target, DocRef):
        allowed = context.allows(collection.own_ref, "create_with_id", [target, *arguments])
        number = target.id
    else:
        allowed = context.allows(collection.own_ref, "create", arguments)
        number = context.run.ids.next(context.snapshot)
    if not allowed:
        raise denied(place)
    read = DocumentParams(given, position, "create")
    record = collection.documents.records.get(number)
    if record is not None and record.visible(context.time, context.snapshot):
        raise fault("instance already exists", "Document already exists.", place)
    fields = read.replacing()
    record = collection.documents.record(number)
    ttl = read.ttl or ttl_by_days(context, collection)
    version = next_version(context, record, fields, ttl, created=True)
    _store(context, collection, record, version, place)
    return Document(record.ref, version, created=True)


def _new_data(params: dict[str, Value]) -> Value:
    return {key: params[key] for key in ("data", "ttl") if key in params}


def _store(context: Context, collection: Collection, record: Record, version: Version, place: Position) -> None:
    if isinstance(record.ref, DocRef):
        check_size(version)
        check_unique(collection, record.ref, version, place)
        context.run.transaction.write(collection.documents, record.ref.id, version)


def _existing(context: Context, ref: DocRef, place: Position, where: Position) -> tuple[Collection, Record, Version]:
    """The collection, record and version of a document that is to change; `where` tells that it is not there."""
    collection = _owner(ref, place)
    require_present(context, place)
    record = collection.documents.records.get(ref.id)
    version = None if record is None else record.visible(context.time, context.snapshot)
    if record is None or version is None:
        if context.rule(collection.own_ref, "write") is False and not context.allows(
            collection.own_ref, "delete", [ref]
        ):
            raise denied(place)
        raise not_found(where, what_is(ref))
    return collection, record, version


def _changed(context: Context, position: Position, ref: Value, params: Value, key: str) -> Value:
    place = (*position, key)
    given = {} if params is MISSING else params
    if isinstance(ref, SchemaRef) or isinstance(ref.collection, NativeRef):
        return update_schema(context, ref, given, place, replace=key == "replace")
    collection, record, version = _existing(context, ref, place, place)
    read = DocumentParams(given, position, key)
    if key == "update":
        fields = read.updating(version.fields)
        ttl = read.ttl if read.names_ttl else version.ttl
        if read.names_ttl and ttl is None:
            ttl = ttl_by_days(context, collection)
    else:
        fields = read.replacing()
        ttl = read.ttl or ttl_by_days(context, collection)
    old, new = _shown(version.fields, version), _shown(fields, version)
    if not context.allows(collection.own_ref, "write", [old, new, ref]):
        raise denied(place)
    changed = next_version(context, record, fields, ttl, created=False)
    _store(context, collection, record, changed, place)
    return record.document(changed)


def _shown(fields: dict[str, Value], version: Version) -> Value:
    return {"data": {}, **fields, "ts": version.ts}


@eager({"update": _ref}, {"params": mapping}, writes=True)
def _update(context: Context, position: Position, ref: Value, params: Value) -> Value:
    return _changed(context, position, ref, params, "update")


@eager({"replace": _ref}, {"params": mapping}, writes=True)
def _replace(context: Context, position: Position, ref: Value, params: Value) -> Value:
    return _changed(context, position, ref, params, "replace")


@eager({"delete": _ref}, writes=True)
def _delete(context: Context, position: Position, ref: Value) -> Value:
    place = (*position, "delete")
    if isinstance(ref, SchemaRef) or isinstance(ref.collection, NativeRef):
        return delete_schema(context, ref, position)
    collection, record, version = _existing(context, ref, place, position)
    if not context.allows(collection.own_ref, "delete", [ref]):
        raise denied(place)
    transaction = context.run.transaction
    transaction.write(collection.documents, ref.id, Version(transaction.ts, {}, deleted=True))
    return record.document(version)


def _action(context: Context, value: Value, position: Position) -> str:
    text: str = string(context, value, position)
    names = {"add": "create", "remove": "delete"}
    text = names.get(text, text)
    if text not in ("create", "update", "delete"):
        wanted = "String 'create', 'update', or 'delete'"
        raise expected(position, wanted, type_name(value))
    return text


def _history_of(context: Context, ref: Value, ts: int, place: Position) -> tuple[Collection, Record]:
    if not isinstance(ref, DocRef):
        raise not_implemented(place, "The history of a schema document")
    collection = _owner(ref, place)
    if not context.allows(collection.own_ref, "history_write", [ref, ts, "create", {}]):
        raise denied(place)
    if ts > context.snapshot:
        raise fault("invalid write time", "Cannot write outside of snapshot time.", place)
    return collection, collection.documents.record(ref.id)


@eager({"insert": anything, "ts": micros, "action": _action}, {"params": mapping}, writes=True)
def _insert(context: Context, position: Position, ref: Value, ts: int, action: str, params: Value) -> Value:
    collection, record = _history_of(context, ref, ts, (*position, "insert"))
    given = {} if params is MISSING else params
    read = DocumentParams(given, position, "insert")
    gone = action == "delete"
    version = Version(ts, {} if gone else read.replacing(), ttl=None if gone else read.ttl, deleted=gone)
    check_size(version)
    later = [other for other in record.versions if other.ts > ts]
    context.run.transaction.ts  # noqa: B018 - an edit of history is a transaction of its own
    context.run.transaction.edit(collection.documents, ref.id, ts, [version, *later])
    return Event(ts, action, ref, version.fields.get("data"))


@eager({"remove": anything, "ts": micros, "action": _action}, writes=True)
def _remove(context: Context, position: Position, ref: Value, ts: int, action: str) -> Value:
    collection, record = _history_of(context, ref, ts, (*position, "remove"))
    versions = record.versions
    place = bisect_left([version.ts for version in versions], ts)
    there = place < len(versions) and versions[place].ts == ts
    if there and versions[place].deleted == (action == "delete"):
        context.run.transaction.ts  # noqa: B018 - as above
        context.run.transaction.edit(collection.documents, ref.id, ts, versions[place + 1 :])
    return None
