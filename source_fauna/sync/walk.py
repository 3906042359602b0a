"""A walk over the documents of a collection at one snapshot, by ranges of ids, with several walkers at once.

What `left` holds was not emitted yet, and what it does not hold was: a checkpoint may lag by a page that is read again,
it never leads. `ranges` decides where ranges are cut for walkers that have nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from source_fauna.database import queries, questions
from source_fauna.database.answers import MOST_WEIGHT_OF_A_DOCUMENT
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.state.state import IdRange
from source_fauna.sync.confirmation import confirmed_since, refused
from source_fauna.sync.fetch import Answer
from source_fauna.sync.identity import Identity
from source_fauna.sync.ranges import Cut, Range, Ranges, document_id
from source_fauna.sync.remaining import Remaining
from source_fauna.sync.stream import WAIT, Flow, StreamRun

_NO_CUT = (Kind.SERVER_FAULT, Kind.TIMED_OUT, Kind.TOO_LARGE)
"""What a walk can do without an answer to."""


@dataclass(frozen=True, kw_only=True)
class _PageTicket:
    """A page of a range is asked for.

    `page` is there already, held back until it is known that it was read with the right to all documents.
    """

    target: Range
    page: Page | None = None


@dataclass(frozen=True, kw_only=True)
class _CountTicket:
    """A piece of what is left is being counted."""


class Walk:
    """The ranges of one walk. `snapshot` None: the query of its first page pins it.

    Since the time `since` (microseconds) the collection must be the same; None: since the snapshot.
    """

    def __init__(
        self, *, run: StreamRun, ranges: tuple[IdRange, ...], snapshot: int | None, since: int | None = None
    ) -> None:
        self._run = run
        self._ranges = Ranges(ranges)
        self._identity = Identity(run=run, since=since)
        self._remaining = Remaining(from_documents=run.tuning.count_from_documents)
        self._tickets: dict[int, _PageTicket | Cut | _CountTicket] = {}
        self.snapshot = snapshot

    @property
    def left(self) -> tuple[IdRange, ...]:
        """What was not handed out yet; empty when the walk is done."""
        return self._ranges.left

    @property
    def count(self) -> int | None:
        """How many documents are left; None while that is unknown."""
        return self._remaining.left if self._ranges.count is None else self._ranges.count

    def next_page(self) -> Flow[list[dict[str, Any]]]:
        """The documents of the next page, as the server sent them; `left` is then what remains after them.

        The following pages are asked for before this returns. Raises FaunaError, and CollectionReplaced.
        """
        while True:
            if self._ranges.seem_empty and (yield from self._is_over()):
                self._ranges.finish()
                return []
            self._fill()
            answer = yield WAIT
            ticket = self._tickets.pop(answer.ticket)
            if isinstance(ticket, Cut):
                self._cut(answer, ticket)
                continue
            if isinstance(ticket, _CountTicket):
                self._learn_count(answer)
                continue
            page = yield from self._page(answer, ticket)
            if page is not None:
                return self._documents(page, ticket.target)

    def _fill(self) -> None:
        """Keep every walker busy that may work: first those of ranges that wait, then cut a range for the others.

        A count of what is left is asked for first. Where all requests are in use, it takes the turn of a walker.
        """
        self._ask_count()
        for each in self._ranges.waiting():
            if self._may_ask():
                self._ask_documents(each)
        while self.snapshot is not None and self._tickets and self._may_ask():
            widest = self._ranges.widest(self._share())
            if widest is None:
                return
            self._ask_cut(widest)

    def _may_ask(self) -> bool:
        if not self._tickets:
            return True
        reading = len(self._tickets) - self._is_counting
        return self.snapshot is not None and reading < self._run.walkers.allowed and self._run.has_room

    def _share(self) -> int:
        """How many documents to ask for: a page, and of the last ones an equal share for every walker."""
        return self._run.sizes.share(self._ranges.unasked / self._run.walkers.allowed)

    def _ask_documents(self, target: Range) -> None:
        collection, low, high, snapshot = self._run.collection, target.low, target.high, self.snapshot
        target.asked = self._share()

        def build(size: int) -> Expression:
            page = queries.documents_page(collection, low, high, size)
            return queries.page_at(snapshot, self._identity.proven(page, snapshot))

        request = Request(
            build=build,
            size=target.asked,
            most_bytes=self._run.page_most_bytes,
            most_weight_of_one=MOST_WEIGHT_OF_A_DOCUMENT,
        )
        self._tickets[self._run.ask(request)] = _PageTicket(target=target)

    def _ask_cut(self, target: Range) -> None:
        collection, low, high, snapshot = self._run.collection, target.low, target.high, self.snapshot
        chunk = self._run.sizes.current * max(self._run.tuning.chunk_pages, self._run.walkers.allowed)
        cut = self._ranges.begin_cut(target, chunk)
        request = Request(
            build=lambda ids: queries.at(snapshot, queries.id_ahead(collection, low, high, ids)), size=cut.ids
        )
        self._tickets[self._run.ask(request)] = cut

    def _ask_count(self) -> None:
        if self.snapshot is None or self.count is not None or not self._run.has_room or self._is_counting:
            return
        piece = self._remaining.next_piece(self.left)
        if piece is None:
            return
        collection, low, high, snapshot = self._run.collection, piece.low, piece.high, self.snapshot
        request = Request(
            build=lambda ids: queries.at(snapshot, queries.id_ahead(collection, low, high, ids)),
            size=self._run.tuning.count_piece_ids,
        )
        self._tickets[self._run.ask(request)] = _CountTicket()

    @property
    def _is_counting(self) -> bool:
        return any(isinstance(ticket, _CountTicket) for ticket in self._tickets.values())

    def _learn_count(self, answer: Answer) -> None:
        """Progress is told without a number if the database does not count: the walk itself does not need it."""
        try:
            found = answer.result().resource
        except FaunaError:
            self._remaining.abandon()
            return
        after, ids = found["after"], int(found["count"])
        if after is None:
            self._remaining.count(ids, after=None)
        else:
            # The last id that was read is the first of the next piece.
            self._remaining.count(ids - 1, after=document_id(after))

    def _cut(self, answer: Answer, cut: Cut) -> None:
        """Cut the range where the server found the id, or learn how many documents it still holds."""
        try:
            found = answer.result().resource
        except FaunaError as error:
            if error.kind not in _NO_CUT:
                raise
            cut.target.is_cuttable = False
            return
        after, count = found["after"], int(found["count"])
        if after is None:
            self._ranges.cut(cut, border=None, count=count)
        else:
            # The page has one id more than lie before the cut.
            self._ranges.cut(cut, border=document_id(after), count=count - 1)

    def _page(self, answer: Answer, ticket: _PageTicket) -> Flow[Page | None]:
        """The page that may be handed out, if it is one.

        With deletions on, a page is held back until it is sure that no condition hid anything from it. An error of the
        deletions would come too late: the state would lie behind what was hidden.
        """
        if ticket.page is not None:
            return (yield from self._held_back(answer, ticket.page))
        try:
            page = answer.result()
        except FaunaError as error:
            if self._identity.asks_again(error):
                ticket.target.asked = 0
                return None
            yield from self._run.raise_if_unreadable(error, self._first(ticket.target))
            raise
        if self._run.deletions is None:
            return page
        probe = Request(build=lambda _: questions.probe(self._run.collection))
        ticket.target.asked = page.size
        self._tickets[self._run.ask(probe)] = _PageTicket(target=ticket.target, page=page)
        return None

    def _held_back(self, answer: Answer, page: Page) -> Flow[Page | None]:
        """The page, if the answer to its probe says that the key may read everything."""
        try:
            answer.result()
        except FaunaError as error:
            if error.kind is Kind.FORBIDDEN:
                yield from refused(self._run, error)
                self._forget_requests()
                return None
            if error.kind is not Kind.MISSING:
                raise
        self._run.unconfirmed = 0
        return page

    def _documents(self, page: Page, target: Range) -> list[dict[str, Any]]:
        """The documents of a page that lie within its range; the range then begins after them."""
        self.snapshot, found = page.resource["ts"], page.resource["page"]
        documents: list[dict[str, Any]] = found["data"]
        after = document_id(found["after"][0]) if found.get("after") else None
        self._run.sizes.learn(page, len(documents))
        self._run.walkers.learn(page, len(documents))
        is_empty = not documents and after is None
        documents = self._ranges.take(target, documents, after)
        self._remaining.take(len(documents), seconds=page.seconds)
        self._run.standstill.reach(f"its walk, ts {self.snapshot}, document {target.low}")
        if is_empty:
            return []
        if not self.left:
            # A cut that is still asked for would come as a stranger to whatever this stream asks next.
            self._run.drop()
        else:
            self._fill()
        return documents

    def _is_over(self) -> Flow[bool]:
        """Whether nothing is left, when all ranges seem empty. Raises FaunaError, and CollectionReplaced."""
        assert self.snapshot is not None  # noqa: S101 - a page was answered
        self._forget_requests()
        firsts = [
            queries.at(self.snapshot, queries.first_id(self._run.collection, each.low, each.high)) for each in self.left
        ]
        if (yield from confirmed_since(self._run, self.snapshot, questions.nothing_in(*firsts))):
            return True
        self._ranges.read_again()
        return False

    def _forget_requests(self) -> None:
        """What was asked for is dropped, or about to be."""
        self._tickets.clear()
        self._ranges.forget_requests()

    def _first(self, target: Range) -> Expression:
        """The document that a page of the range begins with."""
        return queries.at(self.snapshot, queries.first_id(self._run.collection, target.low))
