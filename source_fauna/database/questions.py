"""The FQL that verifies pages: whether a page is complete. bootstrap.md shows it, with the reasons.

An error can be an answer, too: if Get of a missing document fails with 404 and not 403, the key may read documents.
"""

from __future__ import annotations

from typing import Any

from source_fauna.database.fql import Expression, q
from source_fauna.database.queries import at, document, event_cursor, events_page, length


def probe(collection: str) -> Expression:
    """Get of a missing document. 404 means that the key may read the collection, and 403 that it may not.

    No document of a real application has the id 0. If one has, 200 means the same as 404.
    """
    return q.get(document(collection, 0))


def proven(collection: str, position: int, expression: Expression, *, by_definition: bool) -> Expression:
    """The expression, which fails if the history of the collection does not reach back to the position.

    Then the server answers 400 "less than minimum allowed timestamp". With `by_definition` it also fails as in
    `identified`, which needs the right to read definitions.
    """
    reading = q.paginate(q.documents(q.collection(collection)), size=1)
    proof = q.do(_has_its_name(collection), reading) if by_definition else reading
    return q.do(q.at(position, proof), expression)


def identified(collection: str, then: int, expression: Expression) -> Expression:
    """The expression, which fails unless the collection of this name existed at the time `then` with this name.

    404 "Collection not found.": the collection did not exist. 400 "transaction aborted": it had another name, which is
    in the description, so this name may have belonged to another collection. 403: the key may not read definitions.
    """
    return q.do(q.at(then, _has_its_name(collection)), expression)


def _has_its_name(collection: str) -> Expression:
    """True, or an abort with the collection's name at that time.

    The server resolves names at present, even under At (recording `renames`).
    """
    name = q.select("name", q.get(q.collection(collection)))
    return q.let(
        {"name": name},
        q.if_(q.equals(q.var("name"), collection), True, q.abort(q.var("name"))),  # noqa: FBT003 - by position
    )


DEFINITION = ("do", 0)
"""The position in `identified` of an error that concerns the definition of the collection."""

NOT_FOUND_THEN = "Collection not found."
"""The server's text for a collection that did not exist. For a document it is "Document not found."."""


def confirmed(collection: str, claim: Expression = True) -> Expression:  # noqa: FBT002 - an expression, no flag
    """The probe if the claim is true, and False otherwise. Without a claim, only the probe.

    404 confirms the claim, and 403 means that the key may not read everything. One query decides both, so that neither
    a change of the key's rights nor a node with outdated rights can come between them.
    """
    return q.if_(claim, q.do(probe(collection), True), False)  # noqa: FBT003 - the driver takes values by position


def nothing_in(*pages: Expression) -> Expression:
    """Whether all of the pages are empty."""
    return q.equals(0, *(length(page) for page in pages))


def something_in(page: Expression) -> Expression:
    """Whether the page is not empty."""
    return q.not_(nothing_in(page))


def both(one: Expression, other: Expression) -> Expression:
    """Whether both are true."""
    return q.and_(one, other)


def all_events_in(
    snapshot: int, collection: str, cursor: Expression, seen: int, after: dict[str, Any] | None
) -> Expression:
    """Whether a page of `seen` events was complete. The next page begins with `after`; None: there is no next page.

    There may be fewer events by now, because the server removes old history. So the event that now follows `seen`
    events may also be one after `after`.
    """
    events, following = q.var("events"), q.select(seen, q.var("events"))
    page = at(snapshot, events_page(collection, cursor, seen + 1))
    return q.let(
        {"events": q.select("data", page)},
        q.if_(
            q.lte(q.count(events), seen),
            True,  # noqa: FBT003 - the driver takes branches by position
            False if after is None else _is_not_before(following, event_cursor(after)),
        ),
    )


def _is_not_before(event: Expression, other: dict[str, Expression]) -> Expression:
    """Whether an event equals the other one, or has a greater ts."""
    ts = q.select("ts", event)
    same = [q.equals(q.select(key, event), other[key]) for key in ("ts", "action", "document")]
    return q.or_(q.gt(ts, other["ts"]), q.and_(*same))
