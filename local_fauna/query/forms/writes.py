"""Writing documents: create, update, replace, delete, insert, remove.

Recordings `documents`, `values`, `rights_writing`, `history_edits`.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from local_fauna.errors import (
    denied,
    expected,
    fault,
    invalid_argument,
    not_found,
    not_implemented,
)
from local_fauna.query.arguments import MISSING, eager, mapping, micros, refuse_unknown
from local_fauna.query.compiler import Effect
from local_fauna.query.context import resolved
from local_fauna.query.forms.reads import what_is
from local_fauna.query.forms.schema import create_schema, delete_schema, update_schema
from local_fauna.query.writes import (
    DocumentParams,
    check_size,
    check_unique,
    merged,
    next_version,
    refuse_unreadable,
    require_present,
    ttl_by_days,
)
from local_fauna.store.entities import Collection
from local_fauna.store.version import Version
from local_fauna.type_names import type_name
from local_fauna.values import DocRef, Document, Event, NativeRef, Ref, SchemaRef, Time

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
    """A ref of a document, or of the schema, that is known."""
    if not isinstance(value, Ref):
        raise expected(position, "Ref", type_name(value))
    refuse_unknown(value, position)
    return value


def _owner(ref: DocRef | SchemaRef, position: Position) -> Collection:
    """The collection that a document is created in."""
    owner = ref.collection if isinstance(ref, DocRef) else ref
    if not isinstance(owner, SchemaRef) or owner.kind != "collections":
        raise not_implemented(position, "Creating this by its ref")
    return resolved(owner, Collection, position)


@eager({"create": _collection_or_ref}, {"params": mapping}, effect=Effect.WRITE)
def _create(context: Context, position: Position, target: Value, params: Value) -> Value:
    place = (*position, "create")
    given = {} if params is MISSING else params
    if isinstance(target, NativeRef):
        return create_schema(context, target.kind, given, position, place)
    collection = _owner(target, place)
    refuse_unreadable(given, position)
    new = _new_fields(given)
    if isinstance(target, DocRef):
        number = target.id
        if not _may_create_with_id(context, collection, target, new):
            raise denied(place)
    else:
        number = context.database.ids.next(context.snapshot)
        if not context.allows(collection.own_ref, "create", new):
            raise denied(place)
    record = collection.documents.records.get(number)
    if record is not None and record.visible(context.present, context.snapshot):
        raise fault("instance already exists", "Document already exists.", place)
    require_present(context, place)
    read = DocumentParams(given, place)
    fields = read.replacing()
    record = collection.documents.record(number)
    ttl = read.ttl or ttl_by_days(context, collection)
    version = next_version(context, record, fields, ttl, created=True)
    _store(context, collection, record, version, place)
    return Document(record.ref, version, created=True)


def _may_create_with_id(context: Context, collection: Collection, ref: DocRef, new: Value) -> bool:
    """Whether the key may create a document with an id: by that right, or by those to create and edit history."""
    resource = collection.own_ref
    if context.allows(resource, "create_with_id", new, ref):
        return True
    now = Time(context.snapshot * 1000)
    return context.allows(resource, "create", new) and context.allows(
        resource, "history_write", ref, now, "create", new
    )


def _new_fields(params: dict[str, Value]) -> Value:
    return {key: params[key] for key in ("data", "ttl") if key in params}


def _store(context: Context, collection: Collection, record: Record, version: Version, place: Position) -> None:
    if isinstance(record.ref, DocRef):
        check_size(version)
        check_unique(context, collection, record, version, place)
        context.run.transaction.write(collection.documents, record.ref.id, version)


def _existing(context: Context, ref: DocRef, place: Position, where: Position) -> tuple[Collection, Record, Version]:
    """The collection, record and version of a document that is to change; `where` tells that it is not there."""
    collection = _owner(ref, place)
    record = collection.documents.records.get(ref.id)
    version = None if record is None else record.visible(context.present, context.snapshot)
    if record is None or version is None:
        raise not_found(where, what_is(ref))
    return collection, record, version


def _changed(context: Context, position: Position, ref: Value, params: Value, key: str) -> Value:
    place = (*position, key)
    given = {} if params is MISSING else params
    if not isinstance(ref, DocRef) or isinstance(ref.collection, NativeRef):
        return update_schema(context, ref, given, position, key)
    refuse_unreadable(given, position)
    collection, record, version = _existing(context, ref, place, place)
    old = _shown(version)
    if not context.allows(collection.own_ref, "write", old, merged(old, _new_fields(given)), ref):
        raise denied(position)
    require_present(context, position)
    read = DocumentParams(given, position)
    if key == "update":
        fields = read.updating(version.fields)
        ttl = read.ttl if read.names_ttl else version.ttl
        if read.names_ttl and ttl is None:
            ttl = ttl_by_days(context, collection)
    else:
        fields = read.replacing()
        ttl = read.ttl or ttl_by_days(context, collection)
    changed = next_version(context, record, fields, ttl, created=False)
    _store(context, collection, record, changed, position)
    return record.document(changed)


def _shown(version: Version) -> dict[str, Value]:
    return version.fields if version.ttl is None else {**version.fields, "ttl": version.ttl}


@eager({"update": _ref}, {"params": mapping}, effect=Effect.WRITE)
def _update(context: Context, position: Position, ref: Value, params: Value) -> Value:
    return _changed(context, position, ref, params, "update")


@eager({"replace": _ref}, {"params": mapping}, effect=Effect.WRITE)
def _replace(context: Context, position: Position, ref: Value, params: Value) -> Value:
    return _changed(context, position, ref, params, "replace")


@eager({"delete": _ref}, effect=Effect.WRITE)
def _delete(context: Context, position: Position, ref: Value) -> Value:
    place = (*position, "delete")
    if not isinstance(ref, DocRef) or isinstance(ref.collection, NativeRef):
        return delete_schema(context, ref, position)
    collection, record, version = _existing(context, ref, place, position)
    if not context.allows(collection.own_ref, "delete", ref):
        raise denied(position)
    transaction = context.run.transaction
    transaction.write(collection.documents, ref.id, Version(transaction.ts, {}, deleted=True))
    return record.document(version)


def _action(_: Context, value: Value, position: Position) -> str:
    """`create` or `delete`; an update counts as a create."""
    if value not in ("create", "update", "delete"):
        raise expected(position, "String 'create', 'update', or 'delete'", type_name(value))
    return "delete" if value == "delete" else "create"


def _record_of(ref: Value, position: Position, key: str) -> tuple[Collection, Record]:
    if not isinstance(ref, DocRef):
        raise invalid_argument(position, f"Cannot {key} event for specified ref.")
    if isinstance(ref.collection, NativeRef):
        raise not_implemented((*position, key), "The history of a key")
    collection = _owner(ref, (*position, key))
    return collection, collection.documents.record(ref.id)


@eager({"insert": _ref, "ts": micros, "action": _action}, {"params": mapping}, effect=Effect.WRITE)
def _insert(context: Context, position: Position, ref: Value, ts: int, action: str, params: Value) -> Value:
    if ts > context.snapshot:
        raise fault("invalid write time", "Cannot write outside of snapshot time.", position)
    given = {} if params is MISSING else params
    refuse_unreadable(given, position)
    collection, record = _record_of(ref, position, "insert")
    if not context.allows(collection.own_ref, "history_write", ref, Time(ts * 1000), action, _new_fields(given)):
        raise denied(position)
    gone = action == "delete"
    read = DocumentParams({} if gone else given, position)
    ttl = None if gone else read.ttl or ttl_by_days(context, collection)
    version = Version(ts, read.replacing(), ttl=ttl, deleted=gone)
    check_size(version)
    later = [other for other in record.versions if other.ts > ts]
    context.run.transaction.ts  # noqa: B018 - an edit of history is a transaction of its own
    context.run.transaction.edit(collection.documents, ref.id, ts, [version, *later])
    return Event(ts, action, ref, version.fields.get("data"))


@eager({"remove": _ref, "ts": micros, "action": _action}, effect=Effect.WRITE)
def _remove(context: Context, position: Position, ref: Value, ts: int, action: str) -> Value:
    collection, record = _record_of(ref, position, "remove")
    versions = record.versions
    place = bisect_left([version.ts for version in versions], ts)
    there = place < len(versions) and versions[place].ts == ts
    fields = _shown(versions[place]) if there else {}
    if not context.allows(collection.own_ref, "history_write", ref, Time(ts * 1000), action, fields):
        raise denied(position)
    if there and versions[place].deleted == (action == "delete"):
        context.run.transaction.ts  # noqa: B018 - as above
        context.run.transaction.edit(collection.documents, ref.id, ts, versions[place + 1 :])
    return None
