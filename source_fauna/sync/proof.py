"""Whether a page may be believed: that it shows nothing, or no more, because there is no more.

A key that loses its right to read gets empty pages, and one whose right comes under a condition gets pages without the
events of deleted documents; neither is an error. So before a state says that something is finished, one query asks
whether the page still shows what it showed, and for the right to read everything. A page before and a probe after it
would not do: the right may have been given back in between, or another node may have answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_fauna import queries
from source_fauna.errors import FaunaError, Kind, config_error

if TYPE_CHECKING:
    from source_fauna.queries import Expression
    from source_fauna.sync.stream import Flow, StreamRun


class CollectionRecreated(Exception):
    """The collection that was read at a snapshot is gone, and another bears its name."""


def confirmed(run: StreamRun, held: Expression = True) -> Flow[bool]:  # noqa: FBT002 - an expression, not a flag
    """Whether what is held to be true is so, for a key that may read everything.

    Raises FaunaError FORBIDDEN for a key that may not, and a config error for one that may not read deletions.
    """
    run.drop()
    try:
        return (yield from _answer(run, queries.confirmed(run.collection, held)))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        return (yield from _under_condition(run, held, error))


def confirmed_since(run: StreamRun, snapshot: int, held: Expression = True) -> Flow[bool]:  # noqa: FBT002
    """The same, in the collection that existed at the snapshot. Raises CollectionRecreated if it is another by now."""
    run.drop()
    question = queries.confirmed(run.collection, held)
    try:
        return (yield from _answer(run, queries.existed(run.collection, snapshot, question)))
    except FaunaError as error:
        if error.kind is Kind.MISSING:
            raise CollectionRecreated from error
        if error.kind is not Kind.FORBIDDEN:
            raise
    # Either the definition may not be read, or the documents.
    return (yield from confirmed(run, held))


def guarded(run: StreamRun, flow: Flow[None]) -> Flow[None]:
    """The flow; when the server fails on a request every time, its collection may be gone: that is asked first."""
    try:
        yield from flow
    except FaunaError as error:
        if error.kind is Kind.SERVER_FAULT:
            yield from confirmed(run)
        raise


def _answer(run: StreamRun, question: Expression) -> Flow[bool]:
    try:
        return bool((yield from run.call(question)))
    except FaunaError as error:
        if error.kind is not Kind.MISSING or error.position[:2] == queries.DEFINITION:
            raise
        return True


def _under_condition(run: StreamRun, held: Expression, refusal: FaunaError) -> Flow[bool]:
    """The same for a key that may read what fits a condition, where no deletions are asked for.

    A condition hides the events of all deleted documents. Raises the refusal if nothing fits it, or may be read at all.
    """
    something = queries.something_in(queries.first_id(run.collection))
    try:
        is_so = yield from _answer(run, queries.confirmed(run.collection, queries.both(held, something)))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        if run.deletions is None:
            return True
        raise config_error(
            f"The key may read collection '{run.collection}' under a condition only, which hides the events of "
            "deleted documents, so their deletions would be lost. Give its role read without a condition, or "
            "switch deletions off."
        ) from error
    if not is_so:
        raise refusal
    return True
