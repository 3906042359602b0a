"""Whether an earlier attempt of this job has read a stream. The sync_id alone does not tell."""

from __future__ import annotations

import pytest

from source_fauna.state.state import FullSyncState
from source_fauna.sync.retries import RETRY_MICROS, of_this_job
from unit_tests.told import warnings

NOW = 1_700_000_000_000_000


@pytest.mark.parametrize(
    ("done_at", "counts"),
    [
        (None, True),
        (NOW - RETRY_MICROS, True),
        (NOW - RETRY_MICROS - 1, False),
        (NOW + RETRY_MICROS, True),
        (NOW + RETRY_MICROS + 1, False),
    ],
    ids=["nobody knows when", "half an hour ago", "earlier", "a clock ahead", "a clock far ahead"],
)
def test_what_was_done_long_ago_was_done_by_another_job(
    done_at: int | None, caplog: pytest.LogCaptureFixture, *, counts: bool
) -> None:
    state = FullSyncState(done=7, done_at=done_at)
    assert of_this_job("foo", state, sync_id=7, now=NOW) == (state if counts else FullSyncState())
    assert ["done for sync_id 7 a short time ago" in each for each in warnings(caplog)] == [True] * counts


@pytest.mark.parametrize(
    "state",
    [FullSyncState(), FullSyncState(snapshot=NOW - 5_000_000), FullSyncState(done=6, done_at=NOW)],
    ids=["nothing saved", "broke off", "done for another job"],
)
@pytest.mark.parametrize("sync_id", [7, None])
def test_any_other_state_is_that_of_the_stream(
    state: FullSyncState, sync_id: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert of_this_job("foo", state, sync_id=sync_id, now=NOW) == state
    assert warnings(caplog) == []
