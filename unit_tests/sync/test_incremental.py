"""A saved position from the future: nothing is emitted, and the state stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import Type

from source_fauna.state.state import parse_incremental
from source_fauna.sync.incremental import IncrementalSync
from unit_tests.sync.direct import DirectFetcher, messages, stream_run
from unit_tests.things import COLLECTION, indexed, things

FUTURE = 253370764800000000


@pytest.mark.parametrize("deletions", [False, True], ids=["deletions off", "deletions on"])
@pytest.mark.parametrize(
    "saved",
    [
        pytest.param({"updates_cursor": {"ts": FUTURE, "ref": "10"}}, id="updates"),
        pytest.param(
            {"initial_sync_cursor": {"ranges": [{"from": "3"}]}, "updates_cursor": {"ts": FUTURE}}, id="first walk"
        ),
    ],
)
def test_a_position_from_the_future_is_kept(saved: dict[str, Any], deletions: bool) -> None:
    fetcher = DirectFetcher(indexed(things(*range(9))), threads=2)
    run = stream_run(fetcher, page_size=2, deletions=deletions)
    sync = IncrementalSync(run=run, state=parse_incremental(COLLECTION, saved))
    emitted = list(messages(sync.flow(), fetcher))
    assert [message.type for message in emitted] == [Type.STATE]
    state = emitted[0].state
    assert state is not None
    assert state.stream is not None
    assert state.stream.stream_state.__dict__ == saved
