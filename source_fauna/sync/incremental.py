"""Incremental sync: rounds of deletions, then walk or updates, each up to the snapshot of its round.

S, the snapshot of a round, is the server's time, taken when the round begins. A round reads

1. the deletions in (R, S],
2. what is left of the first walk, at S, and then the updates in (U, S],
3. and leaves a state after every page: what a kill costs is the page it fell into.

U is the S of the very first round, taken before the walk began: what changed during the walk comes again as an update.
A round ends early when its time is over, or when the database no longer keeps S; the next one takes a new S, and begins
with deletions. The sync ends when U has reached the S of the first round that read updates, so that it ends also under
writers who never rest.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace

from source_fauna.errors import FaunaError, Kind
from source_fauna.history import unknown_deletions, warn_of_short_history
from source_fauna.indexes import Lack
from source_fauna.state import FirstWalk, IncrementalState, Position
from source_fauna.streams import warn_of_further_values
from source_fauna.sync.proof import CollectionRecreated, confirmed
from source_fauna.sync.removals import RemovalScan
from source_fauna.sync.stream import Flow, StreamRun
from source_fauna.sync.updates import UpdateScan, YoungIndex
from source_fauna.sync.walk import Walk

logger = logging.getLogger("airbyte.source_fauna")


class SavedInFuture(Exception):
    """The server's time lies below a saved position."""


