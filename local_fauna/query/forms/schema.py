"""Creating, changing and deleting the schema: collections, indexes, roles, functions, databases, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.access.keys import hashed
from local_fauna.errors import denied, fault, not_found, not_implemented, undefined_ref
from local_fauna.query.arguments import eager, mapping
from local_fauna.query.creators import CREATORS
from local_fauna.query.schema import checked, collection_fields, ordered
from local_fauna.query.writes import merged, refuse_unreadable, require_present, storable
from local_fauna.store.database import Database
from local_fauna.store.entities import SINGULAR, Collection, Entity
from local_fauna.store.indexes import Index
from local_fauna.store.versions import Version
from local_fauna.values import Document, NativeRef, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.store.versions import Store
    from local_fauna.values import Value


def create_schema(context: Context, kind: str, params: dict[str, Value], position: Position, place: Position) -> Value:
    """Create a schema document; its name can be used once the query has committed."""
    if not context.allows(NativeRef(kind), "create", [params]):
        raise denied(place)
    require_present(context, place)
    if kind in ("tokens", "credentials"):
        raise not_implemented(place, f"Creating {kind}")
    given = checked(kind, params, place)
    refuse_unreadable(given, [], position)
    if kind == "collections" and "history_days" in params and params["history_days"] is None:
        given["history_days"] = None
    if kind == "keys":
        return _create_key(context, given, params)
    name = given["name"]
    transaction = context.run.transaction
    if context.database.lookup(kind, name) is not None or not transaction.claim(kind, name):
        what = SINGULAR[kind].title()
        raise fault("instance already exists", f"{what} already exists.", place)
    number = context.database.next_number()
    entity, fields = CREATORS[kind](context, given, number, position)
    database, ts = context.database, transaction.ts
    database.introduce(entity)
    version = Version(ts, ordered(kind, _without_null(fields)), ttl=params.get("ttl"))
    transaction.write(database.native[kind], number, version)
    transaction.on_commit(lambda: database.publish(entity))
    return Document(entity.ref, version, created=True)


def _without_null(fields: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in fields.items() if value is not None}


def _create_key(context: Context, given: dict[str, Value], params: dict[str, Value]) -> Value:
    run, database = context.run, context.database
    ref = given.get("database")
    target = ref.entity if isinstance(ref, SchemaRef) else database
    secret = run.keys.new_secret()
    ts = run.transaction.ts
    number = run.ids.next(ts)
    fields = ordered("keys", given | {"hashed_secret": hashed(secret)})
    version = Version(ts, fields, ttl=params.get("ttl"))
    run.transaction.write(database.native["keys"], number, version)
    if isinstance(target, Database):
        run.transaction.on_commit(
            lambda: run.keys.add(secret, home=database, number=number, target=target, role=given["role"])
        )
    record = database.native["keys"].record(number)
    return Document(record.ref, version, created=True, extra={"secret": secret})


def _entity_version(context: Context, ref: Value, place: Position, where: Position) -> tuple[Store, int, Version]:
    require_present(context, place)
    store, number, _ = context.store_of(ref, place)
    record = store.records.get(number)
    version = None if record is None else record.visible(context.time, context.snapshot)
    if version is None:
        kind = ref.kind if isinstance(ref, SchemaRef) else ref.collection.kind
        raise not_found(where, SINGULAR[kind].title())
    return store, number, version


def _kind(ref: Value) -> str:
    kind: str = ref.kind if isinstance(ref, SchemaRef) else ref.collection.kind
    return kind


def update_schema(context: Context, ref: Value, params: dict[str, Value], place: Position, *, replace: bool) -> Value:
    """Update or replace a schema document. A new name counts from the commit on."""
    kind = _kind(ref)
    if not context.allows(NativeRef(kind), "write", [ref]):
        raise denied(place)
    store, number, version = _entity_version(context, ref, place, place)
    if kind == "indexes" and {"source", "values", "terms"} & set(params):
        raise not_implemented(place, "Changing what an index covers")
    base = {} if replace else version.fields
    known = checked(kind, {**version.fields, **params} if not replace else params, place)
    given = {field: params[field] for field in params if field in known or params[field] is None}
    refuse_unreadable(given, [], place[:-1])
    wanted = merged(base, given)
    if replace and kind == "collections":
        wanted = collection_fields(wanted)
    if kind == "indexes":
        wanted["active"] = version.fields.get("active") or wanted.get("active") is True
    fields = ordered(kind, storable(wanted))
    ts = context.run.transaction.ts
    ttl = params.get("ttl") if replace or "ttl" in params else version.ttl
    changed = Version(ts, fields, ttl=ttl)
    context.run.transaction.write(store, number, changed)
    if isinstance(ref, SchemaRef) and ref.entity is not None:
        _follow(context, ref.entity, fields, ts, place)
    return store.record(number).document(changed)


def _follow(context: Context, entity: Entity, fields: dict[str, Value], ts: int, place: Position) -> None:
    """Let the entity follow its changed document once the query has committed."""
    transaction, name = context.run.transaction, fields["name"]
    if name != entity.name:
        if context.database.lookup(entity.kind, name) is not None or not transaction.claim(entity.kind, name):
            what = SINGULAR[entity.kind].title()
            raise fault("instance already exists", f"{what} already exists.", place)
        database = context.database
        transaction.on_commit(lambda: database.rename(entity, name))
    if isinstance(entity, Collection):
        transaction.on_commit(lambda: entity.set_retention(fields, ts=ts, created=False))
    if isinstance(entity, Index):
        transaction.on_commit(lambda: setattr(entity, "active", fields["active"]))


def delete_schema(context: Context, ref: Value, position: Position) -> Value:
    """Delete a schema document; deleting a collection deletes its indexes."""
    kind = _kind(ref)
    place = (*position, "delete")
    if not context.allows(NativeRef(kind), "delete", [ref]):
        raise denied(place)
    store, number, version = _entity_version(context, ref, place, position)
    _delete(context, store, number)
    if isinstance(ref, SchemaRef):
        entity = ref.entity
        if entity is None:
            raise undefined_ref(place, SINGULAR[kind], ref.name)
        _withdraw(context, entity)
    return store.record(number).document(version)


def _delete(context: Context, store: Store, number: int) -> None:
    transaction = context.run.transaction
    transaction.write(store, number, Version(transaction.ts, {}, deleted=True))


def _withdraw(context: Context, entity: Entity) -> None:
    database, transaction = context.database, context.run.transaction
    transaction.on_commit(lambda: database.withdraw(entity))
    if isinstance(entity, Collection):
        for index in database.indexes():
            if index.sources is not None and entity in index.sources:
                _delete(context, database.native["indexes"], index.number)
                transaction.on_commit(lambda index=index: database.withdraw(index))  # type: ignore[misc]


def _define_create(key: str, kind: str) -> None:
    @eager({key: mapping}, writes=True)
    def _create(context: Context, position: Position, params: dict[str, Value]) -> Value:
        return create_schema(context, kind, params, position, (*position, key))


_define_create("create_collection", "collections")
_define_create("create_class", "collections")
_define_create("create_index", "indexes")
_define_create("create_database", "databases")
_define_create("create_role", "roles")
_define_create("create_function", "functions")
_define_create("create_key", "keys")
