"""Deletions in (R, S], read page by page from the events of the collection.

R is the position: every deletion with a ts up to it was emitted. It moves with every page, also when a page holds no
deletion, to just below the ts of the next event. The ts of the last event would lose the rest of its transaction.

The server cannot page through a transaction that has ids of both signs: its own cursors skip events of it, or fail
(recording `mixed_signs`). So such a transaction is read by one page that holds all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from source_fauna.config.config import LARGEST_PAGE, Deletions
from source_fauna.database import queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.history import Loss, renamed
from source_fauna.sync.confirmation import confirmed
from source_fauna.sync.identity import replacement
from source_fauna.sync.stream import Flow, StreamRun

EVENT_PAGE_MOST = 10_000
"""Events in one page, but for a transaction with ids of both signs: all of it must fit into one."""


@dataclass(frozen=True, kw_only=True)
class DeletionsPage:
    """One page: `deletions` are (id, ts); everything up to `position` was read, and `is_last` tells there is no more.

    `snapshot` is the S at which it was read. All times are microseconds.
    """

    snapshot: int
    deletions: list[tuple[str, int]]
    position: int
    is_last: bool


class DeletionReader:
    """Scans the events of one stream's collection, as often as a sync needs it.

    It remembers from scan to scan how large pages are.
    """

    def __init__(self, *, run: StreamRun, deletions: Deletions) -> None:
        self.run = run
        self.tolerates_loss = deletions.lost_history == "warn"
        self.sizes = PageSize(
            start=run.tuning.event_page_size,
            most=EVENT_PAGE_MOST,
            target_seconds=run.tuning.page_target_seconds,
            target_bytes=run.tuning.page_target_bytes,
        )

    def scan(self, position: int, *, proves: bool) -> DeletionScan:
        """A scan of what lies after the position; without `proves` of what history still holds, be it all or not.

        In both it is proven that the collection is the one that was read up to the position, and at the snapshot.
        """
        return DeletionScan(reader=self, position=position, proves=proves)


class DeletionScan:
    """One scan, from a position up to a snapshot.

    Where the key may not read the definition of the collection, the rest of the scan proves its history alone. The next
    scan asks for the definition again, from where this one has come to.

    In a scan without `proves`, a collection that was created after the position may take the place of another: its
    documents are newer than all deletions so far.
    """

    def __init__(self, *, reader: DeletionReader, position: int, proves: bool) -> None:
        self._reader = reader
        self._run = reader.run
        self._position = position
        self._proves = self._asks_proof = proves
        self._by_definition = True
        self._identifies = True
        self._then = position
        self._cursor: Expression = {"ts": position}
        self._snapshot: int | None = None
        self._until: int | None = None
        self._whole: _WholeTransaction | None = None
        self._least_size = 1

    def next_page(self, snapshot: int | None) -> Flow[DeletionsPage]:
        """The next page at the snapshot; None pins it. Raises FaunaError, and a config error on lost history."""
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

    def _is_confirmed(self, page: Page) -> Flow[bool]:
        """Whether nothing was hidden from the page: a right to read under a condition hides deletions alone."""
        found = page.resource["page"]
        claim = questions.all_events_in(
            page.resource["ts"], self._run.collection, self._cursor, found["events"], found["page"].get("after")
        )
        try:
            return (yield from confirmed(self._run, claim))
        except FaunaError as error:
            if error.kind is not Kind.BROKEN_CURSOR:
                raise
        self._read_whole(self._transaction_at_cursor)
        return False

    def _ask(self, snapshot: int | None) -> Flow[Page]:
        position, cursor, collection = self._position, self._cursor, self._run.collection
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

        size = max(self._reader.sizes.current, self._least_size, self._whole.size if self._whole else 1)
        return (yield from self._run.wait(self._run.ask(Request(build=build, size=size))))

    def _ask_otherwise(self, error: FaunaError) -> None:
        """Change the next request so that it does not fail again. Raises the error, or a config error, if it would."""
        if error.kind is Kind.BROKEN_CURSOR:
            self._read_whole(self._transaction_at_cursor)
        elif error.kind is Kind.FORBIDDEN and self._by_definition:
            self._by_definition = False
            self._run.warn_of_closed_definition()
        elif error.kind is Kind.RENAMED:
            raise ConfigError(
                renamed(self._run.collection, position=self._then, name_then=error.description)
            ) from error
        elif error.kind in (Kind.HISTORY, Kind.MISSING) and self._asks_proof:
            loss = Loss(collection=self._run.collection, position=self._position, error=error)
            if not self._reader.tolerates_loss:
                raise ConfigError(loss.message) from error
            self._run.warn(loss.warning)
            self._asks_proof = False
            self._identifies = error.kind is Kind.HISTORY
        elif self._identifies and replacement(error, then=self._then) is not None:
            self._identifies = False
        else:
            raise error

    def _read(self, page: Page, snapshot: int) -> DeletionsPage:
        """What a page holds. The scan then stands behind it, and asks for a whole proof again."""
        found = page.resource["page"]["page"]
        deletions = [(str(document_id), int(ts)) for document_id, ts in found["data"]]
        after = found.get("after")
        self._asks_proof, self._identifies = self._proves, True
        self._reader.sizes.learn(page, page.size if after else 0)
        is_last = after is None and self._until is None
        if after is not None:
            self._position = max(self._position, int(after["ts"]) - 1)
            self._cursor = queries.event_cursor(after)
        else:
            self._position = max(self._position, snapshot if self._until is None else self._until)
            self._cursor, self._until = {"ts": self._position}, None
        if self._whole and self._whole.ts <= self._position:
            self._whole = None
        self._run.standstill.reach(f"its deletions, {_place(after) if after else f'ts {self._position}'}")
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
            raise ConfigError(
                f"Collection '{self._run.collection}' has a transaction with negative and positive document ids that "
                "is too large for the database's paging of events. Switch deletions off, or clear the stream's data."
            )
        self._run.warn(
            f"Stream '{self._run.name}': one transaction holds negative and positive document ids; negative "
            "ones are outside of what a sync promises."
        )
        size = min(LARGEST_PAGE, 2 * max(self._reader.sizes.current, before))
        self._whole = _WholeTransaction(ts=ts, size=size)
        self._cursor, self._until = {"ts": self._position}, None


def _place(event: dict[str, Any]) -> str:
    return f"ts {event['ts']}, {event['action']} of document {event['document']['@ref']['id']}"


@dataclass(frozen=True, kw_only=True)
class _WholeTransaction:
    """A transaction that one page has to hold: its ts (microseconds), and the size to ask for."""

    ts: int
    size: int
