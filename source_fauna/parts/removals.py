"""Deletions after a time up to a snapshot, page by page, from the events of the collection.

History is cut without a word, so each page carries the proof that it reaches back far enough, and that this collection
existed then; and a role under a condition hides the events of deleted documents, so each page is confirmed. A worker
reads them from their beginning each time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.database import queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.parts.confirmation import confirm, replaced
from source_fauna.parts.lost import borne, lost
from source_fauna.parts.pages import Pages, tell
from source_fauna.parts.part import Removals
from source_fauna.schema.history import Loss

logger = logging.getLogger("airbyte.source_fauna")

Deletion = tuple[str, int]
"""The id of a document, and the ts of its deletion in microseconds."""


def read_removals(part: Removals, pages: Pages) -> Iterator[list[Deletion]]:
    """The deletions, page by page. Raises FaunaError, and a config error when some are lost and that is not borne."""
    return _Scan(part=part, pages=pages).read()


class _Scan:
    """Everything up to `position` was handed out. A transaction with ids of both signs is read by one page, `whole`."""

    def __init__(self, *, part: Removals, pages: Pages) -> None:
        self._part = part
        self._pages = pages
        self._position = part.since
        self._proves = True
        self._by_definition = True
        self._cursor: Expression = {"ts": part.since}
        self._whole: _WholeTransaction | None = None

    def read(self) -> Iterator[list[Deletion]]:
        while True:
            try:
                page = self._ask()
                self._confirm(page.resource["page"])
            except FaunaError as error:
                self._ask_otherwise(error)
                continue
            found = page.resource["page"]["page"]
            deletions = [(str(document_id), int(ts)) for document_id, ts in found["data"]]
            after = found.get("after")
            self._pages.sizes.learn(page, page.size if after else 0)
            if after is None:
                yield deletions
                return
            yield self._go_on(after, deletions)

    def _ask(self) -> Page:
        part, cursor, proves, by_definition = self._part, self._cursor, self._proves, self._by_definition

        def build(size: int) -> Expression:
            page = queries.deletions_page(part.collection, cursor, size)
            if proves:
                page = questions.proven(part.collection, part.since, page, by_definition=by_definition)
            return queries.page_at(part.snapshot, page)

        size = max(self._pages.sizes.current, self._whole.size if self._whole else 1)
        return self._pages.client.fetch(Request(build=build, size=size, doubted=True), on_wait=tell)

    def _confirm(self, found: Any) -> None:
        """Make sure that nothing was hidden from the page: a right to read under a condition hides deletions alone."""
        part, after = self._part, found["page"].get("after")
        claim = questions.all_events_in(part.snapshot, part.collection, self._cursor, found["events"], after)
        confirm(self._pages.client, part.collection, part.snapshot, claim, is_conditional=False)

    def _ask_otherwise(self, error: FaunaError) -> None:
        """Change the next request so that it does not fail again. Raises the error, or a config error, if it would."""
        part = self._part
        if error.kind is Kind.BROKEN_CURSOR:
            self._read_whole(max(int(self._cursor["ts"]), self._position + 1))
        elif error.kind is Kind.FORBIDDEN and self._proves and self._by_definition:
            self._by_definition = False
        elif error.kind is Kind.RENAMED:
            raise replaced(part.collection, part.since) from error
        elif error.kind in (Kind.HISTORY, Kind.MISSING) and self._proves:
            loss = Loss(collection=part.collection, position=part.since, error=error)
            if not part.bears_loss:
                raise lost(loss) from error
            logger.warning("%s", borne(loss))
            self._proves = False
        else:
            raise error

    def _go_on(self, after: dict[str, Any], deletions: list[Deletion]) -> list[Deletion]:
        """Stand before the event `after`; returns the deletions of the page that may be believed.

        Where the page ends within a transaction with ids below zero, none of it may: it is read once more, whole.
        """
        ts = int(after["ts"])
        self._position = max(self._position, ts - 1)
        if self._whole and self._whole.ts <= self._position:
            self._whole = None
        has_negative = int(after["document"]["@ref"]["id"]) < 0 or any(
            int(document_id) < 0 for document_id, deleted in deletions if deleted == ts
        )
        if has_negative or (self._whole and self._whole.ts == ts):
            self._read_whole(ts)
            return [each for each in deletions if each[1] < ts]
        self._cursor = queries.event_cursor(after)
        return deletions

    def _read_whole(self, ts: int) -> None:
        """Ask again from before the transaction at ts, by pages that double until one holds all of it."""
        before = self._whole.size if self._whole else 0
        if before >= LARGEST_PAGE:
            raise ConfigError(
                f"Collection '{self._part.collection}' has a transaction with negative and positive document ids that "
                "is too large for the database's paging of events. Switch deletions off."
            )
        size = min(LARGEST_PAGE, 2 * max(self._pages.sizes.current, before))
        self._whole = _WholeTransaction(ts=ts, size=size)
        self._cursor = {"ts": self._position}


@dataclass(frozen=True, kw_only=True)
class _WholeTransaction:
    """A transaction that one page has to hold: its ts (microseconds), and the size to ask for."""

    ts: int
    size: int
