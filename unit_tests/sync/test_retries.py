"""Whether what is done was done by an earlier attempt of this job: its sync_id alone does not tell."""

from __future__ import annotations

import logging

import pytest

from source_fauna.state.state import FullSyncState
from source_fauna.sync.retries import RETRY_MICROS, Attempt, Saved

NOW = 1_700_000_000_000_000
DONE = FullSyncState(done=7, done_at=NOW - 1_000_000)
BEGUN = FullSyncState(snapshot=NOW - 5_000_000)
NOTHING = FullSyncState()


def kept(state: FullSyncState, *others: Saved, sync_id: int | None = 7) -> FullSyncState:
    """What counts of the saved state of a stream, in a job with these others."""
    saved = Saved(sync_id=sync_id, state=state)
    return Attempt.of([saved, *others], now=NOW).state_of("foo", saved)


@pytest.mark.parametrize(
    "other",
    [
        Saved(sync_id=7),
        Saved(sync_id=7, state=BEGUN),
        Saved(sync_id=7, state=FullSyncState(done=6, done_at=NOW)),
        Saved(sync_id=None),
    ],
    ids=["nothing saved", "broke off", "done for another job", "no full refresh"],
)
def test_a_stream_that_is_done_is_not_read_again_while_another_is_left(
    other: Saved, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert kept(DONE, other) == DONE
    assert "done for sync_id 7 a short time ago" in caplog.text


@pytest.mark.parametrize("others", [(), (Saved(sync_id=7, state=DONE),)], ids=["alone", "with another"])
def test_a_job_whose_streams_are_all_done_is_retried_by_nobody(others: tuple[Saved, ...]) -> None:
    """A tool that gives every sync the same sync_id would read nothing for ever."""
    assert kept(DONE, *others) == NOTHING


@pytest.mark.parametrize(
    ("done_at", "counts"),
    [
        (None, False),
        (NOW - RETRY_MICROS, True),
        (NOW - RETRY_MICROS - 1, False),
        (NOW + RETRY_MICROS, True),
        (NOW + RETRY_MICROS + 1, False),
    ],
    ids=["nobody knows when", "half an hour ago", "earlier", "a clock ahead", "a clock far ahead"],
)
def test_what_was_done_long_ago_was_done_by_another_job(done_at: int | None, counts: bool) -> None:
    state = FullSyncState(done=7, done_at=done_at)
    assert (kept(state, Saved(sync_id=7)) == state) is counts


@pytest.mark.parametrize("state", [BEGUN, NOTHING, FullSyncState(done=6, done_at=NOW)])
@pytest.mark.parametrize("sync_id", [7, None])
def test_any_other_state_is_that_of_the_stream(state: FullSyncState, sync_id: int | None) -> None:
    assert kept(state, sync_id=sync_id) == state
