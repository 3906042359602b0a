"""Confirmations of a stream's pages: the rules of `rules.confirmation`, by its requests, again while nodes disagree.

Before a state says that something was read, its page is confirmed.
"""

from __future__ import annotations

import logging

from source_fauna.database import queries
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.rules.confirmation import Confirming, Question, confirming, confirming_refused, hides_deletions
from source_fauna.sync.identity import replacement
from source_fauna.sync.stream import Flow, StreamRun, taken

logger = logging.getLogger("airbyte.source_fauna")

MOST_UNCONFIRMED = 10
"""Answers in a row that do not confirm a page, with 95 seconds of waits between them. A node knows of a change of roles
within a minute."""

LONGEST_WAIT_SECONDS = 16.0


def confirmed(run: StreamRun, claim: Expression | None = None) -> Flow[bool]:
    """Whether a claim is true for a key that may read all that there is; if not, the page is to be asked for again.

    A key that may read under a condition is accepted where no deletions are read. Raises FaunaError FORBIDDEN for a
    key that may read nothing, and config errors. All that the stream has asked for is dropped.
    """
    return (yield from _confirmed(run, Question(collection=run.collection, claim=claim)))


def confirmed_since(run: StreamRun, snapshot: int, claim: Expression | None = None) -> Flow[bool]:
    """The same, in the collection that was read at the snapshot. Raises CollectionReplaced if it is another by now."""
    try:
        return (yield from _confirmed(run, Question(collection=run.collection, claim=claim, snapshot=snapshot)))
    except FaunaError as error:
        replaced = replacement(error, then=snapshot)
        if replaced is not None:
            raise replaced from error
        raise


def refused(run: StreamRun, refusal: FaunaError) -> Flow[None]:
    """Find out why the bare probe behind a page was refused. Returns if the right is back: ask for the page again.

    Raises the refusal or a config error otherwise. All that the stream has asked for is dropped.
    """
    run.drop()
    question = Question(collection=run.collection)
    yield from _answered(run, confirming_refused(question, refusal, condition=_condition(run)))
    yield from _back_off(run, is_confirmed=False)


def guarded(run: StreamRun, flow: Flow[None]) -> Flow[None]:
    """The flow. When the server fails on a request every time, ask first whether the collection is gone."""
    try:
        yield from flow
    except FaunaError as error:
        if error.kind is Kind.SERVER_FAULT:
            yield from confirmed(run)
        raise


def _confirmed(run: StreamRun, question: Question) -> Flow[bool]:
    run.drop()
    is_confirmed = yield from _answered(run, confirming(question, condition=_condition(run)))
    yield from _back_off(run, is_confirmed=is_confirmed)
    return is_confirmed


def _answered(run: StreamRun, steps: Confirming) -> Flow[bool]:
    return (yield from taken(steps, run.call))


def _condition(run: StreamRun) -> ConfigError | None:
    """The error for a key that may read under a condition; None where no deletions are read, which it would hide."""
    return None if run.deletions is None else hides_deletions(run.collection)


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
