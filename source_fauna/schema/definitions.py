"""The collections and indexes of a database, as their definitions tell."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from source_fauna.database import queries
from source_fauna.database.client import Client
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, not_fauna
from source_fauna.errors.table import Kind
from source_fauna.records.values import Json


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The definition of a collection; `history_days` of None is unlimited, `ts` is its last change (microseconds)."""

    name: str
    ts: int
    history_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Index:
    """The definition of an index. The server returns `source`, `values` and `terms` in the form they were given."""

    name: str
    ts: int
    active: bool
    source: Json
    values: tuple[dict[str, Json], ...] = ()
    terms: tuple[dict[str, Json], ...] = ()

    @property
    def source_names(self) -> tuple[str, ...]:
        """The collections whose documents it holds; `_` stands for all."""
        sources = self.source if isinstance(self.source, list) else [self.source]
        return tuple(_source_name(source) for source in sources)


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """Collections and indexes in the server's order, which is that of their creation.

    `indexes` is None when the key may not list them; `refused` are names of those that it may not read.
    """

    collections: tuple[Collection, ...]
    indexes: tuple[Index, ...] | None
    refused: frozenset[str] = frozenset()

    @cached_property
    def index_names(self) -> frozenset[str]:
        """The names that are taken."""
        return frozenset(index.name for index in self.indexes or ())

    def without(self, collections: Container[str]) -> Definitions:
        """The same without the collections of these names."""
        return replace(self, collections=tuple(one for one in self.collections if one.name not in collections))

    def refusing(self, indexes: frozenset[str]) -> Definitions:
        """The same for a key that may not read the indexes of these names."""
        return replace(self, refused=indexes)


Definition = TypeVar("Definition", Collection, Index)


class _Page(BaseModel, Generic[Definition]):
    data: tuple[Definition, ...]
    after: tuple[Any, ...] | None = None


def read_definitions(client: Client) -> Definitions:
    """All definitions, in one request unless there are very many of one sort or a right is missing.

    Raises a config error when the key may not list collections, and FaunaError.
    """
    try:
        answer = client.query(queries.together([queries.collections(), queries.indexes()]))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        return _read_separately(client)
    first, second = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
    return Definitions(
        collections=tuple(_all(client, first, queries.collections, _Page[Collection])),
        indexes=tuple(_all(client, second, queries.indexes, _Page[Index])),
    )


def index_of(definition: Json) -> Index:
    """The definition of an index as the server writes it. Raises FaunaError if it is none."""
    (index,) = _validated(_Page[Index], {"data": [definition]}).data
    return index


def _read_separately(client: Client) -> Definitions:
    collections = _listed(client, queries.collections, _Page[Collection])
    if collections is None:
        raise ConfigError("No permissions to list collections")
    return Definitions(collections=collections, indexes=_listed(client, queries.indexes, _Page[Index]))


def _listed(
    client: Client, build: Callable[[Expression], Expression], kind: type[_Page[Definition]]
) -> tuple[Definition, ...] | None:
    """The definitions of one sort; None when the key may not list them. Raises FaunaError."""
    try:
        first = client.query(build(None))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            return None
        raise
    return tuple(_all(client, first, build, kind))


def _all(
    client: Client, page: Json, build: Callable[[Expression], Expression], kind: type[_Page[Definition]]
) -> Iterator[Definition]:
    """The definitions of a page and of those after it. Raises FaunaError."""
    while True:
        found = _validated(kind, page)
        yield from found.data
        if found.after is None:
            return
        page = client.query(build(queries.schema_cursor(found.after)))


def _validated(kind: type[_Page[Definition]], page: Json) -> _Page[Definition]:
    """A page as what it should be. Something else than Fauna may answer with JSON, too: FaunaError NOT_FAUNA."""
    try:
        return kind.model_validate(page)
    except ValidationError:
        raise not_fauna() from None


def _source_name(source: Json) -> str:
    """The name in a source: a reference, an object with one (bindings beside it only add values), or the text `_`."""
    if not isinstance(source, dict):
        return str(source)
    return str(source["@ref"]["id"]) if "@ref" in source else _source_name(source.get("collection"))
