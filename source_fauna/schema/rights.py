"""What a key may read: how to tell an empty collection from one that is closed to the key.

A collection that may not be read answers with empty pages, never with 403. Get of a missing document tells more: 404
when the key may read every document, 403 when it may read none, or those that fit a condition.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.progress import Progress
from source_fauna.schema.side_by_side import side_by_side

logger = logging.getLogger("airbyte.source_fauna")

Answer = TypeVar("Answer")

BATCH = 100
"""How many collections or indexes one request asks about: a page of one element is cheap, but not free."""

MOST_FAILED = 5
"""How many collections or indexes the server may fail on. Where it fails on more, the fault is not that of one."""

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


Ask: TypeAlias = Callable[[Expression], Any]
"""The resource of an expression, or FaunaError: `Client.query`, or `Client.question` for one of many."""


def rights_of(ask: Ask, collection: str) -> Rights:
    """What the key may read of a collection, in at most two requests.

    Raises FaunaError, of the kind UNDEFINED if there is no such collection.
    """
    try:
        ask(questions.probe(collection))
    except FaunaError as error:
        if error.kind is Kind.MISSING:
            return Rights.ALL
        if error.kind is not Kind.FORBIDDEN:
            raise
    else:
        return Rights.ALL
    return Rights.SOME if ask(queries.first_id(collection))["data"] else Rights.NONE


def rights_of_each(
    client: Client, collections: Sequence[str], *, at_once: int, progress: Progress
) -> dict[str, Rights]:
    """The `rights_of` each collection, by name. A collection that was dropped since it was listed counts as open.

    So does one that the server fails on, unless it fails on all of them: its own stream will tell. Raises FaunaError.
    """
    return _rights_of_each(client, collections, of=len(collections), at_once=at_once, progress=progress)


def _rights_of_each(
    client: Client, collections: Sequence[str], *, of: int, at_once: int, progress: Progress
) -> dict[str, Rights]:
    """The same for those that seem empty, out of so many."""
    spare = _Spared(noun="collection", most=min(MOST_FAILED, of - 1))
    ask = spare.asking(partial(_rights_if_there, client.question), otherwise=Rights.ALL)
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
    of = len(collections)
    return closed(_rights_of_each(client, seemingly_empty, of=of, at_once=at_once, progress=progress))


def closed(rights: Mapping[str, Rights]) -> frozenset[str]:
    """The collections of which the key may read nothing."""
    return frozenset(name for name, right in rights.items() if right is Rights.NONE)


def _seemingly_empty(client: Client, collections: Sequence[str]) -> list[str]:
    """The collections whose first page is empty.

    All of them when one was dropped since it was listed, or the server fails on one: that fails the request as a whole.
    """
    try:
        pages = client.question(queries.together([queries.first_id(name) for name in collections]))
    except FaunaError as error:
        if error.kind is Kind.UNDEFINED or error.concerns_request:
            return list(collections)
        raise
    return [name for name, page in zip(collections, pages, strict=True) if not page["data"]]


def _rights_if_there(ask: Ask, collection: str) -> Rights:
    try:
        return rights_of(ask, collection)
    except FaunaError as error:
        if error.kind is Kind.UNDEFINED:
            return Rights.ALL
        raise


def refused_indexes(client: Client, indexes: Sequence[str], *, at_once: int, progress: Progress) -> frozenset[str]:
    """The indexes that the key may not read. Raises FaunaError.

    One request asks for many, and fails as a whole if one of them is refused or was dropped just now, or the server
    fails on it. Then each is asked for by itself. One that the server fails on is not among the refused: the stream
    that uses it will tell.
    """
    try:
        for done, batch in _batches(indexes):
            client.question(queries.together([queries.index_page(name) for name in batch]))
            progress.tell(_INDEXES, done, len(indexes))
    except FaunaError as error:
        if error.kind not in (Kind.FORBIDDEN, *_GONE) and not error.concerns_request:
            raise
    else:
        return frozenset()
    ask = _Spared(noun="index", most=MOST_FAILED).asking(partial(is_refused, client.question), otherwise=False)
    answers = side_by_side(ask, indexes, at_once=at_once, progress=progress, doing=_INDEXES)
    return frozenset(name for name, refused in answers.items() if refused)


def is_refused(ask: Ask, index: str) -> bool:
    """Whether the key may not read the index. False if it was dropped since it was listed. Raises FaunaError."""
    try:
        ask(queries.index_page(index))
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


class _Spared:
    """Some collections or indexes that the server fails on, at most so many: the others are not to suffer."""

    def __init__(self, *, noun: str, most: int) -> None:
        self._noun = noun
        self._most = most
        self._failed: list[str] = []

    def asking(self, ask: Callable[[str], Answer], *, otherwise: Answer) -> Callable[[str], Answer]:
        """The same question, with another answer where the server fails on it. Raises FaunaError."""

        def spare(name: str) -> Answer:
            try:
                return ask(name)
            except FaunaError as error:
                self._failed.append(name)
                if not error.concerns_request or len(self._failed) > self._most:
                    raise
                logger.warning(
                    "The database fails on %s '%s', so it is not known whether the key may read it: %s.",
                    self._noun,
                    name,
                    error.reason,
                )
                return otherwise

        return spare
