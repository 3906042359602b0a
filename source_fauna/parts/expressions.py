"""The FQL that finds where to cut. `database.queries` has the pages, `database.questions` what is asked about them."""

from __future__ import annotations

from source_fauna.database.fql import Expression, q


def definition(collection: str) -> Expression:
    """The definition of a collection."""
    return q.get(q.collection(collection))


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
