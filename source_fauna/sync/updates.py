"""Updates: the documents in (U, S], in (ts, id) order, by the index of the stream.

U is a Position: everything up to (ts, id) was emitted. Documents of one transaction share a ts, and a page may end
between them. A resumed scan begins behind the last emitted document, so no document comes twice.
"""

from __future__ import annotations

from typing import Any

from source_fauna.database import queries, questions
from source_fauna.database.answers import MOST_WEIGHT_OF_A_DOCUMENT
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import Index, index_of
from source_fauna.schema.indexes import NO_LIST, Lack, misfit_lack, refused_index
from source_fauna.state.state import Position
from source_fauna.sync.confirmation import confirmed
from source_fauna.sync.identity import Identity
from source_fauna.sync.stream import Flow, StreamRun


class YoungIndex(Exception):
    """The index was created after the position. It may still lack entries that are older than itself."""


class UpdateScan:
    """One scan from a position to a snapshot. If `snapshot` is None, the query of the first page pins it."""

    def __init__(self, *, run: StreamRun, index: str, position: Position, snapshot: int | None) -> None:
        self._run = run
        self._index = index
        self._identity = Identity(run=run, since=position.ts)
        self.position = position
        self.snapshot = snapshot
        self.done = False
        self._asked: int | None = None

    def next_page(self) -> Flow[list[dict[str, Any]]]:
        """The documents of the next page, as the server sent them. Moves `position` after them.

        Requests the following page before it returns. Raises FaunaError, YoungIndex, CollectionReplaced, and a config
        error if the index no longer serves the collection.
        """
        while True:
            page = yield from self._page()
            documents: list[dict[str, Any]] = page.resource["page"]["data"]
            after = page.resource["page"].get("after")
            if (yield from self._is_complete(documents)):
                break
        self._run.sizes.learn(page, len(documents))
        if after is not None:
            self.position = _position_before(after, documents)
            self._asked = self._ask()
        else:
            self.position = Position(ts=max(self.position.ts, self.reached))
            self.done = True
        self._run.standstill.reach(f"its updates, ts {self.position.ts}, document {self.position.document_id or 'any'}")
        return _each_once(documents)

    def _is_complete(self, documents: list[dict[str, Any]]) -> Flow[bool]:
        """Whether the page shows all that there is. Asked of empty pages, and of all pages where deletions are read."""
        if documents:
            return self._run.deletions is None or (yield from confirmed(self._run))
        if self.position.covers(self.reached):
            return True
        try:
            return (yield from confirmed(self._run, questions.nothing_in(self._first())))
        except FaunaError as error:
            yield from self._raise_if_index_fails(error)
            raise

    def _page(self) -> Flow[Page]:
        ticket, self._asked = self._asked or self._ask(), None
        try:
            page = yield from self._run.wait(ticket)
        except FaunaError as error:
            if self._identity.asks_again(error):
                return (yield from self._page())
            yield from self._run.raise_if_unreadable(error, self._first())
            yield from self._raise_if_index_fails(error)
            raise
        self.snapshot = page.resource["ts"]
        index = index_of(page.resource["index"])
        yield from self._raise_misfit(index)
        if index.ts > self.position.ts:
            raise YoungIndex
        return page

    def _raise_if_index_fails(self, error: FaunaError) -> Flow[None]:
        """Raise a config error if the page failed because the index was dropped, does not fit, or may not be read.

        Raises YoungIndex if another index has its name by now.
        """
        if error.kind not in (Kind.UNDEFINED, Kind.MISSING, Kind.REFUSED, Kind.FORBIDDEN):
            return
        # Deleting a collection deletes its indexes: that is to be told first.
        yield from confirmed(self._run)
        try:
            definition = yield from self._run.call(queries.index_definition(self._index))
        except FaunaError as found:
            if found.kind in (Kind.UNDEFINED, Kind.MISSING):
                raise self._error(self._run.stream.without_index) from found
            raise (self._error(NO_LIST) if found.kind is Kind.FORBIDDEN else found) from error
        index = index_of(definition)
        yield from self._raise_misfit(index)
        if error.kind is Kind.FORBIDDEN:
            raise self._error(refused_index(self._index)) from error
        if index.ts > self.position.ts:
            self.snapshot = self.snapshot or (yield from self._run.call(queries.now()))
            raise YoungIndex from error

    def _raise_misfit(self, index: Index) -> Flow[None]:
        """Raise an error if the index does not serve the collection, or FaunaError if the collection is gone."""
        lack = misfit_lack(index, self._run.collection, self._run.stream.without_index)
        if lack is not None:
            yield from confirmed(self._run)
            raise self._error(lack)

    def _error(self, lack: Lack) -> UserError:
        return lack.error(self._run.name)

    @property
    def reached(self) -> int:
        """The snapshot of the scan, which is known after the first page."""
        assert self.snapshot is not None  # noqa: S101 - a page was answered
        return self.snapshot

    def _first(self) -> Expression:
        """A page of the document that the next page begins with."""
        position = (self.position.ts, self.position.document_id)
        first = queries.first_update(self._index, self._run.collection, position, self.snapshot)
        return queries.at(self.snapshot, first)

    def _ask(self) -> int:
        position = (self.position.ts, self.position.document_id)
        index, collection, snapshot = self._index, self._run.collection, self.snapshot

        def build(size: int) -> Expression:
            page = queries.updates_page(index, collection, position, snapshot, size)
            proven = self._identity.proven(page, snapshot)
            # Another index may have the name by now. While it is being built, it may lack entries that are older than
            # itself, and nothing but its definition shows that.
            return queries.page_at(snapshot, proven, index=queries.index_definition(index))

        size, most_bytes = self._run.sizes.current, self._run.page_most_bytes
        return self._run.ask(
            Request(build=build, size=size, most_bytes=most_bytes, most_weight_of_one=MOST_WEIGHT_OF_A_DOCUMENT)
        )


def _position_before(after: list[Any], documents: list[dict[str, Any]]) -> Position:
    """The position behind a page whose successor begins with the entry `after`.

    If a further value of the index is an array, a document has one entry for each of its elements. When the page ends
    between these, the document was emitted already.
    """
    ts, document_id = after[0], int(after[1]["@ref"]["id"])
    if documents and (documents[-1]["ts"], documents[-1]["ref"]["@ref"]["id"]) == (ts, str(document_id)):
        return Position.behind(ts, document_id)
    return Position.before(ts, document_id)


def _each_once(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents, each once: those with several entries come several times in a row."""
    refs = [document["ref"]["@ref"]["id"] for document in documents]
    if len(set(refs)) == len(refs):
        return documents
    return [each for each, before in zip(documents, [None, *refs], strict=False) if each["ref"]["@ref"]["id"] != before]
