"""What a key may read: how to tell an empty collection from one that is closed to the key.

A collection that may not be read answers with empty pages, never with 403. Get of a missing document tells more: 404
when the key may read every document, 403 when it may read none, or those that fit a condition.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.progress import Progress
from source_fauna.schema.side_by_side import side_by_side

BATCH = 100
"""How many collections or indexes one request asks about: a page of one element is cheap, but not free."""

_GONE = (Kind.UNDEFINED, Kind.INACTIVE)
"""What is said of an index that was dropped, or created again, since it was listed. A sync that uses it reports it."""

_COLLECTIONS = "Asking which collections the key may read"
_INDEXES = "Asking which indexes the key may read"


class Rights(enum.Enum):
    """How much of a collection the key may read."""

    ALL = "all"
    SOME = "some"
    """The documents that fit a condition. The events of all deleted documents are hidden."""
    NONE = "none"
    """Nothing, or there is a condition that no document fits."""


def rights_of(client: Client, collection: str) -> Rights:
    """What the key may read of a collection, in at most two requests.

    Raises FaunaError, of the kind UNDEFINED if there is no such collection.
    """
    try:
        client.query(questions.probe(collection))
    except FaunaError as error:
        if error.kind is Kind.MISSING:
            return Rights.ALL
        if error.kind is not Kind.FORBIDDEN:
            raise
    else:
        return Rights.ALL
    return Rights.SOME if client.query(queries.first_id(collection))["data"] else Rights.NONE


def rights_of_each(
    client: Client, collections: Sequence[str], *, at_once: int, progress: Progress
) -> dict[str, Rights]:
    """The `rights_of` each collection, by name. A collection that was dropped since it was listed counts as open.

    Raises FaunaError.
    """
    ask = partial(_rights_if_there, client)
    return side_by_side(ask, collections, at_once=at_once, progress=progress, doing=_COLLECTIONS)


def closed_collections(
    client: Client, collections: Sequence[str], *, at_once: int, progress: Progress
) -> frozenset[str]:
    """The collections of which the key may read nothing.

    One request tells of many collections whether something may be read; only those that seem empty are asked about one
    by one. Raises FaunaError.
    """
    seemingly_empty: list[str] = []
    for done, batch in _batches(collections):
        seemingly_empty += _seemingly_empty(client, batch)
        progress.tell(_COLLECTIONS, done, len(collections))
    return closed(rights_of_each(client, seemingly_empty, at_once=at_once, progress=progress))


def closed(rights: Mapping[str, Rights]) -> frozenset[str]:
    """The collections of which the key may read nothing."""
    return frozenset(name for name, right in rights.items() if right is Rights.NONE)


def _seemingly_empty(client: Client, collections: Sequence[str]) -> list[str]:
    """The collections whose first page is empty.

    All of them when one was dropped since it was listed: its error fails the request as a whole.
    """
    try:
        pages = client.query(queries.together([queries.first_id(name) for name in collections]))
    except FaunaError as error:
        if error.kind is Kind.UNDEFINED:
            return list(collections)
        raise
    return [name for name, page in zip(collections, pages, strict=True) if not page["data"]]


def _rights_if_there(client: Client, collection: str) -> Rights:
    try:
        return rights_of(client, collection)
    except FaunaError as error:
        if error.kind is Kind.UNDEFINED:
            return Rights.ALL
        raise


def refused_indexes(client: Client, indexes: Sequence[str], *, at_once: int, progress: Progress) -> frozenset[str]:
    """The indexes that the key may not read. Raises FaunaError.

    One request asks for many, and fails as a whole if one of them is refused or was dropped just now. Then each is
    asked for by itself.
    """
    try:
        for done, batch in _batches(indexes):
            client.query(queries.together([queries.index_page(name) for name in batch]))
            progress.tell(_INDEXES, done, len(indexes))
    except FaunaError as error:
        if error.kind not in (Kind.FORBIDDEN, *_GONE):
            raise
    else:
        return frozenset()
    ask = partial(_is_refused, client)
    answers = side_by_side(ask, indexes, at_once=at_once, progress=progress, doing=_INDEXES)
    return frozenset(name for name, refused in answers.items() if refused)


def _is_refused(client: Client, index: str) -> bool:
    try:
        client.query(queries.index_page(index))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            return True
        if error.kind not in _GONE:
            raise
    return False


def _batches(names: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Batches of names, each with how many names there are up to its end."""
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        yield start + len(batch), batch
