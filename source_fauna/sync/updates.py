"""Updates: the documents in (U, S], in (ts, id) order, by the index of the stream.

U is a Position: everything up to (ts, id) was emitted. Documents of one transaction share a ts, and a page may end
between them; a resumed scan begins behind the last document that was emitted, so none comes twice.
"""

from __future__ import annotations

from typing import Any

from source_fauna import queries
from source_fauna.client import Request
from source_fauna.errors import FaunaError
from source_fauna.queries import Expression
from source_fauna.state import Position
from source_fauna.sync.stream import Flow, StreamRun


class YoungIndex(Exception):
    """The index is younger than the position: entries older than itself may still be missing."""


class UpdateScan:
    """One scan from a position to a snapshot; `snapshot` None: the query of its first page pins it."""

    def __init__(self, *, run: StreamRun, index: str, position: Position, snapshot: int | None) -> None:
        self._run = run
        self._index = index
        self.position = position
        self.snapshot = snapshot
        self.done = False
        self._asked: int | None = None

    def next_page(self) -> Flow[list[dict[str, Any]]]:
        """The documents of the next page, as the server sent them; `position` then lies behind them.

        The following page is asked for before this returns. Raises FaunaError, and YoungIndex.
        """
        ticket, self._asked = self._asked or self._ask(), None
        try:
            page = yield from self._run.wait(ticket)
        except FaunaError as error:
            yield from self._run.blame(error, self._first())
            raise
        self.snapshot = page.resource["ts"]
        if page.resource["index_ts"] > self.position.ts:
            raise YoungIndex
        documents: list[dict[str, Any]] = page.resource["page"]["data"]
        self._run.sizes.learn(page, len(documents))
        after = page.resource["page"].get("after")
        if after is not None:
            self.position = Position.before(after[0], int(after[1]["@ref"]["id"]))
            self._asked = self._ask()
        else:
            self.position = Position(ts=max(self.position.ts, self._reached))
            self.done = True
        return documents

    @property
    def _reached(self) -> int:
        assert self.snapshot is not None  # noqa: S101 - a page was answered
        return self.snapshot

    def _first(self) -> Expression:
        """The document that the next page begins with."""
        first = queries.first_update(self._index, self._run.collection, (self.position.ts, self.position.document_id))
        return first if self.snapshot is None else queries.at(self.snapshot, first)

    def _ask(self) -> int:
        position = (self.position.ts, self.position.document_id)
        index, collection, snapshot = self._index, self._run.collection, self.snapshot

        def build(size: int) -> Expression:
            return queries.updates_page(index, collection, position, snapshot, size)

        return self._run.ask(Request(build=build, size=self._run.sizes.current))
