"""Deletions in (R, S], read page by page from the events of the collection. It asks without knowing how: see `steps`.

R is the position: every deletion with a ts up to it was handed out. It moves with every page, also when a page holds no
deletion, to just below the ts of the next event. The ts of the last event would lose the rest of its transaction.

History is cut without a word, so each page carries the proof that it reaches back far enough, and that this collection
existed then; and a role under a condition hides the events of deleted documents, so each page is confirmed.

The server cannot page through a transaction that has ids of both signs: its own cursors skip events of it, or fail
(recording `mixed_signs`). So such a transaction is read by one page that holds all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.database import queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Kind
from source_fauna.rules.confirmation import is_replaced
from source_fauna.rules.steps import Steps
from source_fauna.schema.history import Loss
from source_fauna.tuning import Tuning

EVENT_PAGE_MOST = 10_000
"""Events in one page, but for a transaction with ids of both signs: all of it must fit into one."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a page has to be confirmed by. Its answer tells whether it is true, for a key that may read everything."""

    claim: Expression


@dataclass(frozen=True, kw_only=True)
class DeletionsPage:
    """One page: `deletions` are (id, ts); everything up to `position` was read, and `is_last` tells there is no more.

    `snapshot` is the S at which it was read. All times are microseconds.
    """

    snapshot: int
    deletions: list[tuple[str, int]]
    position: int
    is_last: bool


class Teller(Protocol):
    """Says to users what a scan finds, in words that fit what they run."""

    def closed_definition(self) -> None:
        """The key may not read the definition of the collection."""

    def lost(self, loss: Loss) -> None:
        """Deletions may be lost. Raises the error unless the user bears it."""

    def both_signs(self) -> None:
        """A transaction has ids of both signs."""

    def reach(self, place: str) -> None:
        """The scan stands there now."""

    def renamed(self, position: int, name_then: str) -> UserError:
        """The error when the name belonged to another collection at the position, or at the snapshot."""

    def too_large(self) -> UserError:
        """The error when a transaction of both signs does not fit into the largest page."""


def event_sizes(tuning: Tuning) -> PageSize:
    """How large pages of events are: they are small, so that a first page holds many."""
    return PageSize(
        start=tuning.event_page_size,
        most=EVENT_PAGE_MOST,
        target_seconds=tuning.page_target_seconds,
        target_bytes=tuning.page_target_bytes,
    )


