"""What a new schema document brings into being: its entity, and the members that it shows."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.access.auth import Authority
from local_fauna.query.calls import apply_predicate
from local_fauna.query.context import Context
from local_fauna.query.schema import collection_fields, index_fields, index_sources, version_count
from local_fauna.store.database import Database, attach
from local_fauna.store.entities import Collection, Entity
from local_fauna.store.indexes import BUILT_AT_ONCE, Index, PendingBuild, fill
from local_fauna.values import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.store.indexes import Binding
    from local_fauna.store.versions import Version
    from local_fauna.values import DocRef, Query, SchemaRef, Value

    Creator: TypeAlias = Callable[[Context, dict[str, Value], int, Position], tuple[Entity, dict[str, Value]]]


def _collection(context: Context, given: dict[str, Value], number: int, _: Position) -> tuple[Entity, dict[str, Value]]:
    fields = collection_fields(given)
    collection = Collection(given["name"], number)
    collection.set_retention(fields, ts=context.run.transaction.ts, created=True)
    return collection, fields


def _index(
    context: Context, given: dict[str, Value], number: int, position: Position
) -> tuple[Entity, dict[str, Value]]:
    sources, queries = index_sources(given["source"], position)
    at_once = sources is not None and len(sources) == 1 and version_count(sources) <= BUILT_AT_ONCE
    fields = index_fields(given, built=at_once)
    bindings = {name: _binding(context, query) for name, query in queries.items()}
    index = Index(given["name"], number, sources=sources, fields=fields, bindings=bindings)
    database = context.database

    def begin() -> None:
        covered = database.collections() if sources is None else sources
        work = [(collection, key) for collection in covered for key in sorted(collection.documents.records)]
        for collection in covered:
            attach(index, collection)
        if at_once:
            for collection, key in work:
                fill(index, collection, key)
        else:
            started = context.run.transaction.ts
            database.builds.append(PendingBuild(index, work, started=started))

    context.run.transaction.on_commit(begin)
    return index, fields


def _binding(context: Context, query: Query) -> Binding:
    trusted = Authority(context.database, "server-readonly")

    def compute(ref: DocRef | SchemaRef, version: Version) -> Value:
        inside = Context(context.run, trusted, env=[])
        return apply_predicate(inside, query, [Document(ref, version)], ())

    return compute


def _database(context: Context, given: dict[str, Value], number: int, _: Position) -> tuple[Entity, dict[str, Value]]:
    global_id = "y" + secrets.token_hex(6)
    child = Database(given["name"], number, parent=context.database, global_id=global_id)
    return child, given | {"global_id": global_id}


def _role(_: Context, given: dict[str, Value], number: int, __: Position) -> tuple[Entity, dict[str, Value]]:
    return Entity("roles", given["name"], number), given


def _function(_: Context, given: dict[str, Value], number: int, __: Position) -> tuple[Entity, dict[str, Value]]:
    return Entity("functions", given["name"], number), given


CREATORS: dict[str, Creator] = {
    "collections": _collection,
    "indexes": _index,
    "databases": _database,
    "roles": _role,
    "functions": _function,
}
"""By kind: the entity of a new schema document, and the members that the document shows."""
