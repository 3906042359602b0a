"""The FQL expressions of every request, as pure functions built with the driver's query builders.

Each returns an expression; `wire` makes the bytes of the request body. Ids of documents are integers here and decimal
text on the wire; timestamps are integer microseconds. Nothing in this module does I/O.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

import orjson

from source_fauna.state import GREATEST_ID

with warnings.catch_warnings():
    # The driver warns at import that its vendor gave up FQL v4. Those who run the database themselves keep it.
    warnings.filterwarnings("ignore", message="Fauna is decommissioning FQL v4", category=DeprecationWarning)
    from faunadb import query as q
    from faunadb.objects import Ref

Expression: TypeAlias = Any
"""An expression of the driver, or a plain JSON value."""

SCHEMA_PAGE_SIZE = 1_000
"""Definitions of collections or indexes in one page: hundreds of bytes each."""


def wire(expression: Expression) -> bytes:
    """The request body of an expression: its JSON."""
    return orjson.dumps(expression, default=_unwrap)


def _unwrap(expression: Any) -> Any:
    return expression.to_fauna_json()


def document(collection: str, document_id: int) -> Expression:
    """The ref of a document, as a value: the server does not resolve it before it is used."""
    return Ref(str(document_id), Ref(collection, Ref("collections")))


def now() -> Expression:
    """The snapshot time of the query, in microseconds."""
    return q.to_micros(q.now())


def at(snapshot: int, expression: Expression) -> Expression:
    """The expression as it would have answered at the snapshot, the Get of its lambdas included."""
    return q.at(snapshot, expression)


def pinned(expression: Expression) -> Expression:
    """`{"ts": S, "page": the expression at S}`, S being the snapshot of this very query."""
    snapshot = q.var("snapshot")
    return q.let({"snapshot": q.now()}, {"ts": q.to_micros(snapshot), "page": q.at(snapshot, expression)})


def collections(after: Expression = None) -> Expression:
    """A page of the definitions of all collections, in order of their creation."""
    return _definitions(q.collections(), after)


def indexes(after: Expression = None) -> Expression:
    """A page of the definitions of all indexes, in order of their creation."""
    return _definitions(q.indexes(), after)


def _definitions(schema_set: Expression, after: Expression) -> Expression:
    page = q.paginate(schema_set, size=SCHEMA_PAGE_SIZE, after=after)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def schema_cursor(after: Sequence[Any]) -> Expression:
    """The cursor of a reply to a list of definitions, ready to be sent."""
    return [Ref(ref["@ref"]["id"], Ref(ref["@ref"]["collection"]["@ref"]["id"])) for ref in after]


def index_page(index: str) -> Expression:
    """A page with the first entry of an index: 403 when the key may not read it."""
    return q.paginate(q.match(q.index(index)), size=1)


def probe(collection: str) -> Expression:
    """Get of a missing document: 404 tells that the collection may be read, 403 that it may not.

    No document of a real application has the id 0; if one has, 200 tells the same as 404.
    """
    return q.get(document(collection, 0))


def ids_between(collection: str, low: int, high: int | None) -> Expression:
    """The set of the documents whose id lies between low and high, both included; a high of None is open."""
    documents = q.documents(q.collection(collection))
    if low <= 0 and high is None:
        return documents
    upper = [] if high is None else [document(collection, high)]
    return q.range(documents, [document(collection, low)], upper)


def documents_page(collection: str, low: int, high: int | None, size: int) -> Expression:
    """A page of documents in order of their ids. Bare Get: building the record costs the server a quarter more time."""
    page = q.paginate(ids_between(collection, low, high), size=size)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def id_ahead(collection: str, low: int, high: int | None, size: int) -> Expression:
    """`{"after": the ref `size` documents ahead of low, or null; "count": how many ids the page held}`.

    Only ids are read, no documents: it is how a walk finds where to cut a range into two.
    """
    return q.let(
        {"page": q.paginate(ids_between(collection, low, high), size=size)},
        {
            "after": q.select(["after", 0], q.var("page"), None),
            "count": q.count(q.select("data", q.var("page"))),
        },
    )


def first_id(collection: str, low: int = 0, high: int | None = None) -> Expression:
    """A page of one ref: the first document whose id lies between low and high."""
    return q.paginate(ids_between(collection, low, high), size=1)


def updates_page(
    index: str, collection: str, after: tuple[int, int | None], until: int | None, size: int
) -> Expression:
    """A page of the documents that the index orders behind `after` = (ts, id), up to the snapshot `until`.

    An id of None means: behind everything at ts. An `until` of None takes the snapshot of this very query. Returns
    `{"ts": snapshot, "index": its definition, "page": …}`: the index may be another by now, and entries older than its
    ts may be missing while it is being built; nothing else shows that.
    """
    entries = q.paginate(_entries_behind(index, collection, after, until), size=size)
    page = q.map_(q.lambda_("x", q.get(q.select(1, q.var("x")))), entries)
    snapshot = q.var("snapshot")
    return q.let(
        {"snapshot": q.to_micros(q.now()) if until is None else until},
        {"ts": snapshot, "index": q.get(q.index(index)), "page": q.at(snapshot, page)},
    )


def first_update(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    """A page of one ref: the first document that the index orders behind `after`, as in `updates_page`."""
    entries = q.paginate(_entries_behind(index, collection, after, until), size=1)
    return q.map_(q.lambda_("x", q.select(1, q.var("x"))), entries)


def _entries_behind(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    ts, document_id = after
    if document_id is None or document_id >= GREATEST_ID:
        lower: list[Expression] = [ts + 1]
    else:
        lower = [ts, document(collection, document_id + 1)]
    return q.range(q.match(q.index(index)), lower, [] if until is None else [until])


def removals_page(collection: str, cursor: Expression, size: int) -> Expression:
    """A page of `[id, ts]` of true removals: events whose document does not exist at the event's own ts.

    A changed ttl writes remove and add at one ts, and the document lives. The page may be empty and yet have a
    successor. The cursor is a reply's own, or `{"ts": T}`, which is exclusive of T.
    """
    event = q.var("event")
    page = q.paginate(q.documents(q.collection(collection)), events=True, size=size, after=cursor)
    removal = q.if_(
        q.equals(q.select("action", event), "remove"),
        q.not_(q.exists(q.select("document", event), q.select("ts", event))),
        False,  # noqa: FBT003 - the driver takes branches by position
    )
    pair = [q.select(["document", "id"], event), q.select("ts", event)]
    return q.map_(q.lambda_("event", pair), q.filter_(q.lambda_("event", removal), page))


def proven(collection: str, position: int, expression: Expression, *, by_definition: bool) -> Expression:
    """The expression, refused when the history of the collection does not reach back to the position.

    400 "less than minimum allowed timestamp": history was cut. 404: this collection did not exist then; that part
    (`by_definition`) needs the right to read definitions, and is left out without it.
    """
    reading = q.paginate(q.documents(q.collection(collection)), size=1)
    proof = q.do(q.get(q.collection(collection)), reading) if by_definition else reading
    return q.do(q.at(position, proof), expression)


def nothing_in(*pages: Expression) -> Expression:
    """Whether all of the pages are empty."""
    return q.equals(0, *(_length(page) for page in pages))


def something_in(page: Expression) -> Expression:
    """Whether the page is not empty."""
    return q.not_(nothing_in(page))


def both(one: Expression, other: Expression) -> Expression:
    """Whether both are true."""
    return q.and_(one, other)


def no_more_in(page: Expression, seen: int) -> Expression:
    """Whether the page shows no more than the `seen` elements that were seen of it; fewer, where history was cut."""
    return q.lte(_length(page), seen)


def _length(page: Expression) -> Expression:
    return q.count(q.select("data", page))


def confirmed(collection: str, held: Expression) -> Expression:
    """The probe, if what is held to be true still is; else False.

    404 confirms it, 403 tells that the key may not read everything. One query decides both, so that no change of the
    key's rights, and no node that knows older ones, comes in between.
    """
    return q.if_(held, q.do(probe(collection), True), False)  # noqa: FBT003 - the driver takes values by position


DEFINITION = ("do", 0)
"""Where in `existed` the server sees an error that concerns the definition of the collection."""


def existed(collection: str, snapshot: int, expression: Expression) -> Expression:
    """The expression, refused with 404 "Collection not found." if this collection did not exist at the snapshot."""
    return q.do(q.at(snapshot, q.get(q.collection(collection))), expression)


def event_cursor(after: dict[str, Any]) -> Expression:
    """The cursor of a reply to an event page, ready to be sent: the server takes its members, not its wrapper."""
    return {key: _ref_value(value) for key, value in after.items()}


def _ref_value(value: Any) -> Expression:
    if isinstance(value, dict) and "@ref" in value:
        return Ref(value["@ref"]["id"], _collection_value(value["@ref"]["collection"]))
    return value


def _collection_value(value: dict[str, Any]) -> Expression:
    return Ref(value["@ref"]["id"], Ref("collections"))


def together(expressions: Sequence[Expression]) -> Expression:
    """Several expressions in one request, answered as an array; one failure fails all."""
    return list(expressions)
