"""The FQL expressions of every request, as pure functions built with the driver's query builders.

Each function returns an expression. Ids of documents are integers here and decimal text on the wire. Timestamps are
integer microseconds. bootstrap.md shows each expression in FQL, with its reason. The module `questions` has the
expressions that verify pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_fauna.database.fql import NULL, Expression, Ref, q
from source_fauna.records.values import GREATEST_ID, LEAST_ID

SCHEMA_PAGE_SIZE = 1_000
"""The most definitions of collections or indexes in one page. Each takes hundreds of bytes, unless it has `data` of the
user's own."""


def now() -> Expression:
    """The snapshot time of the query, in microseconds."""
    return q.to_micros(q.now())


def at(snapshot: int | None, expression: Expression) -> Expression:
    """The expression evaluated at the snapshot, including each Get in its lambdas. None: evaluated at present."""
    return expression if snapshot is None else q.at(snapshot, expression)


def page_at(snapshot: int | None, page: Expression, **beside: Expression) -> Expression:
    """`{"ts": S, "page": the page at S}`, and the expressions in `beside`, evaluated at present.

    S is the snapshot. If that is None, S is the snapshot of this query, so that a small collection takes one request.
    """
    taken = q.var("snapshot")
    return q.let(
        {"snapshot": now() if snapshot is None else snapshot}, {"ts": taken, **beside, "page": q.at(taken, page)}
    )


def collections(after: Expression = None, size: int = SCHEMA_PAGE_SIZE) -> Expression:
    """A page of the definitions of all collections, in order of their creation."""
    return _definitions(q.collections(), after, size)


def indexes(after: Expression = None, size: int = SCHEMA_PAGE_SIZE) -> Expression:
    """A page of the definitions of all indexes, in order of their creation."""
    return _definitions(q.indexes(), after, size)


def _definitions(schema_set: Expression, after: Expression, size: int) -> Expression:
    page = q.paginate(schema_set, size=size, after=after)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def index_definition(index: str) -> Expression:
    """The definition of an index."""
    return q.get(q.index(index))


def index_page(index: str) -> Expression:
    """A page with the first entry of an index: 403 when the key may not read it."""
    return q.paginate(q.match(q.index(index)), size=1)


def document(collection: str, document_id: int) -> Expression:
    """The ref of a document, as a value. The server does not resolve it until it is used."""
    return Ref(str(document_id), Ref(collection, Ref("collections")))


def _ids_between(collection: str, low: int, high: int | None) -> Expression:
    """The set of the documents with ids from low to high, both included. If high is None, there is no upper bound."""
    documents = q.documents(q.collection(collection))
    if low <= 0 and high is None:
        return documents
    upper = [] if high is None else [document(collection, high)]
    return q.range(documents, [document(collection, low)], upper)


def documents_page(collection: str, low: int, high: int | None, size: int) -> Expression:
    """A page of the documents between two ids, in their order.

    Each element is a plain Get. An object built for each document would cost the server a quarter more time.
    """
    page = q.paginate(_ids_between(collection, low, high), size=size)
    return q.map_(q.lambda_("x", q.get(q.var("x"))), page)


def sample_pages(
    snapshot: int | None, collection: str, *, below: tuple[int, int | None], above: tuple[int, int | None], size: int
) -> Expression:
    """`page_at` of `{"last": the last documents between two ids, "first": the first ones between two others}`.

    Each has at most `size` documents, in their order. `below` and `above` are (low, high); a high of None means no
    upper bound.
    """
    low, high = below
    before = NULL if high is None else [document(collection, high + 1)]
    last = q.paginate(_ids_between(collection, low, high), size=size, before=before)
    pages = {"last": q.map_(q.lambda_("x", q.get(q.var("x"))), last), "first": documents_page(collection, *above, size)}
    return page_at(snapshot, pages)


def id_ahead(collection: str, low: int, high: int | None, size: int) -> Expression:
    """`{"after": the ref `size` documents ahead of low, or null; "count": how many ids were read to find it}`.

    It reads only ids, and no documents. A walk uses it to find where to cut a range in two.
    """
    refs = q.select("data", q.paginate(_ids_between(collection, low, high), size=size + 1))
    return q.let(
        {"refs": refs},
        {"after": q.select(size, q.var("refs"), None), "count": q.count(q.var("refs"))},
    )


def first_id(collection: str, low: int = 0, high: int | None = None) -> Expression:
    """A page with one ref: the first document with an id from low to high."""
    return q.paginate(_ids_between(collection, low, high), size=1)


def updates_page(
    index: str, collection: str, after: tuple[int, int | None], until: int | None, size: int
) -> Expression:
    """A page of the documents that come after `after` = (ts, id) in the index, up to the snapshot `until`.

    An id of None means: after all documents at ts.
    """
    entries = q.paginate(_entries_behind(index, collection, after, until), size=size)
    return q.map_(q.lambda_("x", q.get(q.select(1, q.var("x")))), entries)


def first_update(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    """A page with one ref: the first document that comes after `after` in the index, as in `updates_page`."""
    entries = q.paginate(_entries_behind(index, collection, after, until), size=1)
    return q.map_(q.lambda_("x", q.select(1, q.var("x"))), entries)


def _entries_behind(index: str, collection: str, after: tuple[int, int | None], until: int | None) -> Expression:
    """The entries of the index after (ts, id), in its order: negative ids come after all others of their ts.

    A bound with a negative id excludes the entry of that id, and any other bound includes it (recording
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

    A deletion is an event `remove` whose document does not exist at the ts of the event. Not every `remove` is one: a
    change of a ttl writes a remove and an add at one ts, and the document still exists. An empty page may have a
    successor. The cursor comes from a reply, or is `{"ts": T}`, which excludes T.
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
    """A page of the events of a collection (documents were created or deleted), in order of time."""
    return q.paginate(q.documents(q.collection(collection)), events=True, size=size, after=cursor)


def length(page: Expression) -> Expression:
    """How many elements a page has."""
    return q.count(q.select("data", page))


def schema_cursor(after: Sequence[Any]) -> Expression:
    """The cursor from a page of definitions, in the form in which it can be sent."""
    return [_sendable(ref) for ref in after]


def event_cursor(after: dict[str, Any]) -> Expression:
    """The cursor from a page of events, in the form in which it can be sent: its members without the tag."""
    return {key: _sendable(value) for key, value in after.items()}


def _sendable(value: Any) -> Expression:
    """A reference from a reply as the driver's own type. Any other value is unchanged."""
    if not isinstance(value, dict) or "@ref" not in value:
        return value
    content = value["@ref"]
    return Ref(content["id"], _sendable(content["collection"])) if "collection" in content else Ref(content["id"])


def together(expressions: Sequence[Expression]) -> Expression:
    """Several expressions in one request. The answer is an array. If one expression fails, the whole request fails."""
    return list(expressions)
