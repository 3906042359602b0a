"""Creating, changing and deleting the schema: collections, indexes, roles, functions, databases, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.access.auth import BUILT_IN_ROLES
from local_fauna.access.keys import hashed
from local_fauna.errors import (
    denied,
    fault,
    invalid_argument,
    not_found,
    not_implemented,
    undefined_ref,
    validation_failed,
)
from local_fauna.query.arguments import eager, mapping
from local_fauna.query.compiler import Effect
from local_fauna.query.creators import CREATORS
from local_fauna.query.index_schema import changed_index, checked_index
from local_fauna.query.schema import failures_of, made_by_v10, refuse_v10, shown
from local_fauna.query.writes import merged, refuse_unreadable, require_present, storable
from local_fauna.store.database import Database
from local_fauna.store.entities import SINGULAR, Collection, Entity
from local_fauna.store.indexes import Index
from local_fauna.store.version import Version
from local_fauna.values import Document, NativeRef, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.query.schema import Fields
    from local_fauna.store.versions import Store
    from local_fauna.values import Value

_KEPT = {"collections": ("name", "history_days"), "keys": ("hashed_secret",), "databases": ("name", "global_id")}
"""What a replace leaves as it is unless it says otherwise; of other kinds it is the name."""


def _checked(context: Context, kind: str, fields: Fields, place: Position) -> None:
    """Raise FaunaError with a failure for each member that is unfit."""
    failures = failures_of(kind, fields)
    if failures:
        raise validation_failed(place, *failures)
    role = fields.get("role")
    if kind == "keys" and isinstance(role, str) and role not in BUILT_IN_ROLES:
        if context.database.lookup("roles", role) is None:
            raise not_implemented(place, "A key of an unknown role")
        raise not_implemented(place, "A key of a role by its name")


def create_schema(context: Context, kind: str, params: Fields, position: Position, place: Position) -> Value:
    """Create a schema document; its name can be used once the query has committed."""
    refuse_unreadable(params, position)
    if kind in ("tokens", "credentials"):
        raise not_implemented(place, f"Creating {kind}")
    if not context.allows(NativeRef(kind), "create", params):
        raise denied(place)
    require_present(context, place)
    refuse_v10(kind, params, place)
    given = storable(params)
    if kind == "collections":
        given = {"history_days": 0} | given | ({"history_days": None} if _is_null(params, "history_days") else {})
    if kind == "indexes":
        # What was given as null has no default.
        given |= {field: None for field, value in params.items() if value is None}
    else:
        _checked(context, kind, given, place)
    if kind == "keys":
        return _create_key(context, given)
    transaction, database = context.run.transaction, context.database
    ts = transaction.ts
    entity, fields = CREATORS[kind](context, given, database.next_number(kind, ts), place)
    taken = database.lookup(kind, entity.name) is not None
    if not transaction.claim(kind, entity.name, taken=taken):
        raise fault("instance already exists", f"{SINGULAR[kind].title()} already exists.", place)
    database.introduce(entity)
    version = Version(ts, fields)
    transaction.write(database.native[kind], entity.number, version)
    transaction.on_commit(lambda: database.publish(entity))
    return Document(entity.ref, version, created=True)


def _is_null(params: Fields, field: str) -> bool:
    return field in params and params[field] is None


def _create_key(context: Context, given: Fields) -> Value:
    run, database = context.run, context.database
    ref = given.get("database")
    target = ref.entity if isinstance(ref, SchemaRef) else database
    secret = run.keys.new_secret()
    ts = run.transaction.ts
    number = database.ids.next(ts)
    fields = shown("keys", given | {"hashed_secret": hashed(secret)})
    version = Version(ts, fields, ttl=given.get("ttl"))
    run.transaction.write(database.native["keys"], number, version)
    if isinstance(target, Database):
        run.transaction.on_commit(lambda: run.keys.add(secret, home=database, number=number))
    record = database.native["keys"].record(number)
    return Document(record.ref, version, created=True, extra={"secret": secret})


def _entity_version(context: Context, ref: Value, place: Position, where: Position) -> tuple[Store, int, Version]:
    store, number, _ = context.store_of(ref, place)
    record = store.records.get(number)
    version = None if record is None else record.visible(context.present, context.snapshot)
    if version is None:
        raise not_found(where, SINGULAR[_kind(ref)].title())
    return store, number, version


def _kind(ref: Value) -> str:
    kind: str = ref.kind if isinstance(ref, SchemaRef) else ref.collection.kind
    return kind


def update_schema(context: Context, ref: Value, params: Fields, position: Position, key: str) -> Value:
    """Update or replace a schema document. A new name counts from the commit on."""
    place = (*position, key)
    if isinstance(ref, NativeRef):
        raise invalid_argument(place, "Cannot update a schema meta collection.")
    kind, replace = _kind(ref), key == "replace"
    refuse_unreadable(params, position)
    store, number, version = _entity_version(context, ref, place, place)
    if not context.allows(NativeRef(kind), "write", version.fields, merged(version.fields, params), ref):
        raise denied(position)
    require_present(context, position)
    refuse_v10(kind, params, position)
    if replace and (kind == "indexes" or made_by_v10(version.fields)):
        raise not_implemented(place, "Replacing an index or a typed collection")
    base = {field: version.fields[field] for field in _KEPT.get(kind, ("name",)) if field in version.fields}
    wanted = storable(merged(base if replace else version.fields, params))
    wanted = {**wanted, "ttl": params.get("ttl")} if kind == "keys" and params.get("ttl") is not None else wanted
    _checked(context, kind, wanted, position)
    if kind == "indexes":
        checked, _ = checked_index(wanted, position)
        wanted = changed_index(version.fields, checked, position)
    ttl = version.ttl
    if kind == "keys" and (replace or "ttl" in params):
        ttl = params.get("ttl")
    changed = Version(context.run.transaction.ts, shown(kind, wanted) | made_by_v10(version.fields), ttl=ttl)
    context.run.transaction.write(store, number, changed)
    if isinstance(ref, SchemaRef) and isinstance(ref.entity, Entity):
        _follow(context, ref.entity, changed, position)
    return store.record(number).document(changed)


def _follow(context: Context, entity: Entity, version: Version, place: Position) -> None:
    """Update the entity from its changed document when the query commits."""
    transaction, fields, database = context.run.transaction, version.fields, context.database
    name = fields["name"]
    if name != entity.name:
        taken = database.lookup(entity.kind, name) is not None
        if not transaction.claim(entity.kind, name, taken=taken):
            raise fault("instance not unique", "document is not unique.", place)
        transaction.release(entity.kind, entity.name)
        transaction.on_commit(lambda: database.rename(entity, name))
    if isinstance(entity, Collection):
        transaction.on_commit(lambda: entity.set_retention(fields, ts=version.ts, created=False))
    if isinstance(entity, Index):
        transaction.on_commit(lambda: setattr(entity, "active", fields["active"]))


def delete_schema(context: Context, ref: Value, position: Position) -> Value:
    """Delete a schema document; deleting a collection deletes the indexes that have no other source."""
    place = (*position, "delete")
    if isinstance(ref, NativeRef):
        raise not_found(position, "Collection")
    kind = _kind(ref)
    store, number, version = _entity_version(context, ref, place, position)
    if not context.allows(NativeRef(kind), "delete", ref):
        raise denied(position)
    _delete(context, store, number)
    if isinstance(ref, SchemaRef):
        if not isinstance(ref.entity, Entity):
            raise undefined_ref(place, SINGULAR[kind], ref.name)
        _withdraw(context, ref.entity)
    return store.record(number).document(version)


def _delete(context: Context, store: Store, number: int) -> None:
    transaction = context.run.transaction
    transaction.write(store, number, Version(transaction.ts, {}, deleted=True))


def _withdraw(context: Context, entity: Entity) -> None:
    database, transaction = context.database, context.run.transaction
    gone = [entity]
    if isinstance(entity, Collection):
        gone += [index for index in database.indexes() if index.sources == frozenset((entity,))]
    for one in gone:
        if one is not entity:
            _delete(context, database.native[one.kind], one.number)
        transaction.release(one.kind, one.name)
        transaction.on_commit(lambda one=one: database.withdraw(one))  # type: ignore[misc]


def _define_create(key: str, kind: str) -> None:
    @eager({key: mapping}, effect=Effect.WRITE)
    def _create(context: Context, position: Position, params: Fields) -> Value:
        return create_schema(context, kind, params, position, (*position, key))


_define_create("create_collection", "collections")
_define_create("create_class", "collections")
_define_create("create_index", "indexes")
_define_create("create_database", "databases")
_define_create("create_role", "roles")
_define_create("create_function", "functions")
_define_create("create_key", "keys")
