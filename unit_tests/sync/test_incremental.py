"""A saved position from the future: nothing is emitted, and the state stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import Type

from local_fauna.engine import Engine
from source_fauna.state import parse_incremental
from source_fauna.sync.incremental import IncrementalSync
from unit_tests.sync.direct import COLLECTION, DirectFetcher, engine, messages, stream_run

FUTURE = 253370764800000000


@pytest.fixture
def database() -> Engine:
    database = engine()
    database.query({"create_collection": {"object": {"name": COLLECTION}}})
    values = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]
    index = {"object": {"name": "by_ts", "source": {"collection": COLLECTION}, "values": values}}
    assert database.query({"create_index": index}).status == 201
    creations = [
        {"create": {"ref": {"collection": COLLECTION}, "id": str(each)}, "params": {"object": {}}} for each in range(9)
    ]
    assert database.query(creations).status == 200
    return database


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
def test_a_position_from_the_future_is_kept(database: Engine, saved: dict[str, Any], deletions: bool) -> None:
    fetcher = DirectFetcher(engine=database, threads=2, choose=lambda _: 0)
    run = stream_run(fetcher, page_size=2, index="by_ts", deletions=deletions)
    sync = IncrementalSync(run=run, state=parse_incremental(COLLECTION, saved))
    emitted = list(messages(sync.flow(), fetcher))
    assert [message.type for message in emitted] == [Type.STATE]
    state = emitted[0].state
    assert state is not None
    assert state.stream is not None
    assert state.stream.stream_state.__dict__ == saved
