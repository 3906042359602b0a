"""Deletions: the removals in (R, S], read page by page from the events of the collection.

R is the position: every removal with a ts up to it was emitted. It moves with every page, also through pages that hold
no removal, to just below the ts of the next event; the ts of the last event would lose the rest of its transaction.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from source_fauna import queries
from source_fauna.client import Page, Request
from source_fauna.config import Deletions
from source_fauna.errors import FaunaError, Kind, config_error
from source_fauna.history import Loss
from source_fauna.queries import Expression
from source_fauna.sync.pace import PageSize
from source_fauna.sync.proof import confirmed
from source_fauna.sync.stream import Flow, StreamRun

logger = logging.getLogger("airbyte.source_fauna")

EVENT_PAGE_MOST = 10_000
EVENT_PAGE_LIMIT = 100_000
"""The server's largest page: a transaction of both signs of ids must fit into one."""


@dataclass(frozen=True, kw_only=True)
class Removals:
    """One page: `removals` are (id, ts); everything up to `position` was read, and `last` tells there is no more."""

    snapshot: int
    removals: list[tuple[str, int]]
    position: int
    last: bool


class RemovalScan:
    """Scans the events of one stream's collection. One object for a sync: it remembers what it may not read."""

    def __init__(self, *, run: StreamRun, deletions: Deletions) -> None:
        self._run = run
        self._warn_only = deletions.lost_history == "warn"
        self._by_definition = True
        self._sizes = PageSize(
            start=run.tuning.event_page_size,
            most=EVENT_PAGE_MOST,
            tuning=run.tuning,
            most_bytes=run.tuning.page_target_bytes,
        )

    def begin(self, position: int, *, proves: bool) -> None:
        """Go on after the position; without `proves` with what history still holds, be it all or not."""
        self._position = position
        self._proves = proves
        self._loss: Loss | None = None
        self._cursor: Expression = {"ts": position}
        self._needed = 0

    def next_page(self, snapshot: int | None) -> Flow[Removals]:
        """The next page at the snapshot; None pins it. Raises FaunaError, and a config error on lost history."""
        while True:
            try:
                page = yield from self._ask(snapshot)
            except FaunaError as error:
                self._bear(error)
                continue
            resource = page.resource
            if snapshot is None:
                snapshot, resource = resource["ts"], resource["page"]
            if (yield from self._is_whole(page.size, len(resource["data"]), snapshot)):
                return self._read(page, resource, snapshot)

    def _is_whole(self, size: int, seen: int, snapshot: int) -> Flow[bool]:
        """Whether nothing was hidden from the page: a right to read under a condition hides removals alone."""
        page = queries.at(snapshot, queries.removals_page(self._run.collection, self._cursor, size))
        return (yield from confirmed(self._run, queries.no_more_in(page, seen)))

    def _ask(self, snapshot: int | None) -> Flow[Page]:
        position, cursor, collection = self._position, self._cursor, self._run.collection
        proves, by_definition = self._proves and self._loss is None, self._by_definition

        def build(size: int) -> Expression:
            expression = queries.removals_page(collection, cursor, size)
            if proves:
                expression = queries.proven(collection, position, expression, by_definition=by_definition)
            return queries.pinned(expression) if snapshot is None else queries.at(snapshot, expression)

        ticket = self._run.ask(Request(build=build, size=max(self._sizes.current, self._needed)))
        return (yield from self._run.wait(ticket))

    def _bear(self, error: FaunaError) -> None:
        """Change what the next request asks for, so that it does not fail again. Raises what cannot be borne."""
        if error.kind is Kind.BROKEN_CURSOR:
            self._restart(self._position)
        elif error.kind is Kind.FORBIDDEN and self._proves and self._by_definition:
            self._by_definition = False
            logger.warning(
                "Stream '%s': the key may not read the definition of its collection, so a collection that is deleted "
                "and created again under its name cannot be noticed. Give the role read on Collections().",
                self._run.descriptor.name,
            )
        elif error.kind in (Kind.HISTORY, Kind.MISSING) and self._proves and self._loss is None:
            loss = Loss(collection=self._run.collection, position=self._position, error=error)
            if not self._warn_only:
                raise config_error(loss.message) from error
            logger.warning("%s", loss.warning)
            self._loss = loss
        else:
            raise error

    def _read(self, page: Page, resource: dict[str, Any], snapshot: int) -> Removals:
        found = [(str(document_id), int(ts)) for document_id, ts in resource["data"]]
        after = resource.get("after")
        self._loss = None
        self._sizes.learn(page, page.size if after else 0)
        if after is None:
            self._position = max(self._position, snapshot)
            return Removals(snapshot=snapshot, removals=found, position=self._position, last=True)
        ts = int(after["ts"])
        self._position = max(self._position, ts - 1)
        if int(after["document"]["@ref"]["id"]) < 0:
            found = [removal for removal in found if removal[1] < ts]
            self._restart(ts - 1)
        else:
            self._cursor = queries.event_cursor(after)
            self._needed = 0
        return Removals(snapshot=snapshot, removals=found, position=self._position, last=False)

    def _restart(self, position: int) -> None:
        """Ask again from before the transaction, for a page that holds all of it."""
        self._needed = 2 * max(self._sizes.current, self._needed)
        if self._needed > EVENT_PAGE_LIMIT:
            raise config_error(
                f"Collection '{self._run.collection}' has a transaction with negative and positive document ids that "
                "is too large for the database's paging of events. Switch deletions off, or clear the stream's data."
            )
        logger.warning(
            "Stream '%s': one transaction holds negative and positive document ids; negative ones are outside of what "
            "a sync promises.",
            self._run.descriptor.name,
        )
        self._cursor = {"ts": position}
