"""The FQL of parts: where to cut, and whether what was read was all. `database.queries` has the other pages."""

from __future__ import annotations

from source_fauna.database import questions
from source_fauna.database.fql import Expression, q

ANOTHER = "another"
"""What is answered instead of true or false when the collection is not the one that was planned."""


def definition(collection: str) -> Expression:
    """The definition of a collection."""
    return q.get(q.collection(collection))


def name_at(collection: str, snapshot: int) -> Expression:
    """What the collection that has this name at present was called at the snapshot: another name after a swap.

    404 "Collection not found." if it did not exist.
    """
    return q.select("name", q.at(snapshot, definition(collection)))


def marks(elements: Expression, *, step: int, size: int) -> Expression:
    """`{"count": n, "marks": […], "following": …}` of the first `size` elements of a set.

    `marks` are the elements with the numbers step, 2 * step, …, and null for those that there are not; `following` is
    the one behind all of them, or null. The server reads all of them, and sends these.
    """
    found = q.var("found")
    wanted = [q.select(number, found, None) for number in range(step, size, step)]
    return q.let(
        {"found": q.select("data", q.paginate(elements, size=size + 1))},
        {"count": q.count(found), "marks": wanted, "following": q.select(size, found, None)},
    )


def first_of(elements: Expression) -> Expression:
    """A page of the first element of a set."""
    return q.paginate(elements, size=1)


def confirmed_in(collection: str, snapshot: int, claim: Expression) -> Expression:
    """The claim, for a key that may read the collection, and for the collection that had this name at the snapshot.

    404 confirms it, false does not, 403 tells that the key may not read everything, and ANOTHER that the collection is
    another. A collection that did not exist at the snapshot is 404 "Collection not found.".
    """
    return q.if_(q.equals(name_at(collection, snapshot), collection), questions.confirmed(collection, claim), ANOTHER)
