"""Full refresh: a walk over all documents at one snapshot.

The state holds the snapshot and the ranges of ids that are left, so the next attempt continues at the same snapshot.
After a kill the pages that no state covers are read again.
"""

from __future__ import annotations

import logging

from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.state.state import WHOLE, FullSyncState, IdRange
from source_fauna.sync.confirmation import confirmed_since
from source_fauna.sync.identity import CollectionReplaced
from source_fauna.sync.stream import Flow, StreamRun
from source_fauna.sync.walk import Walk

logger = logging.getLogger("airbyte.source_fauna")


class FullRefresh:
    """The full refresh of one stream. `sync_id` names the job, so that a retry does not read the stream again."""

    def __init__(self, *, run: StreamRun, state: FullSyncState, sync_id: int | None) -> None:
        self._run = run
        self._state = state
        self._sync_id = sync_id

    def flow(self) -> Flow[None]:
        """The messages of the sync. Raises FaunaError."""
        if self._state.done is not None and self._state.done == self._sync_id:
            yield from self._run.checkpoint(self._state.dump())
            return
        walk = yield from self._begin()
        yield from self._walk(walk)
        done_at = int(self._run.tuning.wall_clock() * 1_000_000)
        yield from self._run.checkpoint(FullSyncState(done=self._sync_id, done_at=done_at).dump())

    def _begin(self) -> Flow[Walk]:
        """The walk of the saved state, or a new one if the saved snapshot lies in the future."""
        snapshot = self._state.snapshot
        if snapshot is None:
            return self._fresh()
        if (yield from self._run.reach(snapshot)) is None:
            logger.warning(
                "Stream '%s': the snapshot of the saved state lies in the database's future; a new one is read.",
                self._run.name,
            )
            return self._fresh()
        return Walk(run=self._run, ranges=self._state.ranges, snapshot=snapshot)

    def _fresh(self, ranges: tuple[IdRange, ...] = WHOLE) -> Walk:
        return Walk(run=self._run, ranges=ranges, snapshot=None)

    def _walk(self, walk: Walk) -> Flow[None]:
        while walk.left:
            try:
                documents = yield from walk.next_page()
            except FaunaError as error:
                if error.kind is not Kind.HISTORY:
                    raise
                walk = yield from self._at_new_snapshot(walk)
                continue
            except CollectionReplaced as replaced:
                walk = self._from_the_beginning(replaced)
                continue
            yield from self._run.estimate(handed_out=len(documents), left=walk.count)
            yield from self._run.emit(documents)
            if walk.left:
                state = FullSyncState(snapshot=walk.snapshot, ranges=walk.left)
                yield from self._run.checkpoint(state.dump())

    def _at_new_snapshot(self, walk: Walk) -> Flow[Walk]:
        """History no longer reaches back to the snapshot: what is left is read at a new one.

        If another collection has the name by now, all of it is left. Definitions keep a longer history than documents.
        """
        assert walk.snapshot is not None  # noqa: S101 - no query that pins its own snapshot is too late for it
        try:
            yield from confirmed_since(self._run, walk.snapshot)
        except CollectionReplaced as replaced:
            return self._from_the_beginning(replaced)
        logger.warning(
            "Stream '%s': the database no longer keeps the snapshot of this full refresh, so the rest is read at a new "
            "one. Documents that were changed meanwhile may come in two versions. Those that were deleted or created "
            "meanwhile may be left in the table, or be missing from it, until the next full refresh. A higher "
            "history_days avoids it.",
            self._run.name,
        )
        return self._fresh(walk.left)

    def _from_the_beginning(self, replaced: CollectionReplaced) -> Walk:
        """A new walk, because the documents emitted so far belong to a collection that is gone."""
        self._run.drop()
        if replaced.name_then is None:
            logger.warning(
                "Stream '%s': its collection was deleted and created again while it was read, so it is read from the "
                "beginning. Rows of the deleted one may stay in the table until the next full refresh.",
                self._run.name,
            )
        else:
            logger.warning(
                "Stream '%s': its collection was called '%s' when the read began, and took this name from another one "
                "since, so it is read from the beginning. Rows of the other one may stay in the table until the next "
                "full refresh: clear the stream's data to drop them.",
                self._run.name,
                replaced.name_then,
            )
        return self._fresh()
