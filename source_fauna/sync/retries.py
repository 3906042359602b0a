"""Whether a full refresh that is done was done by an earlier attempt of this very job, or by another job.

The platform gives each job a sync_id of its own, and its retries the same one: a stream that is done for the sync_id is
not read twice. But some tools give every job the same sync_id and keep the state. Taken for a retry, their next job
would read nothing, and a destination that overwrites its tables would empty them.

So a stream counts as done only if it was done a short time ago: the attempts of a job follow each other within minutes,
jobs mostly within hours. Where that is wrong, a stream is read once more than needed, or a warning says that it is not.
"""

from __future__ import annotations

import logging

from source_fauna.state.state import FullSyncState

logger = logging.getLogger("airbyte.source_fauna")

RETRY_MICROS = 1_800_000_000
"""Half an hour: platforms start jobs an hour apart at least, and retries within minutes."""


def of_this_job(stream: str, state: FullSyncState, *, sync_id: int | None, now: int) -> FullSyncState:
    """The saved state of a stream, or an empty one if it is that of another job which was done long ago.

    `now` is the wall clock in microseconds. A state that does not say when it was done counts as a recent one.
    """
    if state.done is None or state.done != sync_id:
        return state
    if state.done_at is not None and abs(now - state.done_at) > RETRY_MICROS:
        return FullSyncState()
    logger.warning(
        "Stream '%s' is not read again: its saved state says that it was done for sync_id %s a short time ago, so "
        "this is taken for a retry of the same sync. If it is another one, give each sync a sync_id of its own, or "
        "clear the stream's state.",
        stream,
        sync_id,
    )
    return state
