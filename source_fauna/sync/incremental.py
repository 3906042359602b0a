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
from dataclasses import replace

from source_fauna.errors import FaunaError, Kind
from source_fauna.history import unknown_deletions, warn_of_short_history
from source_fauna.state import FirstWalk, IncrementalState, Position
from source_fauna.sync.removals import RemovalScan
from source_fauna.sync.stream import Flow, StreamRun
from source_fauna.sync.updates import UpdateScan, YoungIndex
from source_fauna.sync.walk import CollectionRecreated, Walk

logger = logging.getLogger("airbyte.source_fauna")


class SavedInFuture(Exception):
    """The server's time lies below a saved position."""


class IncrementalSync:
    """The incremental sync of one stream, from its saved state."""

    def __init__(self, *, run: StreamRun, state: IncrementalState) -> None:
        self._run = run
        self._state = self._saved = state
        self._deletions = run.config.deletions
        self._scan = None if self._deletions is None else RemovalScan(run=run, deletions=self._deletions)
        self._removed_unconfirmed: int | None = None
        self._goal: int | None = None

    def flow(self) -> Flow[None]:
        """The messages of the sync. Raises FaunaError and config errors."""
        if self._run.stream.index is None:
            raise self._run.missing_index()
        if self._scan is not None:
            warn_of_short_history(self._run.stream.collection, logger)
        while not self._finished():
            try:
                yield from self._round()
            except FaunaError as error:
                if error.kind is not Kind.HISTORY:
                    raise
                logger.info("Stream '%s': its snapshot is no longer kept; a new round begins.", self._name)
                if self._state.updates is None:
                    # Nothing is saved yet, so the first pass of deletions begins anew as well.
                    self._state = self._saved
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
        if self._state.walk is not None or updates is None or goal is None:
            return False
        return updates.ts > goal or (updates.ts == goal and updates.document_id is None)

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
            yield from self._confirm_deletions()
            snapshot = yield from self._read_walk(snapshot, ends)
        if self._state.walk is None:
            yield from self._read_updates(snapshot, ends)

    def _read_deletions(self, scan: RemovalScan) -> Flow[int]:
        """Emit the removals in (R, S] and return S.

        In the first pass, R = 0, the saved R stays 0 until S is reached: what history still holds is emitted.
        """
        begin = self._state.removed or 0
        scan.begin(begin)
        snapshot: int | None = None
        while True:
            page = yield from scan.next_page(snapshot)
            self._check(page.snapshot)
            if snapshot is None and self._state.updates and self._state.removed is None:
                logger.warning("%s", unknown_deletions(self._run.stream.collection, snapshot=page.snapshot))
            snapshot = page.snapshot
            yield from self._run.emit_removals(page.removals)
            if page.last:
                self._removed_unconfirmed = None if page.removals else page.position
                if page.removals:
                    yield from self._save(replace(self._state, removed=page.position))
                return snapshot
            if begin > 0:
                yield from self._save(replace(self._state, removed=page.position))

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
            if walk.snapshot is not None:
                self._check(walk.snapshot)
                self._begin_at(walk.snapshot)
            since = before.since
            yield from self._run.emit(
                documents if since is None else [each for each in documents if each["ts"] > since]
            )
            left = replace(before, ranges=walk.left) if walk.left else None
            self._state = replace(self._state, walk=left)
            if documents or left is None:
                yield from self._save(self._state)
            if documents and left is not None and self._run.clock() >= ends:
                # Not after an empty page: what it means is asked next, and a round that never asks never ends the walk.
                break
        return walk.snapshot

    def _begin_at(self, snapshot: int) -> None:
        """Pin U before the walk. With deletions off, R = U is carried on unread: the deletions since then are owed."""
        if self._state.updates is not None:
            return
        removed = self._state.removed
        if removed is None and self._deletions is None:
            removed = snapshot
        self._state = replace(
            self._state, walk=self._state.walk or FirstWalk(), updates=Position(ts=snapshot), removed=removed
        )

    def _read_updates(self, snapshot: int | None, ends: float) -> Flow[None]:
        """Emit the updates in (U, S] until S is reached or the round is over."""
        index, position = self._run.stream.index, self._state.updates
        assert index is not None  # noqa: S101 - checked when the sync began
        assert position is not None  # noqa: S101 - the walk is done
        if snapshot is not None:
            self._goal = self._goal or snapshot
            if position.ts >= snapshot and position.document_id is None:
                yield from self._confirm_deletions()
                return
        scan = UpdateScan(run=self._run, index=index.name, position=position, snapshot=snapshot)
        while True:
            try:
                documents = yield from scan.next_page()
            except YoungIndex:
                self._walk_instead(scan)
                return
            except FaunaError as error:
                if error.kind is Kind.UNDEFINED and "index" in error.description:
                    # An index goes with its collection.
                    yield from self._run.confirm()
                    raise self._run.missing_index() from error
                raise
            if scan.snapshot is not None:
                self._check(scan.snapshot)
            self._goal = self._goal or scan.snapshot
            yield from self._run.emit(documents)
            if scan.done and not documents and self._removed_unconfirmed is None:
                yield from self._run.confirm()
            self._state = replace(self._state, updates=scan.position)
            if scan.done or self._run.clock() >= ends:
                self._run.drop()
                yield from self._confirm_deletions()
                return
            yield from self._save(self._state)

    def _walk_instead(self, scan: UpdateScan) -> None:
        """Read this catch-up by a walk of what lies after U, up to the round's snapshot, and begin it in a new round.

        The new U is that snapshot, taken before the walk began, as in a first sync; a resumed walk keeps `since`.
        """
        assert scan.snapshot is not None  # noqa: S101 - a page was answered
        logger.info(
            "Stream '%s': its index is younger than the last sync and may still be incomplete; this sync reads its "
            "updates from the documents themselves.",
            self._name,
        )
        since = scan.position.ts - (scan.position.document_id is not None)
        self._goal = self._goal or scan.snapshot
        self._state = replace(self._state, walk=FirstWalk(since=since), updates=Position(ts=scan.snapshot))

    def _confirm_deletions(self) -> Flow[None]:
        """Save the state, with R = S once it is sure that an empty page of deletions was no lack of rights.

        Documents that were read do not show that: a role with a condition hides the events of deleted ones alone.
        """
        if self._removed_unconfirmed is not None:
            yield from self._run.confirm()
            self._state = replace(self._state, removed=self._removed_unconfirmed)
            self._removed_unconfirmed = None
        yield from self._save(self._state)

    def _save(self, state: IncrementalState) -> Flow[None]:
        self._state = state
        if state.updates is not None:
            yield from self._run.checkpoint(state.dump())
