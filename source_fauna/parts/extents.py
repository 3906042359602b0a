"""What parts are cut from: the ids of a collection, and the entries of its index between two times.

Both are sequences that are read from a position on. An id is a position among ids, an Entry one among entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from source_fauna.database import queries
from source_fauna.database.fql import Expression, q
from source_fauna.parts import expressions
from source_fauna.records.values import GREATEST_ID, LEAST_ID

Wire: TypeAlias = dict[str, Any]
"""A document as the server sent it."""

Entry: TypeAlias = tuple[int, int]
"""Where a document stands in an index: its ts (microseconds), and its id."""

Position = TypeVar("Position", int, Entry)


@dataclass(frozen=True)
class Found(Generic[Position]):
    """The documents of a page, and where the next one begins; None: it was the last."""

    documents: list[Wire]
    following: Position | None


class Extent(Protocol[Position]):
    """A sequence of documents at a snapshot, all of it up to `high`, which is included."""

    @property
    def collection(self) -> str:
        """The name of the collection."""

    @property
    def high(self) -> Position:
        """The last position."""

    def page(self, low: Position, size: int) -> Expression:
        """A page of so many documents from a position on."""

    def found(self, answer: Any) -> Found[Position]:
        """What a page holds."""

    def ahead(self, low: Position, *, step: int, size: int) -> Expression:
        """The `marks` from a position on."""

    def position(self, mark: Any) -> Position:
        """Where a mark is."""

    def first(self, low: Position) -> Expression:
        """A page of the first element from a position on."""

    def behind(self, document: Wire) -> Position:
        """The position right behind a document."""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """The documents of a collection by their ids."""

    collection: str
    snapshot: int
    high: int

    def page(self, low: int, size: int) -> Expression:
        """A page of so many documents from an id on."""
        return queries.at(self.snapshot, queries.documents_page(self.collection, low, self.high, size))

    def found(self, answer: Any) -> Found[int]:
        """What a page holds."""
        after = answer.get("after")
        return Found(answer["data"], None if after is None else _id(after[0]))

    def ahead(self, low: int, *, step: int, size: int) -> Expression:
        """The `marks` from an id on; each is a ref."""
        return queries.at(self.snapshot, expressions.marks(self.set_from(low), step=step, size=size))

    def position(self, mark: Any) -> int:
        """The id of a ref."""
        return _id(mark)

    def first(self, low: int) -> Expression:
        """A page of the first ref from an id on."""
        return queries.at(self.snapshot, expressions.first_of(self.set_from(low)))

    def behind(self, document: Wire) -> int:
        """The id right behind that of a document."""
        return _id(document["ref"]) + 1

    def set_from(self, low: int) -> Expression:
        """The refs from an id on."""
        ends = [[queries.document(self.collection, each)] for each in (low, self.high)]
        return q.range(q.documents(q.collection(self.collection)), *ends)


@dataclass(frozen=True, kw_only=True)
class Entries:
    """The documents of a collection by the entries of its index, which begin with ts and ref.

    `has_further`: they hold more than that, so that a document may have several.
    """

    collection: str
    index: str
    has_further: bool
    snapshot: int
    high: Entry

    def page(self, low: Entry, size: int) -> Expression:
        """A page of so many documents from an entry on, and beside it the definition of the index at present."""
        found = q.map_(q.lambda_("x", q.get(q.select(1, q.var("x")))), q.paginate(self.set_from(low), size=size))
        return queries.page_at(self.snapshot, found, index=queries.index_definition(self.index))

    def found(self, answer: Any) -> Found[Entry]:
        """What a page holds. A document has an entry for each element of an array that the index holds."""
        documents, after = answer["page"]["data"], answer["page"].get("after")
        if after is None:
            return Found(documents, None)
        following = self.position(after)
        if documents and _entry(documents[-1]) == following:
            following = self.behind(documents[-1])
        return Found(documents, following if following <= self.high else None)

    def ahead(self, low: Entry, *, step: int, size: int) -> Expression:
        """The `marks` from an entry on; each is `[ts, ref, …]`."""
        return queries.at(self.snapshot, expressions.marks(self.set_from(low), step=step, size=size))

    def position(self, mark: Any) -> Entry:
        """The ts and id of an entry."""
        return int(mark[0]), _id(mark[1])

    def first(self, low: Entry) -> Expression:
        """A page of the first ref from an entry on."""
        ref = q.lambda_("x", q.select(1, q.var("x")))
        return queries.at(self.snapshot, q.map_(ref, expressions.first_of(self.set_from(low))))

    def behind(self, document: Wire) -> Entry:
        """The position right behind the entries of a document. Negative ids stand behind all others of their ts."""
        ts, document_id = _entry(document)
        if document_id == -1:
            return ts + 1, 0
        return ts, LEAST_ID if document_id == GREATEST_ID else document_id + 1

    def set_from(self, low: Entry) -> Expression:
        """The entries from a position on. A bare ts stands for all ids, the negative ones too.

        A lower bound that holds all values of an entry, with an id below zero, leaves out the entry of this very id
        (recording `negative_ids`).
        """
        ts, document_id = low
        leaves_out = document_id < 0 and not self.has_further
        inclusive = max(LEAST_ID, document_id - 1) if leaves_out else document_id
        lower = [ts] if document_id == 0 else [ts, queries.document(self.collection, inclusive)]
        ts, document_id = self.high
        upper = [ts] if document_id == GREATEST_ID else [ts, queries.document(self.collection, document_id)]
        return q.range(q.match(q.index(self.index)), lower, upper)


def _id(ref: Any) -> int:
    return int(ref["@ref"]["id"])


def _entry(document: Wire) -> Entry:
    return document["ts"], _id(document["ref"])