class IncrementalSync:
    """The incremental sync of one stream, from its saved state."""

    def __init__(self, *, run: StreamRun, state: IncrementalState) -> None:
        self._run = run
        self._state = state
        self._deletions = run.deletions
        self._scan = None if self._deletions is None else RemovalScan(run=run, deletions=self._deletions)
        self._goal: int | None = None

    def flow(self) -> Flow[None]:
        """The messages of the sync. Raises FaunaError and config errors."""
        if isinstance(self._run.stream.index, Lack):
            raise self._run.no_updates(self._run.stream.index)
        warn_of_further_values(self._run.stream, logger)
        if self._scan is not None:
            warn_of_short_history(self._run.stream.collection, logger)
        while not self._finished():
            try:
                yield from self._round()
            except FaunaError as error:
                if error.kind is not Kind.HISTORY:
                    raise
                logger.info("Stream '%s': its snapshot is no longer kept; a new round begins.", self._name)
            except SavedInFuture:
                self._run.drop()
                if not (yield from self._is_past()):
                    yield from self._run.checkpoint(self._state.dump())
                    return
            self._run.drop()

    @property
    def _name(self) -> str:
        return str(self._run.descriptor.name)

    def _finished(self) -> bool:
        updates, goal = self._state.updates, self._goal
        return self._state.walk is None and updates is not None and goal is not None and updates.covers(goal)

    def _is_past(self) -> Flow[bool]:
        """Whether the saved positions lie in the database's past; a node that lags is waited for."""
        saved = self._state.latest
        if (yield from self._run.reach(saved)) is not None:
            return True
        logger.warning(
            "Stream '%s': its saved state lies in the database's future, so nothing is read until then. If the "
            "database was restored or moved, clear the stream's data.",
            self._name,
        )
        return False

    def _check(self, snapshot: int) -> None:
        """Nothing is emitted at a snapshot below a saved position."""
        if snapshot < self._state.latest:
            raise SavedInFuture

    def _round(self) -> Flow[None]:
        snapshot = (yield from self._read_deletions(self._scan)) if self._scan else None
        ends = self._run.clock() + self._run.tuning.round_seconds
        if self._state.updates is None or self._state.walk is not None:
            snapshot = yield from self._read_walk(snapshot, ends)
        if self._state.walk is None and self._state.updates is not None:
            yield from self._read_updates(snapshot, ends)

    def _read_deletions(self, scan: RemovalScan) -> Flow[int]:
        """Emit the removals in (R, S] and return S.

        After a long scan R = S is old already, so what was removed meanwhile is read before anything else, as long as
        each scan takes less than half of the one before: documents must get their turn.
        """
        took = math.inf
        while True:
            began, before = self._run.clock(), took
            snapshot = yield from self._scan_deletions(scan)
            took = self._run.clock() - began
            if not self._run.tuning.scan_seconds < took < before / 2:
                return snapshot

    def _scan_deletions(self, scan: RemovalScan) -> Flow[int]:
        """Emit them page by page, with a state after each.

        In the first pass the saved R stays 0 until S is reached and documents are read: until then nothing is lost
        when history is cut.
        """
        removed = self._state.removed or 0
        scan.begin(removed or self._state.passed, proves=removed > 0)
        snapshot: int | None = None
        while True:
            page = yield from scan.next_page(snapshot)
            self._check(page.snapshot)
            if snapshot is None and self._state.updates and self._state.removed is None:
                logger.warning("%s", unknown_deletions(self._run.stream.collection, snapshot=page.snapshot))
            snapshot = page.snapshot
            yield from self._run.emit_removals(page.removals)
            if removed > 0 or (page.last and self._state.updates is not None):
                yield from self._save(replace(self._state, removed=page.position, passed=0))
            else:
                yield from self._save(replace(self._state, removed=0, passed=page.position))
            if page.last:
                return snapshot

    def _read_walk(self, snapshot: int | None, ends: float) -> Flow[int | None]:
        """Go on with the first walk at S until it is done or the round is over; returns S."""
        before = self._state.walk or FirstWalk()
        walk = Walk(run=self._run, ranges=before.ranges, snapshot=snapshot)
        while walk.left:
            try:
                documents = yield from walk.pages()
            except CollectionRecreated:
                # A snapshot older than the collection: the next round has a newer one, and a proof of its own.
                return walk.snapshot
            assert walk.snapshot is not None  # noqa: S101 - a page was answered
            self._check(walk.snapshot)
            if not documents and walk.left:
                # What the empty page means is asked next; a round that never asks would never end the walk.
                continue
            self._begin_at(walk.snapshot)
            since = before.since
            yield from self._run.emit(
                documents if since is None else [each for each in documents if each["ts"] > since]
            )
            left = replace(before, ranges=walk.left) if walk.left else None
            yield from self._save(replace(self._state, walk=left))
            if self._run.clock() >= ends:
                break
        return walk.snapshot

    def _begin_at(self, snapshot: int) -> None:
        """Pin U, and R where the first pass has got to, before the first document is emitted.

        With deletions off, R = U is carried on unread: the deletions since then are owed.
        """
        if self._state.updates is not None:
            return
        removed = self._state.removed
        if self._deletions is not None:
            removed = removed or self._state.passed
        elif removed is None:
            removed = snapshot
        self._state = IncrementalState(walk=FirstWalk(), updates=Position(ts=snapshot), removed=removed)

    def _read_updates(self, snapshot: int | None, ends: float) -> Flow[None]:
        """Emit the updates in (U, S] until S is reached or the round is over."""
        index, position = self._run.stream.index, self._state.updates
        assert not isinstance(index, Lack)  # noqa: S101 - checked when the sync began
        assert position is not None  # noqa: S101 - the walk is done
        if snapshot is not None:
            self._goal = self._goal or snapshot
            if position.covers(snapshot):
                return
        scan = UpdateScan(run=self._run, index=index.name, position=position, snapshot=snapshot)
        while not scan.done:
            try:
                documents = yield from scan.next_page()
            except YoungIndex:
                self._walk_instead(scan)
                return
            except FaunaError as error:
                if error.kind is Kind.UNDEFINED and "index" in error.description:
                    # An index goes with its collection.
                    yield from confirmed(self._run)
                    raise self._run.no_updates(self._run.stream.new_index) from error
                raise
            self._check(scan.reached)
            self._goal = self._goal or scan.reached
            yield from self._run.emit(documents)
            yield from self._save(replace(self._state, updates=scan.position))
            if self._run.clock() >= ends:
                break
        self._run.drop()

    def _walk_instead(self, scan: UpdateScan) -> None:
        """Read this catch-up by a walk of what lies after U, up to the round's snapshot, and begin it in a new round.

        The new U is that snapshot, taken before the walk began, as in a first sync; a resumed walk keeps `since`.
        """
        logger.info(
            "Stream '%s': its index is younger than the last sync and may still be incomplete; this sync reads its "
            "updates from the documents themselves.",
            self._name,
        )
        since = scan.position.ts - (scan.position.document_id is not None)
        self._goal = self._goal or scan.reached
        self._state = replace(self._state, walk=FirstWalk(since=since), updates=Position(ts=scan.reached))

    def _save(self, state: IncrementalState) -> Flow[None]:
        self._state = state
        yield from self._run.checkpoint(state.dump())
