"""A walk over the documents of a collection at one snapshot, by ranges of ids, with several walkers at once.

What `left` holds was not emitted yet, what it does not hold was: a checkpoint may lag by a page that is read again,
it never leads. When a walker runs dry, the range with the most documents left is cut in two: at the id that lies a
few pages ahead of its walker, which the server finds by reading ids only. So every walker gets the same number of
documents, however the ids cluster; cutting at the middle of the ids would have to search for where they are.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from source_fauna import queries
from source_fauna.client import Page, Request
from source_fauna.errors import FaunaError, Kind
from source_fauna.queries import Expression
from source_fauna.state import IdRange, in_order
from source_fauna.sync.proof import confirmed_since
from source_fauna.sync.stream import WAIT, Flow, StreamRun

CUT_MOST_IDS = 100_000
"""The largest page the server gives."""

_NO_CUT = (Kind.SERVER_FAULT, Kind.TIMED_OUT, Kind.TOO_LARGE)
"""What a walk can do without an answer to."""


class _Asked(enum.Enum):
    DOCUMENTS = enum.auto()
    CUT = enum.auto()


@dataclass(kw_only=True, eq=False)
class _Range:
    """Ids from low to high that are left; `count` documents, where that is known.

    `busy` while a page of `ahead` documents is asked for, `cutting` while an id to cut at is; `emitted` documents of it
    were handed out. `seems_empty` after an empty last page, which has to be proved. Not `is_cuttable` when the server
    failed to find an id: the range is read all the same, by one walker.
    """

    low: int
    high: int | None
    count: int | None = None
    busy: bool = False
    cutting: bool = False
    is_cuttable: bool = True
    seems_empty: bool = False
    ahead: int = 0
    emitted: int = 0

    @property
    def may_be_cut(self) -> bool:
        """Whether an id to cut at may be asked for."""
        return self.is_cuttable and not self.cutting and not self.seems_empty

    @property
    def unasked(self) -> int | None:
        """How many documents no walker has asked for yet; None when unknown."""
        return None if self.count is None else self.count - (self.ahead if self.busy else 0)


@dataclass(frozen=True, kw_only=True)
class _Ticket:
    asked: _Asked
    target: _Range
    emitted: int = 0


class Walk:
    """The ranges of one walk. `snapshot` None: the query of its first page pins it."""

    def __init__(self, *, run: StreamRun, ranges: tuple[IdRange, ...], snapshot: int | None) -> None:
        self._run = run
        self._ranges = [_Range(low=each.low, high=each.high) for each in ranges]
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

    def pages(self) -> Flow[list[dict[str, Any]]]:
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
            try:
                page = answer.result()
            except FaunaError as error:
                if ticket.asked is _Asked.DOCUMENTS:
                    yield from self._run.blame(error, self._first(ticket.target))
                elif error.kind in _NO_CUT:
                    ticket.target.is_cuttable = False
                    continue
                raise
            if ticket.asked is _Asked.DOCUMENTS:
                return self._documents(page, ticket.target)
            self._cut(page, ticket)

    def _at(self, expression: Expression) -> Expression:
        return queries.pinned(expression) if self.snapshot is None else queries.at(self.snapshot, expression)

    def _fill(self) -> None:
        """Keep every walker busy that may work: ranges that wait first, then a cut for one that has run dry."""
        for each in self._ranges:
            if not each.busy and not each.seems_empty and self._may_ask():
                self._ask_documents(each)
        while self.snapshot is not None and self._tickets and self._may_ask() and (wide := self._widest()):
            self._ask_cut(wide)

    def _may_ask(self) -> bool:
        if not self._tickets:
            return True
        return self.snapshot is not None and len(self._tickets) < self._run.walkers.allowed and self._run.has_room

    def _widest(self) -> _Range | None:
        """The range with the most documents that no walker has asked for, if cutting it is worth a request."""
        worth = self._run.sizes.current // 2
        wide = [each for each in self._ranges if each.may_be_cut and (each.unasked is None or each.unasked > worth)]
        return max(wide, key=lambda each: CUT_MOST_IDS if each.unasked is None else each.unasked, default=None)

    def _ask_documents(self, target: _Range) -> None:
        low, high, size = target.low, target.high, self._run.sizes.current
        target.busy, target.ahead = True, size
        ticket = self._run.ask(
            Request(
                build=lambda size: self._at(queries.documents_page(self._run.collection, low, high, size)),
                size=size,
                most_bytes=self._run.page_most_bytes,
            )
        )
        self._tickets[ticket] = _Ticket(asked=_Asked.DOCUMENTS, target=target)

    def _ask_cut(self, target: _Range) -> None:
        size = self._run.sizes.current
        if target.unasked is None:
            ids = min(CUT_MOST_IDS, size * max(self._run.tuning.chunk_pages, self._run.walkers.allowed))
        else:
            ids = (target.ahead if target.busy else 0) + (target.unasked + 1) // 2
        target.cutting = True
        low, high = target.low, target.high
        ticket = self._run.ask(
            Request(build=lambda ids: self._at(queries.id_ahead(self._run.collection, low, high, ids)), size=ids)
        )
        self._tickets[ticket] = _Ticket(asked=_Asked.CUT, target=target, emitted=target.emitted)

    def _cut(self, page: Page, ticket: _Ticket) -> None:
        """Cut the range where the server found the id, or learn how many documents it still holds."""
        target, found = ticket.target, page.resource
        target.cutting = False
        passed = target.emitted - ticket.emitted
        if found["after"] is None:
            target.count = max(0, found["count"] - passed)
            return
        border = _document_id(found["after"])
        if border <= target.low or (target.high is not None and border > target.high) or target not in self._ranges:
            return
        near = page.size - passed
        self._ranges.append(
            _Range(low=border, high=target.high, count=None if target.count is None else max(0, target.count - near))
        )
        target.high, target.count = border - 1, near

    def _documents(self, page: Page, target: _Range) -> list[dict[str, Any]]:
        """The documents of a page that lie within its range; the range then begins after them."""
        resource = page.resource
        if self.snapshot is None:
            self.snapshot, resource = resource["ts"], resource["page"]
        documents: list[dict[str, Any]] = resource["data"]
        after = _document_id(resource["after"][0]) if resource.get("after") else None
        self._run.sizes.learn(page, len(documents))
        self._run.walkers.learn(page, len(documents))
        target.busy = False
        if not documents and after is None:
            target.seems_empty = True
            return []
        if target.high is not None and documents and _document_id(documents[-1]["ref"]) > target.high:
            documents = [each for each in documents if _document_id(each["ref"]) <= target.high]
        target.emitted += len(documents)
        if target.count is not None:
            target.count = max(0, target.count - len(documents))
        if after is None or (target.high is not None and after > target.high):
            self._ranges.remove(target)
        else:
            target.low = after
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
        firsts = [self._at(queries.first_id(self._run.collection, each.low, each.high)) for each in self._ranges]
        if (yield from confirmed_since(self._run, self.snapshot, queries.nothing_in(*firsts))):
            return True
        for each in self._ranges:
            each.seems_empty = each.cutting = False
        return False

    def _first(self, target: _Range) -> Expression:
        """The document that a page of the range begins with."""
        first = queries.first_id(self._run.collection, target.low)
        return first if self.snapshot is None else queries.at(self.snapshot, first)


def _document_id(ref: Any) -> int:
    return int(ref["@ref"]["id"])
