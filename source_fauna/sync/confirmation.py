"""Whether a page may be believed: that it shows what it shows because there is no more.

A key that loses its right to read gets empty pages, and one whose right comes under a condition gets pages without what
does not fit it, and without the events of all deleted documents; neither is an error. So before a state says that
something was read, one query asks whether the page still shows what it showed, and for the right to read everything. A
page before and a probe after it would not do: the right may have been given back in between, or another node may have
answered.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from source_fauna.database import queries, questions
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.sync.stream import Flow, StreamRun

logger = logging.getLogger("airbyte.source_fauna")

MOST_DOUBTS = 10
"""Answers in a row that do not confirm a page, with 95 seconds of waits between them: a node knows of a change of roles
within a minute."""

LONGEST_WAIT_SECONDS = 16.0


class CollectionRecreated(Exception):
    """The collection that was read at a snapshot is gone, and another bears its name."""


@dataclass(frozen=True, kw_only=True)
class _Question:
    """Whether a claim is true, for a key that may read all; with a snapshot, in the collection that existed then."""

    collection: str
    claim: Expression
    snapshot: int | None = None

    @property
    def expression(self) -> Expression:
        """What the server is asked: true, false, or the errors of the probe and of the definition."""
        confirmed = questions.confirmed(self.collection, self.claim)
        return confirmed if self.snapshot is None else questions.existed(self.collection, self.snapshot, confirmed)


def confirmed(run: StreamRun, claim: Expression = questions.NO_CLAIM) -> Flow[bool]:
    """Whether a claim is true for a key that may read all that there is; if not, the page is to be asked for again.

    A key that may read what fits a condition is borne where no deletions are read. Raises FaunaError FORBIDDEN for a
    key that may read nothing, and config errors. All that the stream has asked for is dropped.
    """
    return (yield from _confirmed(run, _Question(collection=run.collection, claim=claim)))


def confirmed_since(run: StreamRun, snapshot: int, claim: Expression = questions.NO_CLAIM) -> Flow[bool]:
    """The same, in the collection that existed at the snapshot. Raises CollectionRecreated if it is another by now."""
    try:
        return (yield from _confirmed(run, _Question(collection=run.collection, claim=claim, snapshot=snapshot)))
    except FaunaError as error:
        if not _concerns_definition(error) or error.kind not in (Kind.MISSING, Kind.FORBIDDEN):
            raise
        if error.kind is Kind.MISSING:
            raise CollectionRecreated from error
    # The key may not read the definition of the collection.
    return (yield from confirmed(run, claim))


def refused(run: StreamRun, refusal: FaunaError) -> Flow[None]:
    """What it means that a bare probe behind a page was refused: that page is asked for again, if the right is back.

    Raises the refusal or a config error otherwise. All that the stream has asked for is dropped.
    """
    run.drop()
    yield from _under_condition(run, _Question(collection=run.collection, claim=questions.NO_CLAIM), refusal)
    yield from _back_off(run, is_confirmed=False)


def guarded(run: StreamRun, flow: Flow[None]) -> Flow[None]:
    """The flow; when the server fails on a request every time, its collection may be gone: that is asked first."""
    try:
        yield from flow
    except FaunaError as error:
        if error.kind is Kind.SERVER_FAULT:
            yield from confirmed(run)
        raise


def _confirmed(run: StreamRun, question: _Question) -> Flow[bool]:
    run.drop()
    try:
        is_confirmed = yield from _answer(run, question)
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN or not _concerns_probe(error):
            raise
        is_confirmed = yield from _under_condition(run, question, error)
    yield from _back_off(run, is_confirmed=is_confirmed)
    return is_confirmed


def _answer(run: StreamRun, question: _Question) -> Flow[bool]:
    try:
        return bool((yield from run.call(question.expression)))
    except FaunaError as error:
        if error.kind is not Kind.MISSING or not _concerns_probe(error):
            raise
        return True


def _concerns_definition(error: FaunaError) -> bool:
    """Told by its text as well: what is taken for an answer of the probe would confirm a page of another collection."""
    return error.position[:2] == questions.DEFINITION or error.description == questions.NOT_FOUND_THEN


def _concerns_probe(error: FaunaError) -> bool:
    """An index within the claim may be refused as well, which tells nothing of the right to read documents."""
    return not _concerns_definition(error) and "if" not in error.position


def _under_condition(run: StreamRun, question: _Question, refusal: FaunaError) -> Flow[bool]:
    """The same for a key that may read what fits a condition, where no deletions are read.

    Raises the refusal if nothing fits it, or may be read at all.
    """
    something = questions.something_in(queries.first_id(run.collection))
    try:
        if (yield from _answer(run, replace(question, claim=questions.both(question.claim, something)))):
            # The right is back. A bare probe says nothing of a page that was read without it.
            return question.claim is not questions.NO_CLAIM
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN or not _concerns_probe(error):
            raise
        if run.deletions is None:
            return True
        raise ConfigError(
            f"The key may read collection '{run.collection}' under a condition only, which hides the events of "
            "deleted documents, so their deletions would be lost. Give its role read without a condition, or "
            "switch deletions off."
        ) from error
    if (yield from run.call(something)):
        return False
    raise refusal


def _back_off(run: StreamRun, *, is_confirmed: bool) -> Flow[None]:
    """Wait longer and longer while pages are not confirmed, and give up in the end."""
    run.doubts = 0 if is_confirmed else run.doubts + 1
    if run.doubts < 2:
        return
    if run.doubts > MOST_DOUBTS:
        raise TransientError(
            f"What the database shows of collection '{run.collection}' differs from one request to the next: its nodes "
            "do not agree on what the key may read. Sync again, or look at its nodes."
        )
    seconds = min(LONGEST_WAIT_SECONDS, 2.0 ** (run.doubts - 2))
    logger.warning(
        "Stream '%s': what the database shows differs from one request to the next; asking again in %.0f seconds.",
        run.name,
        seconds,
    )
    yield from run.call(queries.now(), delay_seconds=seconds)
