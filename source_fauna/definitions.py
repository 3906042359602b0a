"""The collections and indexes of a database, and the one rule which index serves a collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_fauna import queries
from source_fauna.errors import FaunaError, Kind, config_error

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from source_fauna.client import Client
    from source_fauna.queries import Expression
    from source_fauna.values import Json

REQUIRED_VALUES = ("ts", "ref")
"""What the values of a fitting index begin with."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The definition of a collection; `history_days` of None is unlimited, `ts` is its last change (microseconds)."""

    name: str
    history_days: int | None
    ts: int


@dataclass(frozen=True, kw_only=True)
class Index:
    """The definition of an index. The server returns `source`, `values` and `terms` in the form they were given."""

    name: str
    ts: int
    active: bool
    source: Json
    values: tuple[Json, ...]
    terms: tuple[Json, ...]

    @property
    def source_names(self) -> tuple[str, ...]:
        """The collections whose documents it holds; `_` stands for all."""
        sources = self.source if isinstance(self.source, list) else [self.source]
        return tuple(_source_name(source) for source in sources)


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """Collections and indexes in the server's order, which is that of their creation.

    `indexes` is None when the key may not list them.
    """

    collections: tuple[Collection, ...]
    indexes: tuple[Index, ...] | None

    def without(
        self, *, collections: Container[str] = frozenset(), indexes: Container[str] = frozenset()
    ) -> Definitions:
        """Leave out the collections and the indexes of these names."""
        return Definitions(
            collections=tuple(one for one in self.collections if one.name not in collections),
            indexes=self.indexes and tuple(one for one in self.indexes if one.name not in indexes),
        )


def read_definitions(client: Client) -> Definitions:
    """Read all definitions, in one request unless there are very many of one sort or a right is missing.

    Raises a config error when the key may not list collections, and FaunaError.
    """
    try:
        first, second = client.query(queries.together([queries.collections(), queries.indexes()]))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        return _read_separately(client)
    return Definitions(
        collections=tuple(map(_collection, _all(client, first, queries.collections))),
        indexes=tuple(map(_index, _all(client, second, queries.indexes))),
    )


def fitting_index(collection: Collection, indexes: Iterable[Index] | None, preferred_name: str | None) -> Index | None:
    """Give the index by which the collection can be read incrementally: the first that fits, or None."""
    return next(iter(fitting_indexes(collection, indexes, preferred_name)), None)


def fitting_indexes(
    collection: Collection, indexes: Iterable[Index] | None, preferred_name: str | None
) -> tuple[Index, ...]:
    """Give all indexes by which the collection can be read incrementally; with a preferred name, at most that."""
    return tuple(
        index
        for index in indexes or ()
        if preferred_name in (None, index.name) and misfit(index, collection.name) is None
    )


def index_complaint(collection: Collection, indexes: Iterable[Index], name: str) -> str | None:
    """Say why the collection cannot be read incrementally by the index of this name; None if it can."""
    index = next((index for index in indexes if index.name == name), None)
    return f"Index '{name}' does not exist" if index is None else misfit(index, collection.name)


def misfit(index: Index, collection: str) -> str | None:
    """Say why the index does not serve the collection, in the words that users know; None if it does."""
    if index.source_names != (collection,):
        sources = ", ".join(index.source_names)
        return f"Index '{index.name}' should have source '{collection}', but it has source '{sources}'"
    if not _begins_with_required(index.values):
        expected = [{"field": name} for name in REQUIRED_VALUES]
        return f"Index should have values {expected}, but it has values {list(index.values)}"
    if index.terms:
        return f"Index '{index.name}' should have no terms, but it has terms {list(index.terms)}"
    if not index.active:
        return f"Index '{index.name}' is still being built: it can be used when it is active"
    return None


def creation_line(collection: Collection, indexes: Iterable[Index] | None) -> str:
    """Write the FQL that creates a fitting index, in the syntax of fauna-shell, under a name that is free."""
    taken = {index.name for index in indexes or ()}
    name = f"{collection.name}_by_ts"
    number = 2
    while name in taken:
        name = f"{collection.name}_by_ts_{number}"
        number += 1
    return (
        f'CreateIndex({{name: "{name}", source: Collection("{collection.name}"), '
        'values: [{field: ["ts"]}, {field: ["ref"]}]})'
    )


def _read_separately(client: Client) -> Definitions:
    try:
        collections = tuple(map(_collection, _all(client, None, queries.collections)))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            raise config_error("No permissions to list collections") from error
        raise
    try:
        indexes = tuple(map(_index, _all(client, None, queries.indexes)))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            return Definitions(collections=collections, indexes=None)
        raise
    return Definitions(collections=collections, indexes=indexes)


def _all(client: Client, page: Json | None, build: Callable[[Expression], Expression]) -> Iterator[Json]:
    """Yield the definitions of a page and of those after it; without a page, from the first."""
    page = client.query(build(None)) if page is None else page
    yield from page["data"]
    while "after" in page:
        page = client.query(build(queries.schema_cursor(page["after"])))
        yield from page["data"]


def _collection(definition: Json) -> Collection:
    return Collection(name=definition["name"], history_days=definition.get("history_days"), ts=definition["ts"])


def _index(definition: Json) -> Index:
    return Index(
        name=definition["name"],
        ts=definition["ts"],
        active=definition["active"],
        source=definition["source"],
        values=tuple(definition.get("values", ())),
        terms=tuple(definition.get("terms", ())),
    )


def _source_name(source: Json) -> str:
    """Read a source: a reference, an object with one (bindings beside it only add values), or the text `_`."""
    if not isinstance(source, dict):
        return str(source)
    return str(source["@ref"]["id"]) if "@ref" in source else _source_name(source["collection"])


def _begins_with_required(values: tuple[Json, ...]) -> bool:
    heads = values[: len(REQUIRED_VALUES)]
    fields = tuple(_field(value) for value in heads)
    return fields == REQUIRED_VALUES and not any(value.get("reverse") for value in heads)


def _field(value: Json) -> Json:
    field = value.get("field")
    return field[0] if isinstance(field, list) and len(field) == 1 else field
