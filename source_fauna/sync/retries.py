"""Whether a full refresh that is done was done by an earlier attempt of this very job, or by another job.

The platform gives each job a sync_id of its own, and its retries the same one: a stream that is done for the sync_id is
not read twice. But some tools give every job the same sync_id and keep the state. Taken for a retry, their next job
would read nothing, and a destination that overwrites its tables would empty them.

So a stream counts as done only while both hold:
- something else of the job is left: nobody retries a job whose streams are all done
- it was done a short time ago: the attempts of a job follow each other within minutes, jobs mostly within hours

Where that is wrong, a stream is read once more than needed. Nothing is lost by it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from source_fauna.state.state import FullSyncState

logger = logging.getLogger("airbyte.source_fauna")

RETRY_MICROS = 1_800_000_000
"""Half an hour: platforms start jobs an hour apart at least, and retries within minutes."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A stream of the job: its sync_id, and its saved full refresh; of one that is read otherwise there is none."""

    sync_id: int | None
    state: FullSyncState = field(default_factory=FullSyncState)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left for its sync_id."""
        return self.state.done is not None and self.state.done == self.sync_id


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the saved states tell of this attempt. `now` is the wall clock in microseconds."""

    is_something_left: bool
    now: int

    @classmethod
    def of(cls, streams: Iterable[Saved], *, now: int) -> Attempt:
        """The attempt at a job of these streams."""
        return cls(is_something_left=not all(each.is_done for each in streams), now=now)

    def state_of(self, stream: str, saved: Saved) -> FullSyncState:
        """The saved state of a stream, without that of another job."""
        if not saved.is_done:
            return saved.state
        done_at = saved.state.done_at
        if not self.is_something_left or done_at is None or abs(self.now - done_at) > RETRY_MICROS:
            return FullSyncState()
        logger.warning(
            "Stream '%s' is not read again: its saved state says that it was done for sync_id %s a short time ago, so "
            "this is taken for a retry of the same sync. If it is another one, give each sync a sync_id of its own, or "
            "clear the stream's state.",
            stream,
            saved.sync_id,
        )
        return saved.state
