"""Incremental sync: rounds of deletions, then walk or updates, each up to the snapshot of its round.

S, the snapshot of a round, is the server's time, taken when the round begins. A round reads

1. the deletions in (R, S],
2. what is left of the first walk, at S, and then the updates in (U, S],
3. and emits a state after every page, so that a kill costs one page at most.

U is the S of the very first round, taken before the walk began. So whatever changes during the walk comes again as an
update. A round ends early when its time is over, or when S falls below the minimum valid time of the database. The next
round takes a new S and begins with deletions. The sync ends when U has reached the S of the first round that read
updates, so it ends even if other clients never stop writing.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace

from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.history import renamed, unknown_deletions, warn_of_short_history
from source_fauna.schema.indexes import Lack
from source_fauna.schema.streams import warn_of_further_values
from source_fauna.state.state import IncrementalState, Position, WalkState
from source_fauna.sync.deletions import DeletionReader
from source_fauna.sync.identity import CollectionReplaced
from source_fauna.sync.stream import Flow, StreamRun
from source_fauna.sync.updates import UpdateScan, YoungIndex
from source_fauna.sync.walk import Walk

logger = logging.getLogger("airbyte.source_fauna")


MOST_LOST_ROUNDS = 3
"""How many rounds in a row may lose their snapshot without any progress. After these, the sync fails: the database is
too slow for its short history."""


class SavedInFuture(Exception):
    """The server's time is before a saved position."""


