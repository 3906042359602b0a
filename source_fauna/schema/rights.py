"""What a key may read: the answers that tell an empty collection from one that is closed.

A collection that may not be read answers with empty pages, never with 403. Get of a missing document tells more:
404 when its read is free, 403 when there is none or a condition decides, document by document.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind

BATCH = 100
"""Collections or indexes asked about in one request: pages of one are cheap, but not free."""

_GONE = (Kind.UNDEFINED, Kind.INACTIVE)
"""An index that was dropped, or made again, since it was listed: whoever reads by it will be told."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Rights(enum.Enum):
    """How much of a collection the key may read."""

    ALL = "all"
    SOME = "some"
    """What fits a condition. It hides the events of all deleted documents."""
    NONE = "none"
    """Nothing, or nothing that is there fits the condition."""


def rights_of(client: Client, collection: str) -> Rights:
    """What of the collection may be read, in two requests at most. Raises FaunaError (UNDEFINED: no such one)."""
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


def rights_of_each(client: Client, collections: Sequence[str], *, at_once: int) -> list[Rights]:
    """The `rights_of` each collection; nothing closes one that was dropped since it was listed. Raises FaunaError."""
    return _side_by_side(lambda name: _rights_if_there(client, name), collections, at_once=at_once)


def closed_collections(client: Client, collections: Sequence[str], *, at_once: int) -> frozenset[str]:
    """The collections of which nothing may be read.

    One request tells of many that something may be read; only those that seem empty are asked about one by one.
    Raises FaunaError.
    """
    seemingly_empty = [name for batch in _batches(collections) for name in _seemingly_empty(client, batch)]
    answers = rights_of_each(client, seemingly_empty, at_once=at_once)
    return frozenset(name for name, answer in zip(seemingly_empty, answers, strict=True) if answer is Rights.NONE)


def _seemingly_empty(client: Client, collections: Sequence[str]) -> list[str]:
    """Those of which a page shows nothing; all of them when one was dropped since it was listed, which fails all."""
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


def refused_indexes(client: Client, indexes: Sequence[str], *, at_once: int) -> frozenset[str]:
    """The indexes that the key may not read. Raises FaunaError.

    One request asks for many, and fails as a whole if one of them is refused, or was dropped just now; then each is
    asked for by itself.
    """
    try:
        for batch in _batches(indexes):
            client.query(queries.together([queries.index_page(name) for name in batch]))
    except FaunaError as error:
        if error.kind not in (Kind.FORBIDDEN, *_GONE):
            raise
    else:
        return frozenset()
    answers = _side_by_side(lambda name: _is_refused(client, name), indexes, at_once=at_once)
    return frozenset(name for name, refused in zip(indexes, answers, strict=True) if refused)


def _is_refused(client: Client, index: str) -> bool:
    try:
        client.query(queries.index_page(index))
    except FaunaError as error:
        if error.kind is Kind.FORBIDDEN:
            return True
        if error.kind not in _GONE:
            raise
    return False


def _batches(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + BATCH] for start in range(0, len(names), BATCH)]


def _side_by_side(ask: Callable[[Item], Answer], items: Sequence[Item], *, at_once: int) -> list[Answer]:
    pool = ThreadPoolExecutor(max_workers=at_once)
    try:
        return list(pool.map(ask, items))
    finally:
        pool.shutdown(cancel_futures=True)
