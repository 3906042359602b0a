"""A walk over the documents of a collection at one snapshot, by ranges of ids, with several walkers at once.

What `left` holds was not emitted yet, what it does not hold was: a checkpoint may lag by a page that is read again,
it never leads. `ranges` tells how ranges are cut for walkers that have run dry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from source_fauna.database import queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.state.state import IdRange, in_order
from source_fauna.sync.confirmation import confirmed_since, refused
from source_fauna.sync.fetch import Answer
from source_fauna.sync.ranges import Range, document_id
from source_fauna.sync.stream import WAIT, Flow, StreamRun

_NO_CUT = (Kind.SERVER_FAULT, Kind.TIMED_OUT, Kind.TOO_LARGE)
"""What a walk can do without an answer to."""


@dataclass(frozen=True, kw_only=True)
class _Ticket:
    """What was asked for: `size` documents of a range of which so many had been `emitted`, or the id to cut it at.

    `page` is there already, held back until it is known that it was read with the right to all documents.
    """

    target: Range
    size: int
    emitted: int
    is_cut: bool
    page: Page | None


class Walk:
    """The ranges of one walk. `snapshot` None: the query of its first page pins it."""

    def __init__(self, *, run: StreamRun, ranges: tuple[IdRange, ...], snapshot: int | None) -> None:
        self._run = run
        self._ranges = [Range(low=each.low, high=each.high) for each in ranges]
        self._tickets: dict[int, _Ticket] = {}
        self.snapshot = snapshot

    @property
    def left(self) -> tuple[IdRange, ...]:
        """What was not handed out yet; empty when the walk is done."""
        return in_order(IdRange(low=each.low, high=each.high) for each in self._ranges)

    @property
    def count(self) -> int | None:
        """How many documents are left; None until the end of the last range is in sight."""
        counts = [each.count for each in self._ranges]
        return None if None in counts else sum(count for count in counts if count is not None)

    def next_page(self) -> Flow[list[dict[str, Any]]]:
        """The documents of the next page, as the server sent them; `left` is then what remains after them.

        The following pages are asked for before this returns. Raises FaunaError, and CollectionRecreated.
        """
        while True:
            if all(each.seems_empty for each in self._ranges) and (yield from self._is_over()):
                self._ranges.clear()
                return []
            self._fill()
            answer = yield WAIT
            ticket = self._tickets.pop(answer.ticket)
            if ticket.is_cut:
                self._cut(answer, ticket)
                continue
            page = yield from self._page(answer, ticket)
            if page is not None:
                return self._documents(page, ticket.target)

    def _fill(self) -> None:
        """Keep every walker busy that may work: ranges that wait first, then a cut for one that has run dry."""
        for each in self._ranges:
            if self._ahead(each) == 0 and not each.seems_empty and self._may_ask():
                self._ask_documents(each)
        while self.snapshot is not None and self._tickets and self._may_ask() and (wide := self._widest()):
            self._ask_cut(wide)

    def _may_ask(self) -> bool:
        if not self._tickets:
            return True
        return self.snapshot is not None and len(self._tickets) < self._run.walkers.allowed and self._run.has_room

    def _widest(self) -> Range | None:
        """The range with the most documents that no walker has asked for, if cutting it is worth a request."""
        cutting = [ticket.target for ticket in self._tickets.values() if ticket.is_cut]
        found = [each for each in self._ranges if each.is_cuttable and not each.seems_empty and each not in cutting]
        widest = max(found, key=self._unasked, default=None)
        return widest if widest and self._unasked(widest) > self._share() else None

    def _share(self) -> int:
        """How many documents to ask for: a page, and of the last ones an equal share for every walker."""
        return self._run.sizes.share(sum(map(self._unasked, self._ranges)) / self._run.walkers.allowed)

    def _unasked(self, target: Range) -> float:
        return target.unasked(self._ahead(target))

    def _ahead(self, target: Range) -> int:
        """How many documents of the range are asked for, or there and held back."""
        asked = (each.size for each in self._tickets.values() if each.target is target and not each.is_cut)
        return next(asked, 0)

    def _ask_documents(self, target: Range) -> None:
        collection, low, high, snapshot = self._run.collection, target.low, target.high, self.snapshot
        request = Request(
            build=lambda size: queries.page_at(snapshot, queries.documents_page(collection, low, high, size)),
            size=self._share(),
            most_bytes=self._run.page_most_bytes,
        )
        self._ask(target, request)

    def _ask_cut(self, target: Range) -> None:
        collection, low, high, snapshot = self._run.collection, target.low, target.high, self.snapshot
        chunk = self._run.sizes.current * max(self._run.tuning.chunk_pages, self._run.walkers.allowed)
        request = Request(
            build=lambda ids: queries.at(snapshot, queries.id_ahead(collection, low, high, ids)),
            size=target.ids_to_cut(self._ahead(target), chunk),
        )
        self._ask(target, request, is_cut=True)

    def _ask(self, target: Range, request: Request, *, is_cut: bool = False, page: Page | None = None) -> None:
        ticket = self._run.ask(request)
        size = page.size if page else request.size
        self._tickets[ticket] = _Ticket(target=target, size=size, emitted=target.emitted, is_cut=is_cut, page=page)

    def _cut(self, answer: Answer, ticket: _Ticket) -> None:
        """Cut the range where the server found the id, or learn how many documents it still holds."""
        target = ticket.target
        try:
            page = answer.result()
        except FaunaError as error:
            if error.kind not in _NO_CUT:
                raise
            target.is_cuttable = False
            return
        passed = target.emitted - ticket.emitted
        if page.resource["after"] is None:
            target.learn_count(page.resource["count"] - passed)
        elif target in self._ranges:
            far = target.cut(document_id(page.resource["after"]), page.size - passed)
            self._ranges.extend([far] if far else [])

    def _page(self, answer: Answer, ticket: _Ticket) -> Flow[Page | None]:
        """The page that may be handed out, if it is one.

        With deletions on, a page is held back until it is sure that nothing was hidden from it by a condition: the
        error that such a role is would come too late, when the state lies behind what was hidden.
        """
        if ticket.page is not None:
            return (yield from self._held_back(answer, ticket.page))
        try:
            page = answer.result()
        except FaunaError as error:
            yield from self._run.blame(error, self._first(ticket.target))
            raise
        if self._run.deletions is None:
            return page
        probe = Request(build=lambda _: questions.probe(self._run.collection))
        self._ask(ticket.target, probe, page=page)
        return None

    def _held_back(self, answer: Answer, page: Page) -> Flow[Page | None]:
        """The page, if the answer to its probe says that the key may read everything."""
        try:
            answer.result()
        except FaunaError as error:
            if error.kind is Kind.FORBIDDEN:
                yield from refused(self._run, error)
                self._tickets.clear()
                return None
            if error.kind is not Kind.MISSING:
                raise
        self._run.doubts = 0
        return page

    def _documents(self, page: Page, target: Range) -> list[dict[str, Any]]:
        """The documents of a page that lie within its range; the range then begins after them."""
        self.snapshot, found = page.resource["ts"], page.resource["page"]
        documents: list[dict[str, Any]] = found["data"]
        after = document_id(found["after"][0]) if found.get("after") else None
        self._run.sizes.learn(page, len(documents))
        self._run.walkers.learn(page, len(documents))
        if not documents and after is None:
            target.seems_empty = True
            return []
        documents = target.take(documents, after)
        if target.ends_before(after):
            self._ranges.remove(target)
        if not self._ranges:
            # A cut that is still asked for would come as a stranger to whatever this stream asks next.
            self._run.drop()
        else:
            self._fill()
        return documents

    def _is_over(self) -> Flow[bool]:
        """Whether nothing is left, when all ranges seem empty. Raises FaunaError, and CollectionRecreated."""
        assert self.snapshot is not None  # noqa: S101 - a page was answered
        self._tickets.clear()
        firsts = [
            queries.at(self.snapshot, queries.first_id(self._run.collection, each.low, each.high))
            for each in self._ranges
        ]
        if (yield from confirmed_since(self._run, self.snapshot, questions.nothing_in(*firsts))):
            return True
        for each in self._ranges:
            each.seems_empty = False
        return False

    def _first(self, target: Range) -> Expression:
        """The document that a page of the range begins with."""
        return queries.at(self.snapshot, queries.first_id(self._run.collection, target.low))
