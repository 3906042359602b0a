"""What a new schema document brings into being: its entity, and the members that it shows."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.access.auth import Authority
from local_fauna.query.calls import run_stored
from local_fauna.query.context import Context
from local_fauna.query.index_schema import checked_index, index_fields
from local_fauna.query.schema import shown
from local_fauna.store.database import Database, attach
from local_fauna.store.entities import Collection, Entity
from local_fauna.store.indexes import BUILT_AT_ONCE, Index, PendingBuild, fill, version_count
from local_fauna.values import DocRef, Document, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.index_schema import Source
    from local_fauna.query.schema import Fields
    from local_fauna.store.indexes import Binding
    from local_fauna.store.version import Version
    from local_fauna.values import Value

    Creator: TypeAlias = Callable[[Context, Fields, int, Position], tuple[Entity, Fields]]


def _collection(context: Context, given: Fields, number: int, _: Position) -> tuple[Entity, Fields]:
    fields = shown("collections", given)
    collection = Collection(given["name"], number)
    collection.set_retention(fields, ts=context.run.transaction.ts, created=True)
    return collection, fields


def _index(context: Context, given: Fields, number: int, place: Position) -> tuple[Entity, Fields]:
    dropped = {field for field, value in given.items() if value is None}
    given, sources = checked_index({field: given[field] for field in given if field not in dropped}, place)
    covered = None if any(source.collections is None for source in sources) else _united(sources)
    database = context.database
    at_once = _is_built_at_once(sources, database)
    fields = index_fields(given, dropped=dropped, built=at_once)
    names = {name for source in sources for name in source.bindings}
    bindings = {name: _binding(context, name, sources) for name in names}
    index = Index(given["name"], number, sources=covered, fields=fields, bindings=bindings)

    def begin() -> None:
        collections = database.collections() if covered is None else sorted(covered, key=lambda one: one.number)
        work = [(collection, key) for collection in collections for key in sorted(collection.documents.records)]
        for collection in collections:
            attach(index, collection)
        if at_once:
            for collection, key in work:
                fill(index, collection, key)
        else:
            started = context.run.transaction.ts
            database.builds.append(PendingBuild(index, work, started=started))

    context.run.transaction.on_commit(begin)
    return index, fields


def _united(sources: list[Source]) -> frozenset[Collection]:
    return frozenset(collection for source in sources for collection in source.collections or ())


def _is_built_at_once(sources: list[Source], database: Database) -> bool:
    """A single source that names its collections is, if they hold few versions; so is an index of nothing at all."""
    if len(sources) != 1:
        return False
    if sources[0].collections is None:
        return not database.collections()
    return version_count(sources[0].collections) <= BUILT_AT_ONCE


def _binding(context: Context, name: str, sources: list[Source]) -> Binding:
    trusted = Authority(context.database, "server-readonly")

    def compute(ref: DocRef | SchemaRef, version: Version) -> Value:
        owner = ref.collection.entity if isinstance(ref, DocRef) and isinstance(ref.collection, SchemaRef) else None
        for source in sources:
            if name in source.bindings and (source.collections is None or owner in source.collections):
                inside = Context(context.run, trusted, env=[])
                return run_stored(inside, source.bindings[name], Document(ref, version))
        return None

    return compute


def _database(context: Context, given: Fields, number: int, _: Position) -> tuple[Entity, Fields]:
    global_id = "y" + secrets.token_hex(6)
    child = Database(given["name"], number, parent=context.database, global_id=global_id, ids=context.database.ids)
    return child, shown("databases", given | {"global_id": global_id})


def _role(_: Context, given: Fields, number: int, __: Position) -> tuple[Entity, Fields]:
    return Entity("roles", given["name"], number), shown("roles", given)


def _function(_: Context, given: Fields, number: int, __: Position) -> tuple[Entity, Fields]:
    return Entity("functions", given["name"], number), shown("functions", given)


CREATORS: dict[str, Creator] = {
    "collections": _collection,
    "indexes": _index,
    "databases": _database,
    "roles": _role,
    "functions": _function,
}
"""By kind: the entity of a new schema document, and the members that the document shows."""
