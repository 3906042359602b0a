"""Deletions after a time up to a snapshot, page by page, from the events of the collection.

History is cut without a word, so each page carries the proof that it reaches back far enough, and that this collection
existed then; and a role under a condition hides the events of deleted documents, so each page is confirmed. A worker
reads them from their beginning each time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.database import queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.parts import expressions
from source_fauna.parts.confirmation import confirm, recreated
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
    """Everything up to `position` was handed out."""

    def __init__(self, *, part: Removals, pages: Pages) -> None:
        self._part = part
        self._pages = pages
        self._position = part.since
        self._proves = True
        self._by_definition = True
        self._cursor: Expression = {"ts": part.since}
        self._least_size = 0

    def read(self) -> Iterator[list[Deletion]]:
        while True:
            try:
                page = self._ask()
                self._confirm(page.resource["page"])
            except FaunaError as error:
                self._bear(error)
                continue
            found = page.resource["page"]["page"]
            deletions = [(str(document_id), int(ts)) for document_id, ts in found["data"]]
            after = found.get("after")
            self._pages.sizes.learn(page, page.size if after else 0)
            if after is None:
                yield deletions
                return
            yield self._behind(after, deletions)

    def _ask(self) -> Page:
        """The next page, with the proof. Raises FaunaError, and a config error when the name was another's then."""
        part, cursor, proves, by_definition = self._part, self._cursor, self._proves, self._by_definition
        beside = {"then": expressions.name_at(part.collection, part.since)} if proves and by_definition else {}

        def build(size: int) -> Expression:
            page = queries.deletions_page(part.collection, cursor, size)
            if proves:
                page = questions.proven(part.collection, part.since, page, by_definition=by_definition)
            return queries.page_at(part.snapshot, page, **beside)

        size = max(self._pages.sizes.current, self._least_size)
        page = self._pages.client.fetch(Request(build=build, size=size, doubted=True), on_wait=tell)
        if page.resource.get("then", part.collection) != part.collection:
            raise recreated(part.collection, part.since)
        return page

    def _confirm(self, found: Any) -> None:
        """Make sure that nothing was hidden from the page: a right to read under a condition hides deletions alone."""
        part, after = self._part, found["page"].get("after")
        claim = questions.all_events_in(part.snapshot, part.collection, self._cursor, found["events"], after)
        confirm(self._pages.client, part.collection, part.snapshot, claim, is_conditional=False)

    def _bear(self, error: FaunaError) -> None:
        """Change what the next request asks for, so that it does not fail again. Raises what cannot be borne."""
        part = self._part
        if error.kind is Kind.BROKEN_CURSOR:
            self._restart(self._position)
        elif error.kind is Kind.FORBIDDEN and self._proves and self._by_definition:
            self._by_definition = False
        elif error.kind in (Kind.HISTORY, Kind.MISSING) and self._proves:
            loss = Loss(collection=part.collection, position=part.since, error=error)
            if not part.bears_loss:
                raise lost(loss) from error
            logger.warning("%s", borne(loss))
            self._proves = False
        else:
            raise error

    def _behind(self, after: dict[str, Any], deletions: list[Deletion]) -> list[Deletion]:
        """The deletions of a page that count; the scan then stands behind it."""
        ts = int(after["ts"])
        self._position = max(self._position, ts - 1)
        if int(after["document"]["@ref"]["id"]) >= 0:
            self._cursor = queries.event_cursor(after)
            self._least_size = 0
            return deletions
        self._restart(ts - 1)
        return [each for each in deletions if each[1] < ts]

    def _restart(self, position: int) -> None:
        """Ask again from before a transaction of both signs of ids, for a page that holds all of it."""
        before = self._least_size if self._cursor == {"ts": position} else 0
        if before >= LARGEST_PAGE:
            raise ConfigError(
                f"Collection '{self._part.collection}' has a transaction with negative and positive document ids that "
                "is too large for the database's paging of events. Switch deletions off."
            )
        self._least_size = min(LARGEST_PAGE, 2 * max(self._pages.sizes.current, before))
        self._cursor = {"ts": position}
