"""Reads the definitions of a database, in as few requests as its size and the key's rights allow.

The right to read Collections() opens both lists. The list of indexes shows each index only to a key that may also read
Indexes(); without that right it is empty, not refused (recording `rights_lists`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic

from pydantic import BaseModel, TypeAdapter, ValidationError

from source_fauna.database import queries
from source_fauna.database.client import Client
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, not_fauna
from source_fauna.errors.table import Kind
from source_fauna.records.values import Json
from source_fauna.schema.definitions import (
    COLLECTION,
    INDEX,
    Collection,
    Definition,
    Definitions,
    Index,
    name_in,
    understood,
)
from source_fauna.schema.progress import Progress

logger = logging.getLogger("airbyte.source_fauna")


MOST_BYTES = 8 << 20
"""Of an answer with definitions, unless it holds one alone. A page that would be longer is asked for again, smaller."""


GROWTH = 4
"""How many times as large the next page is: few definitions are long."""


class _Page(BaseModel):
    data: list[Any]
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class _Sort(Generic[Definition]):
    """Collections or indexes: `build` makes the query of a page that begins at a cursor and has a size."""

    noun: str
    plural: str
    kind: TypeAdapter[Definition]
    build: Callable[[Expression, int], Expression]


@dataclass(frozen=True, kw_only=True)
class _List(Generic[Definition]):
    """All definitions of one sort, and the names of those that could not be understood."""

    found: tuple[Definition, ...]
    unclear: frozenset[str]


_COLLECTIONS: _Sort[Collection] = _Sort(
    noun="collection", plural="collections", kind=COLLECTION, build=queries.collections
)
_INDEXES: _Sort[Index] = _Sort(noun="index", plural="indexes", kind=INDEX, build=queries.indexes)


def read_definitions(client: Client, *, chosen_index: str | None, progress: Progress) -> Definitions:
    """All definitions that the key may see, and that of the index that the settings name.

    This takes one request, unless there are more than a thousand of one sort, some are very long, a right is missing,
    or the chosen index is not in the list. Raises a config error when the key may not list collections, and FaunaError.
    """
    try:
        answer, size = _ask(
            client,
            lambda size: queries.together([queries.collections(size=size), queries.indexes(size=size)]),
            size=queries.SCHEMA_PAGE_SIZE,
        )
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        found = _read_separately(client, progress)
    else:
        first, second = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
        found = _definitions(
            _all(client, first, size, _COLLECTIONS, progress),
            _all(client, second, size, _INDEXES, progress),
        )
    if chosen_index is None or found.indexes is None or chosen_index in found.index_names:
        return found
    return _with_unlisted(client, found, chosen_index)


def _read_separately(client: Client, progress: Progress) -> Definitions:
    collections = _listed(client, _COLLECTIONS, progress)
    if collections is None:
        raise ConfigError("No permissions to list collections")
    return _definitions(collections, _listed(client, _INDEXES, progress))


def _definitions(collections: _List[Collection], indexes: _List[Index] | None) -> Definitions:
    return Definitions(
        collections=collections.found,
        indexes=None if indexes is None else indexes.found,
        unclear_collections=collections.unclear,
        unclear_indexes=frozenset() if indexes is None else indexes.unclear,
    )


def _with_unlisted(client: Client, found: Definitions, name: str) -> Definitions:
    """The definitions with an index that the list does not show, if there is one of this name. Raises FaunaError."""
    try:
        definition = client.query(queries.index_definition(name))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            # For a name that no index has, the server answers 400 also to a key without the right.
            return replace(found, hidden=frozenset({name}))
        if error.kind in (Kind.UNDEFINED, Kind.MISSING):
            return found
        raise
    index = _understood(_INDEXES, definition)
    if index is None:
        return replace(found, unclear_indexes=found.unclear_indexes | {name})
    logger.info("Index '%s' is not in the list of indexes, but the key may read it by its name.", name)
    return replace(found, indexes=(*(found.indexes or ()), index))


def _listed(client: Client, sort: _Sort[Definition], progress: Progress) -> _List[Definition] | None:
    """The definitions of one sort; None when the key may not list them. Raises FaunaError."""
    try:
        first, size = _ask(client, lambda size: sort.build(None, size), size=queries.SCHEMA_PAGE_SIZE)
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            return None
        raise
    return _all(client, first, size, sort, progress)


def _ask(client: Client, build: Callable[[int], Expression], *, size: int) -> tuple[Json, int]:
    """Pages of definitions, and the size that was not too long. Raises FaunaError."""
    page = client.page(build, size=size, most_bytes=MOST_BYTES)
    return page.resource, page.size


def _all(client: Client, first: Json, size: int, sort: _Sort[Definition], progress: Progress) -> _List[Definition]:
    """The definitions of the first page, which was asked for by this size, and of those after it. Raises FaunaError."""
    found: list[Definition] = []
    unclear: set[str] = set()
    page = _page(first)
    while True:
        for definition in page.data:
            one = _understood(sort, definition)
            if one is None:
                unclear.add(name_in(definition))
            else:
                found.append(one)
        if page.after is None:
            return _List(found=tuple(found), unclear=frozenset(unclear))
        progress.tell(f"Reading the definitions of {sort.plural}", len(found))
        build = partial(sort.build, queries.schema_cursor(page.after))
        following, size = _ask(client, build, size=min(queries.SCHEMA_PAGE_SIZE, GROWTH * size))
        page = _page(following)


def _page(answer: Json) -> _Page:
    """A page of a list. Something else than Fauna may answer with JSON, too: FaunaError NOT_FAUNA."""
    try:
        return _Page.model_validate(answer)
    except ValidationError:
        raise not_fauna() from None


def _understood(sort: _Sort[Definition], definition: Json) -> Definition | None:
    """The definition, or None, with a warning, if it cannot be understood. Raises FaunaError NOT_FAUNA."""
    name = name_in(definition)
    one = understood(sort.kind, definition)
    if one is None:
        logger.warning("The definition of %s '%s' cannot be understood, so it is left out.", sort.noun, name)
    return one
