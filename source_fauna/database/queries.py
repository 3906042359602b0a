"""The FQL expressions of every request, as pure functions built with the driver's query builders.

Each returns an expression. Ids of documents are integers here and decimal text on the wire; timestamps are integer
microseconds. bootstrap.md shows each of them in FQL, with its reason; `questions` has those about pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_fauna.database.fql import NULL, Expression, Ref, q
from source_fauna.records.values import GREATEST_ID, LEAST_ID

SCHEMA_PAGE_SIZE = 1_000
"""Definitions of collections or indexes in one page: hundreds of bytes each."""


def now() -> Expression:
    """The snapshot time of the query, in microseconds."""
    return q.to_micros(q.now())


def at(snapshot: int | None, expression: Expression) -> Expression:
    """The expression as it would have answered at the snapshot, the Get of its lambdas included; None: at present."""
    return expression if snapshot is None else q.at(snapshot, expression)


def page_at(snapshot: int | None, page: Expression, **beside: Expression) -> Expression:
    """`{"ts": S, "page": the page at S}`, and what is asked for beside it, at present.

    S is the snapshot, or, for None, that of this very query: so a small collection takes one request.
    """
    taken = q.var("snapshot")
    return q.let(
        {"snapshot": now() if snapshot is None else snapshot}, {"ts": taken, **beside, "page": q.at(taken, page)}
    )


def collections(after: Expression = None) -> Expression:
    """A page of the definitions of all collections, in order of their creation."""
    return _definitions(q.collections(), after)


def indexes(after: Expression = None) -> Expression:
    """A page of the definitions of all indexes, in order of their creation."""
    return _definitions(q.indexes(), after)


def _definitions(schema_set: Expression, after: Expression) -> Expression:
    page = q.paginate(schema_set, size=SCHEMA_PAGE_SIZE, after=after)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def index_definition(index: str) -> Expression:
    """The definition of an index."""
    return q.get(q.index(index))


def index_page(index: str) -> Expression:
    """A page with the first entry of an index: 403 when the key may not read it."""
    return q.paginate(q.match(q.index(index)), size=1)


def document(collection: str, document_id: int) -> Expression:
    """The ref of a document, as a value: the server does not resolve it before it is used."""
    return Ref(str(document_id), Ref(collection, Ref("collections")))


def _ids_between(collection: str, low: int, high: int | None) -> Expression:
    """The set of the documents whose id lies between low and high, both included; a high of None is open."""
    documents = q.documents(q.collection(collection))
    if low <= 0 and high is None:
        return documents
    upper = [] if high is None else [document(collection, high)]
    return q.range(documents, [document(collection, low)], upper)


def documents_page(collection: str, low: int, high: int | None, size: int) -> Expression:
    """A page of the documents between two ids, in their order.

    Bare Get: an object that the server builds for each document costs it a quarter more time.
    """
    page = q.paginate(_ids_between(collection, low, high), size=size)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def sample_pages(
    snapshot: int | None, collection: str, *, below: tuple[int, int | None], above: tuple[int, int | None], size: int
) -> Expression:
    """`page_at` of `{"last": the last documents between two ids, "first": the first ones between two others}`.

    Each has at most `size` documents, in their order. Of `below` and `above` = (low, high) a high of None is open.
    """
    low, high = below
    before = NULL if high is None else [document(collection, high + 1)]
    last = q.paginate(_ids_between(collection, low, high), size=size, before=before)
    pages = {"last": q.map_(q.lambda_("x", q.get(q.var("x"))), last), "first": documents_page(collection, *above, size)}
    return page_at(snapshot, pages)


def id_ahead(collection: str, low: int, high: int | None, size: int) -> Expression:
    """`{"after": the ref `size` documents ahead of low, or null; "count": how many ids were read to find it}`.

    Only ids are read, no documents: it is how a walk finds where to cut a range into two.
    """
    refs = q.select("data", q.paginate(_ids_between(collection, low, high), size=size + 1))
    return q.let(
        {"refs": refs},
        {"after": q.select(size, q.var("refs"), None), "count": q.count(q.var("refs"))},
    )


def first_id(collection: str, low: int = 0, high: int | None = None) -> Expression:
    """A page of one ref: the first document whose id lies between low and high."""
    return q.paginate(_ids_between(collection, low, high), size=1)


def updates_page(
    index: str, collection: str, after: tuple[int, int | None], until: int | None, size: int
) -> Expression:
    """A page of the documents that the index orders behind `after` = (ts, id), up to the snapshot `until`.

    An id of None means: behind everything at ts.
    """
    entries = q.paginate(_entries_behind(index, collection, after, until), size=size)
    return q.map_(q.lambda_("x", q.get(q.select(1, q.var("x")))), entries)


def first_update(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    """A page of one ref: the first document that the index orders behind `after`, as in `updates_page`."""
    entries = q.paginate(_entries_behind(index, collection, after, until), size=1)
    return q.map_(q.lambda_("x", q.select(1, q.var("x"))), entries)


def _entries_behind(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    """The entries of the index behind (ts, id), in its order: ids below zero stand behind all others of their ts.

    A bound with an id below zero leaves out the entry of this very id, any other includes it (recording
    `negative_ids`).
    """
    ts, document_id = after
    if document_id is None:
        lower: list[Expression] = [ts + 1]
    elif document_id == GREATEST_ID:
        lower = [ts, document(collection, LEAST_ID)]
    else:
        lower = [ts, document(collection, document_id if document_id < 0 else document_id + 1)]
    return q.range(q.match(q.index(index)), lower, [] if until is None else [until])


def deletions_page(collection: str, cursor: Expression, size: int) -> Expression:
    """`{"page": a page of `[id, ts]` of deletions, "events": how many events it was filtered from}`.

    Deletions are events `remove` whose document does not exist at the event's own ts: a changed ttl writes remove and
    add at one ts, and the document lives. The page may be empty and yet have a successor. The cursor is a reply's own,
    or `{"ts": T}`, which is exclusive of T.
    """
    event, events = q.var("event"), q.var("events")
    deletion = q.if_(
        q.equals(q.select("action", event), "remove"),
        q.not_(q.exists(q.select("document", event), q.select("ts", event))),
        False,  # noqa: FBT003 - the driver takes branches by position
    )
    pair = [q.select(["document", "id"], event), q.select("ts", event)]
    deletions = q.map_(q.lambda_("event", pair), q.filter_(q.lambda_("event", deletion), events))
    return q.let({"events": events_page(collection, cursor, size)}, {"page": deletions, "events": length(events)})


def events_page(collection: str, cursor: Expression, size: int) -> Expression:
    """A page of the events of a collection: documents that came and went, in order of time."""
    return q.paginate(q.documents(q.collection(collection)), events=True, size=size, after=cursor)


def length(page: Expression) -> Expression:
    """How many elements a page has."""
    return q.count(q.select("data", page))


def schema_cursor(after: Sequence[Any]) -> Expression:
    """The cursor of a reply to a list of definitions, ready to be sent."""
    return [_sendable(ref) for ref in after]


def event_cursor(after: dict[str, Any]) -> Expression:
    """The cursor of a reply to an event page, ready to be sent: the server takes its members, not its wrapper."""
    return {key: _sendable(value) for key, value in after.items()}


def _sendable(value: Any) -> Expression:
    """A reply's reference as the driver writes it; anything else as it is."""
    if not isinstance(value, dict) or "@ref" not in value:
        return value
    content = value["@ref"]
    return Ref(content["id"], _sendable(content["collection"])) if "collection" in content else Ref(content["id"])


def together(expressions: Sequence[Expression]) -> Expression:
    """Several expressions in one request, answered as an array; one failure fails all."""
    return list(expressions)