class IncrementalSync:
    """The incremental sync of one stream, from its saved state."""

    def __init__(self, *, run: StreamRun, state: IncrementalState) -> None:
        self._run = run
        self._state = state
        self._deletions = None if run.deletions is None else DeletionReader(run=run, deletions=run.deletions)
        self._goal: int | None = None

    def flow(self) -> Flow[None]:
        """The messages of the sync. Raises FaunaError and config errors."""
        stream = self._run.stream
        if isinstance(stream.index, Lack):
            raise stream.index.error(self._run.name)
        warn_of_further_values(stream)
        if self._deletions is not None:
            warn_of_short_history(stream.collection)
        lost_rounds = 0
        while not self._is_finished():
            before = self._state.walk, self._state.updates
            try:
                yield from self._round()
                lost_rounds = 0
            except FaunaError as error:
                lost_rounds = lost_rounds + 1 if before == (self._state.walk, self._state.updates) else 0
                if error.kind is not Kind.HISTORY or lost_rounds == MOST_LOST_ROUNDS:
                    raise
                logger.info("Stream '%s': its snapshot is no longer kept; a new round begins.", self._run.name)
            except CollectionReplaced as replaced:
                self._raise_if_renamed(replaced)
            except SavedInFuture:
                self._run.drop()
                if not (yield from self._is_past()):
                    yield from self._run.checkpoint(self._state.dump())
                    return
            self._run.drop()

    def _raise_if_renamed(self, replaced: CollectionReplaced) -> None:
        """Raise a config error if the present collection may have documents that are older than the saved position.

        A collection that did not exist at that time has none, so a new round with a newer snapshot reads all of it.
        """
        if replaced.name_then is not None:
            told = renamed(self._run.collection, position=replaced.then, name_then=replaced.name_then)
            raise ConfigError(told) from replaced

    def _is_finished(self) -> bool:
        updates, goal = self._state.updates, self._goal
        return self._state.is_walked and updates is not None and goal is not None and updates.covers(goal)

    def _is_past(self) -> Flow[bool]:
        """Whether the saved positions lie in the database's past. Waits some seconds for a node that lags."""
        saved = self._state.latest
        if (yield from self._run.reach(saved)) is not None:
            return True
        logger.warning(
            "Stream '%s': its saved state lies in the database's future, so nothing is read until then. If the "
            "database was restored or moved, clear the stream's data.",
            self._run.name,
        )
        return False

    def _check(self, snapshot: int) -> None:
        """Raise SavedInFuture if the snapshot is before a saved position: nothing may be emitted from it."""
        if snapshot < self._state.latest:
            raise SavedInFuture

    def _aim_at(self, snapshot: int) -> None:
        """The sync has to reach the first snapshot at which updates are read."""
        self._goal = self._goal or snapshot

    def _round(self) -> Flow[None]:
        snapshot = (yield from self._read_deletions(self._deletions)) if self._deletions else None
        ends = self._run.clock() + self._run.tuning.round_seconds
        if not self._state.is_walked:
            snapshot = yield from self._read_walk(snapshot, ends)
        if self._state.is_walked and not self._is_finished():
            yield from self._read_updates(snapshot, ends)

    def _read_deletions(self, reader: DeletionReader) -> Flow[int]:
        """Emit the deletions in (R, S] and return S.

        After a long scan R = S is old already. So what was deleted meanwhile is read by another scan, as long as each
        scan takes less than half the time of the one before. After that it is the turn of the documents.
        """
        took = math.inf
        while True:
            began, before = self._run.clock(), took
            snapshot = yield from self._scan_deletions(reader)
            took = self._run.clock() - began
            if not self._run.tuning.scan_seconds < took < before / 2:
                return snapshot

    def _scan_deletions(self, reader: DeletionReader) -> Flow[int]:
        """Emit the deletions in (R, S] page by page, with a state after each."""
        is_first_pass = not self._state.deletions
        scan = reader.scan(self._state.deletions or self._state.passed, proves=not is_first_pass)
        snapshot: int | None = None
        while True:
            page = yield from reader.next_page(scan, snapshot)
            self._check(page.snapshot)
            if snapshot is None and self._state.updates and is_first_pass:
                logger.warning("%s", unknown_deletions(self._run.stream.collection, snapshot=page.snapshot))
            snapshot = page.snapshot
            yield from self._run.emit_deletions(page.deletions)
            yield from self._save(self._state.after_deletions(page.position, is_last=page.is_last))
            if page.is_last:
                return snapshot

    def _read_walk(self, snapshot: int | None, ends: float) -> Flow[int | None]:
        """Continue the walk at S until it is done or the round is over. Returns S."""
        before = self._state.walk or WalkState()
        walk = Walk(run=self._run, ranges=before.ranges, snapshot=snapshot, since=self._state.oldest)
        while walk.left:
            documents = yield from walk.next_page()
            assert walk.snapshot is not None  # noqa: S101 - a page was answered
            self._check(walk.snapshot)
            if not documents and walk.left:
                # The walk asks next whether the empty page was the end. A round that stops here would never ask.
                continue
            # Before the first record: whenever there are rows, R must be known.
            yield from self._save(self._state.begun_at(walk.snapshot, reads_deletions=self._deletions is not None))
            since = before.since
            if since is None:
                yield from self._run.estimate(handed_out=len(documents), left=walk.count)
            yield from self._run.emit(
                documents if since is None else [each for each in documents if each["ts"] > since]
            )
            left = replace(before, ranges=walk.left) if walk.left else None
            yield from self._save(replace(self._state, walk=left))
            if self._run.clock() >= ends:
                break
        return walk.snapshot

    def _read_updates(self, snapshot: int | None, ends: float) -> Flow[None]:
        """Emit the updates in (U, S] until S is reached or the round is over."""
        index, position = self._run.stream.index, self._state.updates
        assert not isinstance(index, Lack)  # noqa: S101 - checked when the sync began
        assert position is not None  # noqa: S101 - the walk is done
        if snapshot is not None:
            self._aim_at(snapshot)
            if position.covers(snapshot):
                return
        scan = UpdateScan(run=self._run, index=index.name, position=position, snapshot=snapshot)
        while not scan.done:
            try:
                documents = yield from scan.next_page()
            except YoungIndex:
                self._walk_instead(scan)
                return
            self._check(scan.reached)
            self._aim_at(scan.reached)
            yield from self._run.emit(documents)
            yield from self._save(replace(self._state, updates=scan.position))
            if self._run.clock() >= ends:
                break

    def _walk_instead(self, scan: UpdateScan) -> None:
        """Read the updates by a walk that emits what lies after U. The next round begins it.

        The new U is the snapshot of this round, taken before the walk begins, as in a first sync. A resumed walk keeps
        `since`.
        """
        logger.info(
            "Stream '%s': its index is younger than the last sync and may still be incomplete; this sync reads its "
            "updates from the documents themselves.",
            self._run.name,
        )
        since = scan.position.whole_until
        self._aim_at(scan.reached)
        self._state = replace(self._state, walk=WalkState(since=since), updates=Position(ts=scan.reached))

    def _save(self, state: IncrementalState) -> Flow[None]:
        self._state = state
        yield from self._run.checkpoint(state.dump())