class DeletionScan:
    """One scan, from a position up to a snapshot. Without `proves` it reads what history still holds, be it all or not.

    In both it is proven that the collection is the one that was read up to the position, and at the snapshot. In a scan
    without `proves`, a collection that was created after the position may take the place of another: its documents are
    newer than all deletions so far.

    Where the key may not read the definition of the collection, the rest of the scan proves its history alone. The next
    scan asks for the definition again, from where this one has come to. `sizes` learn from scan to scan.
    """

    def __init__(self, *, collection: str, position: int, proves: bool, sizes: PageSize, teller: Teller) -> None:
        self._collection = collection
        self._position = position
        self._sizes = sizes
        self._teller = teller
        self._proves = self._asks_proof = proves
        self._by_definition = True
        self._identifies = True
        self._then = position
        self._cursor: Expression = {"ts": position}
        self._snapshot: int | None = None
        self._until: int | None = None
        self._whole: _WholeTransaction | None = None
        self._least_size = 1

    def next_page(self, snapshot: int | None) -> Steps[Request | Claim, DeletionsPage]:
        """The next page at the snapshot; None pins it. Raises FaunaError, and what the teller says."""
        while True:
            try:
                page = yield from self._ask(snapshot or self._snapshot)
            except FaunaError as error:
                self._ask_otherwise(error)
                continue
            self._snapshot = snapshot or self._snapshot or int(page.resource["ts"])
            if self._ends_within_both_signs(page):
                continue
            if (yield from self._is_confirmed(page)):
                self._least_size = 1
                return self._read(page, self._snapshot)
            # In a transaction of both signs, the order of a page that shows none below zero depends on its size.
            self._least_size = min(EVENT_PAGE_MOST, 2 * page.size)

    def _ends_within_both_signs(self, page: Page) -> bool:
        """Whether the page ends within a transaction of both signs. Then nothing of it is believed.

        What lies before the transaction is read first, by a page at a snapshot that ends there, and then the whole
        transaction by one page.
        """
        found = page.resource["page"]["page"]
        after = found.get("after")
        if after is None:
            return False
        ts = int(after["ts"])
        at_end = [int(document_id) for document_id, deleted in found["data"] if deleted == ts]
        is_known = self._whole is not None and self._whole.ts == ts
        if not is_known and min(*at_end, 0, int(after["document"]["@ref"]["id"])) == 0:
            return False
        if ts - 1 > self._position:
            self._until = ts - 1
        else:
            self._read_whole(ts)
        return True

    def _is_confirmed(self, page: Page) -> Steps[Claim, bool]:
        """Whether nothing was hidden from the page: a right to read under a condition hides deletions alone."""
        found = page.resource["page"]
        after = found["page"].get("after")
        claim = questions.all_events_in(page.resource["ts"], self._collection, self._cursor, found["events"], after)
        try:
            is_true: bool = (yield Claim(claim=claim)).result()
        except FaunaError as error:
            if error.kind is not Kind.BROKEN_CURSOR:
                raise
        else:
            return is_true
        self._read_whole(self._transaction_at_cursor)
        return False

    def _ask(self, snapshot: int | None) -> Steps[Request, Page]:
        position, cursor, collection = self._position, self._cursor, self._collection
        asks_proof, by_definition, identifies = self._asks_proof, self._by_definition, self._identifies
        then = self._then = position if asks_proof else snapshot or position
        reads_at = snapshot if self._until is None else self._until

        def build(size: int) -> Expression:
            page = queries.deletions_page(collection, cursor, size)
            if asks_proof:
                page = questions.proven(collection, position, page, by_definition=by_definition)
            elif by_definition and identifies and then > 0:
                page = questions.identified(collection, then, page)
            return queries.page_at(reads_at, page)

        size = max(self._sizes.current, self._least_size, self._whole.size if self._whole else 1)
        page: Page = (yield Request(build=build, size=size)).result()
        return page

    def _ask_otherwise(self, error: FaunaError) -> None:
        """Change the next request so that it does not fail again. Raises the error, or the teller's, if it would."""
        if error.kind is Kind.BROKEN_CURSOR:
            self._read_whole(self._transaction_at_cursor)
        elif error.kind is Kind.FORBIDDEN and self._by_definition:
            self._by_definition = False
            self._teller.closed_definition()
        elif error.kind is Kind.RENAMED:
            raise self._teller.renamed(self._then, error.description) from error
        elif error.kind in (Kind.HISTORY, Kind.MISSING) and self._asks_proof:
            self._teller.lost(Loss(collection=self._collection, position=self._position, error=error))
            self._asks_proof = False
            self._identifies = error.kind is Kind.HISTORY
        elif self._identifies and is_replaced(error):
            self._identifies = False
        else:
            raise error

    def _read(self, page: Page, snapshot: int) -> DeletionsPage:
        """What a page holds. The scan then stands behind it, and asks for a whole proof again."""
        found = page.resource["page"]["page"]
        deletions = [(str(document_id), int(ts)) for document_id, ts in found["data"]]
        after = found.get("after")
        self._asks_proof, self._identifies = self._proves, True
        self._sizes.learn(page, page.size if after else 0)
        is_last = after is None and self._until is None
        if after is not None:
            self._position = max(self._position, int(after["ts"]) - 1)
            self._cursor = queries.event_cursor(after)
        else:
            self._position = max(self._position, snapshot if self._until is None else self._until)
            self._cursor, self._until = {"ts": self._position}, None
        if self._whole and self._whole.ts <= self._position:
            self._whole = None
        self._teller.reach(_place(after) if after else f"ts {self._position}")
        return DeletionsPage(snapshot=snapshot, deletions=deletions, position=self._position, is_last=is_last)

    @property
    def _transaction_at_cursor(self) -> int:
        """The ts of the transaction that a failed page began in, or the least that it can be."""
        return max(int(self._cursor["ts"]), self._position + 1)

    def _read_whole(self, ts: int) -> None:
        """Ask again from before the transaction at ts, by pages that double until one holds all of it.

        The size is kept until the position has passed the transaction: also a page that succeeds may end within it.
        """
        before = self._whole.size if self._whole else 0
        if before >= LARGEST_PAGE:
            raise self._teller.too_large()
        self._teller.both_signs()
        size = min(LARGEST_PAGE, 2 * max(self._sizes.current, before))
        self._whole = _WholeTransaction(ts=ts, size=size)
        self._cursor, self._until = {"ts": self._position}, None


def _place(event: dict[str, Any]) -> str:
    return f"ts {event['ts']}, {event['action']} of document {event['document']['@ref']['id']}"


@dataclass(frozen=True, kw_only=True)
class _WholeTransaction:
    """A transaction that one page has to hold: its ts (microseconds), and the size to ask for."""

    ts: int
    size: int
