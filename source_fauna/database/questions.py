"""The FQL of what is asked about pages: whether they may be believed. bootstrap.md shows it, with the reasons.

A question is answered by an error, too: that a missing document may be looked for tells that documents may be read.
"""

from __future__ import annotations

from typing import Any

from source_fauna.database.fql import Expression, q
from source_fauna.database.queries import at, document, event_cursor, events_page, length


def probe(collection: str) -> Expression:
    """Get of a missing document: 404 tells that the collection may be read, 403 that it may not.

    No document of a real application has the id 0; if one has, 200 tells the same as 404.
    """
    return q.get(document(collection, 0))


def proven(collection: str, position: int, expression: Expression, *, by_definition: bool) -> Expression:
    """The expression, refused when the history of the collection does not reach back to the position.

    400 "less than minimum allowed timestamp": the position lies below the minimum valid time. The rest is as in
    `identified`; it needs the right to read definitions, and is left out unless `by_definition`.
    """
    reading = q.paginate(q.documents(q.collection(collection)), size=1)
    proof = q.do(_bears_its_name(collection), reading) if by_definition else reading
    return q.do(q.at(position, proof), expression)


def identified(collection: str, then: int, expression: Expression) -> Expression:
    """The expression, refused unless the collection of this name existed at the time `then` and bore the name.

    404 "Collection not found.": it did not exist. 400 "transaction aborted": it was called as the description says, so
    another collection may have borne the name. 403: the key may not read definitions.
    """
    return q.do(q.at(then, _bears_its_name(collection)), expression)


def _bears_its_name(collection: str) -> Expression:
    """True, or an error. Names are resolved at present, also under At (recording `renames`)."""
    name = q.select("name", q.get(q.collection(collection)))
    return q.let(
        {"name": name},
        q.if_(q.equals(q.var("name"), collection), True, q.abort(q.var("name"))),  # noqa: FBT003 - by position
    )


DEFINITION = ("do", 0)
"""Where in `identified` the server sees an error that concerns the definition of the collection."""

NOT_FOUND_THEN = "Collection not found."
"""What the server says of a collection that did not exist; of a document it says "Document not found."."""


def confirmed(collection: str, claim: Expression = True) -> Expression:  # noqa: FBT002 - an expression, no flag
    """The probe, if the claim is true; else False. Without a claim the probe alone is the question.

    404 confirms it, 403 tells that the key may not read everything. One query decides both, so that no change of the
    key's rights, and no node that knows older ones, comes in between.
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
    """Whether nothing was hidden from a page of so many events, whose successor begins with the event `after`.

    There may be fewer by now, where history was cut, so that what comes behind them may also lie behind `after`. None:
    the page is the last.
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
    """Whether an event is the other one, or has a greater ts."""
    ts = q.select("ts", event)
    same = [q.equals(q.select(key, event), other[key]) for key in ("ts", "action", "document")]
    return q.or_(q.gt(ts, other["ts"]), q.and_(*same))
