"""Whether a page may be believed: that it shows what it shows because there is no more.

A key that loses its right to read gets empty pages, not an error. A key that may read under a condition only gets pages
without the documents that do not fit it, and without the events of all deleted documents. So before a state says that
something was read, one query asks whether the page still shows what it showed, and whether the key may read everything.
A page and then a probe would not do: the right may come back in between, or another node may answer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from source_fauna.database import queries, questions
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.sync.identity import replacement
from source_fauna.sync.stream import Flow, StreamRun

logger = logging.getLogger("airbyte.source_fauna")

MOST_UNCONFIRMED = 10
"""Answers in a row that do not confirm a page, with 95 seconds of waits between them. A node knows of a change of roles
within a minute."""

LONGEST_WAIT_SECONDS = 16.0


@dataclass(frozen=True, kw_only=True)
class _Question:
    """Whether a claim is true, for a key that may read all; with a snapshot, in the collection that was read then.

    Without a claim the right to read is the whole question.
    """

    collection: str
    claim: Expression | None = None
    snapshot: int | None = None

    @property
    def expression(self) -> Expression:
        """What the server is asked: true, false, or the errors of the probe and of the definition."""
        claim = True if self.claim is None else self.claim
        confirmed = questions.confirmed(self.collection, claim)
        return confirmed if self.snapshot is None else questions.identified(self.collection, self.snapshot, confirmed)

    def and_also(self, claim: Expression) -> _Question:
        """The question whether another claim is true as well."""
        return replace(self, claim=claim if self.claim is None else questions.both(self.claim, claim))


def confirmed(run: StreamRun, claim: Expression | None = None) -> Flow[bool]:
    """Whether a claim is true for a key that may read all that there is; if not, the page is to be asked for again.

    A key that may read under a condition is accepted where no deletions are read. Raises FaunaError FORBIDDEN for a
    key that may read nothing, and config errors. All that the stream has asked for is dropped.
    """
    return (yield from _confirmed(run, _Question(collection=run.collection, claim=claim)))


def confirmed_since(run: StreamRun, snapshot: int, claim: Expression | None = None) -> Flow[bool]:
    """The same, in the collection that was read at the snapshot. Raises CollectionReplaced if it is another by now."""
    try:
        return (yield from _confirmed(run, _Question(collection=run.collection, claim=claim, snapshot=snapshot)))
    except FaunaError as error:
        replaced = replacement(error, then=snapshot)
        if replaced is not None:
            raise replaced from error
        if error.kind is not Kind.FORBIDDEN or not _concerns_definition(error):
            raise
    # The key may not read the definition of the collection.
    return (yield from confirmed(run, claim))


def refused(run: StreamRun, refusal: FaunaError) -> Flow[None]:
    """Find out why the bare probe behind a page was refused. Returns if the right is back: ask for the page again.

    Raises the refusal or a config error otherwise. All that the stream has asked for is dropped.
    """
    run.drop()
    yield from _under_condition(run, _Question(collection=run.collection), refusal)
    yield from _back_off(run, is_confirmed=False)


def guarded(run: StreamRun, flow: Flow[None]) -> Flow[None]:
    """The flow. When the server fails on a request every time, ask first whether the collection is gone."""
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
    return error.position[:2] == questions.DEFINITION or replacement(error, then=0) is not None


def _concerns_probe(error: FaunaError) -> bool:
    """Not if it lies within the claim: an index there may be refused too, which says nothing of documents."""
    return not _concerns_definition(error) and "if" not in error.position


def _under_condition(run: StreamRun, question: _Question, refusal: FaunaError) -> Flow[bool]:
    """The same for a key that may read what fits a condition, where no deletions are read.

    Raises the refusal if nothing fits it, or may be read at all.
    """
    something = questions.something_in(queries.first_id(run.collection))
    try:
        if (yield from _answer(run, question.and_also(something))):
            # The right is back. Without a claim that says nothing of the page, which may have been read without it.
            return question.claim is not None
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
    run.unconfirmed = 0 if is_confirmed else run.unconfirmed + 1
    if run.unconfirmed < 2:
        return
    if run.unconfirmed > MOST_UNCONFIRMED:
        raise TransientError(
            f"What the database shows of collection '{run.collection}' differs from one request to the next: its nodes "
            "do not agree on what the key may read. Sync again, or look at its nodes."
        )
    seconds = min(LONGEST_WAIT_SECONDS, 2.0 ** (run.unconfirmed - 2))
    logger.warning(
        "Stream '%s': what the database shows differs from one request to the next; asking again in %.0f seconds.",
        run.name,
        seconds,
    )
    yield from run.call(queries.now(), delay_seconds=seconds)
