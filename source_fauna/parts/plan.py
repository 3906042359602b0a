"""What is read, and at which snapshot: a collection pinned, counted, and cut into parts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from source_fauna.config.config import Config
from source_fauna.database import queries
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.parts import expressions
from source_fauna.parts.ahead import ahead
from source_fauna.parts.cuts import Answer, Planner, Question
from source_fauna.parts.extents import Ids
from source_fauna.parts.part import Documents
from source_fauna.records.inference import FoundColumn
from source_fauna.records.layout import names_in
from source_fauna.records.values import Json, time_text
from source_fauna.schema import rights
from source_fauna.schema.definitions import COLLECTION, Collection, understood
from source_fauna.schema.found import found_columns
from source_fauna.schema.history import raising_line
from source_fauna.schema.streams import closed_message

logger = logging.getLogger("airbyte.source_fauna")

LONG_HISTORY_DAYS = 1
"""Below this, a job of some hours can outlast the history that its snapshot needs."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A collection at a time, in microseconds. `is_conditional`: the key may read what fits a condition.

    `definition` is that of this time. It has no `fields` where the key may not read it.
    """

    collection: str
    ts: int
    is_conditional: bool
    definition: Collection


def chosen(config: Config) -> str:
    """The collection that the config names: whoever reads one has named it."""
    assert config.collection_name is not None  # noqa: S101 - a caller that did not is at fault
    return config.collection_name


def pin(client: Client, collection: str, ts: int | None = None) -> Snapshot:
    """The collection now, or at a time in the past.

    Raises FaunaError, and a config error where there is nothing to read, or no right to.
    """
    try:
        now, definition = _now_and_definition(client, collection, ts)
        allowed = rights.rights_of(client.query, collection)
    except FaunaError as error:
        if error.kind is Kind.UNDEFINED:
            raise ConfigError(f"Collection '{collection}' does not exist") from error
        raise
    if ts is not None and ts > now:
        raise ConfigError(f"snapshot is {time_text(ts)}, which is later than the database's time, {time_text(now)}")
    if definition is None:
        logger.warning(
            "The key may not read the definition of collection '%s', so a collection that is deleted and created again "
            "under its name cannot be noticed. Give the role read on Collections().",
            collection,
        )
    else:
        if definition["name"] != collection:
            raise _not_there(collection, ts or now)
        _warn_of_outlasting_history(collection, definition.get("history_days"))
    if allowed is rights.Rights.NONE:
        raise ConfigError(closed_message(collection))
    at = ts or now
    return Snapshot(
        collection=collection,
        ts=at,
        is_conditional=allowed is rights.Rights.SOME,
        definition=understood(COLLECTION, definition) or Collection(name=collection, ts=at),
    )


def fields_of(snapshot: Snapshot, client: Client, config: Config) -> tuple[FoundColumn, ...]:
    """The found columns of the collection at the snapshot; none unless the config asks for them. Raises FaunaError."""
    if config.sample_size is None:
        return ()
    return found_columns(
        client,
        snapshot.definition,
        sample_size=config.sample_size,
        names=names_in(config),
        snapshot=snapshot.ts,
    )


def parts_of(
    snapshot: Snapshot, client: Client, *, parts: int | None, slots: int, since: int | None = None
) -> list[Documents]:
    """The documents of the snapshot, cut into about so many parts of the same size; None: by how many there are.

    `slots` requests are asked at once. Raises FaunaError.
    """
    planner = Planner(parts=parts, slots=slots)
    for question, answer in _answers(client, snapshot, planner, slots):
        planner.answer(question, answer)
    return [
        Documents(
            collection=snapshot.collection,
            snapshot=snapshot.ts,
            low=each.low,
            high=each.high,
            count=each.count,
            since=since,
            is_conditional=snapshot.is_conditional,
        )
        for each in planner.parts()
    ]


def _answers(
    client: Client, snapshot: Snapshot, planner: Planner, slots: int
) -> Iterator[tuple[Question, Answer[int]]]:
    """The answers to all that the planner asks, as they come."""
    pool = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="plan")
    pending: dict[Future[Answer[int]], Question] = {}
    try:
        while not planner.done:
            pending.update({pool.submit(_ask, client, snapshot, each): each for each in planner.questions()})
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield pending.pop(future), future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ask(client: Client, snapshot: Snapshot, question: Question) -> Answer[int]:
    ids = Ids(collection=snapshot.collection, snapshot=snapshot.ts, high=question.high)
    return ahead(client, ids, question.low, step=question.step, size=question.size)


def _now_and_definition(client: Client, collection: str, ts: int | None) -> tuple[int, dict[str, Json] | None]:
    """The database's time, and the definition that the collection had then; None for a key that may not read it."""
    definition = expressions.definition(collection)
    try:
        now, found = client.query(queries.together([queries.now(), queries.at(ts, definition)]))
    except FaunaError as error:
        if error.kind is Kind.MISSING and ts is not None:
            raise _not_there(collection, ts) from error
        if error.kind is not Kind.FORBIDDEN:
            raise
        return int(client.query(queries.now())), None
    return now, found


def _not_there(collection: str, ts: int) -> ConfigError:
    return ConfigError(f"Collection '{collection}' did not exist at {time_text(ts)}, or had another name then")


def _warn_of_outlasting_history(collection: str, days: object) -> None:
    if isinstance(days, int) and days < LONG_HISTORY_DAYS:
        logger.warning(
            "Collection '%s' keeps %d days of history: reading it fails when it takes longer than that plus 15 "
            "minutes. This raises it: %s",
            collection,
            days,
            raising_line(collection),
        )
