"""The table of states: what was ever saved, and what it means when resumed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.state import (
    WHOLE,
    FullSyncState,
    IdRange,
    IncrementalState,
    Position,
    WalkState,
    in_order,
    parse_full,
    parse_incremental,
)
from unit_tests.refs import document_ref

REF = orjson.dumps(document_ref(337898800783819264)).decode()
SNAPSHOT = 1658504456881000
FUTURE = 253370764800000000

FULL = [
    pytest.param({}, FullSyncState(), id="nothing"),
    pytest.param({"full_sync_cursor": {}}, FullSyncState(), id="an empty cursor"),
    pytest.param(
        {"full_sync_cursor": {"ts": SNAPSHOT}},
        FullSyncState(snapshot=SNAPSHOT, ranges=WHOLE),
        id="legacy: from page one",
    ),
    pytest.param(
        {"full_sync_cursor": {"ts": SNAPSHOT, "after": f"[{REF}]"}},
        FullSyncState(snapshot=SNAPSHOT, ranges=(IdRange(low=337898800783819264),)),
        id="legacy: from a document, inclusive",
    ),
    pytest.param(
        {"full_sync_cursor": {"ts": SNAPSHOT, "ranges": [{"from": "7"}, {"to": "3"}]}},
        FullSyncState(snapshot=SNAPSHOT, ranges=(IdRange(high=3), IdRange(low=7))),
        id="two ranges",
    ),
    pytest.param({"full_sync_cursor": {"done": 5}}, FullSyncState(done=5), id="done for a sync"),
    pytest.param({"__ab_full_refresh_sync_complete": True}, FullSyncState(), id="the CDK's sentinel of the end"),
    pytest.param({"__ab_no_cursor_state_message": True}, FullSyncState(), id="the CDK's sentinel without a cursor"),
    pytest.param({"updates_cursor": {"ts": 5, "ref": "1"}}, FullSyncState(), id="the other mode's keys"),
]

INCREMENTAL = [
    pytest.param({}, IncrementalState(), id="nothing"),
    pytest.param({"updates_cursor": {}}, IncrementalState(), id="an empty updates cursor"),
    pytest.param({"remove_cursor": {}}, IncrementalState(), id="an empty remove cursor"),
    pytest.param(
        {"updates_cursor": {"ts": 1700000000005000, "ref": "105"}},
        IncrementalState(updates=Position(ts=1700000000005000, document_id=105)),
        id="documents after (ts, ref)",
    ),
    pytest.param(
        {"updates_cursor": {"ts": 1700000000005000, "ref": ""}},
        IncrementalState(updates=Position(ts=1700000000004999)),
        id='legacy "": nothing at ts was emitted',
    ),
    pytest.param(
        {"updates_cursor": {"ts": 0, "ref": ""}}, IncrementalState(updates=Position(ts=0)), id='legacy "" at zero'
    ),
    pytest.param(
        {"updates_cursor": {"ts": 1700000000005000}},
        IncrementalState(updates=Position(ts=1700000000005000)),
        id="ours: an absent ref says that all at ts was emitted",
    ),
    pytest.param(
        {"updates_cursor": {"after": f"[1700000000003000,{REF},{REF}]"}},
        IncrementalState(updates=Position(ts=1700000000003000, document_id=337898800783819263)),
        id="legacy: broke off in the updates",
    ),
    pytest.param(
        {"updates_cursor": {"ts": 1, "ref": "2", "after": f"[1700000000003000,{REF},{REF}]"}},
        IncrementalState(updates=Position(ts=1700000000003000, document_id=337898800783819263)),
        id="legacy: broke off in the updates, with ts and ref",
    ),
    pytest.param(
        {"updates_cursor": {"after": '[1700000000003000,{"@ref":{"id":"0"}}]'}},
        IncrementalState(updates=Position(ts=1700000000003000, document_id=-1)),
        id="legacy: broke off at the id 0",
    ),
    pytest.param(
        {"remove_cursor": {"ts": 1700000000009000, "ref": "104"}},
        IncrementalState(deletions=1700000000008999),
        id="legacy: removals after an event, its ts again",
    ),
    pytest.param({"remove_cursor": {"ts": 0, "ref": ""}}, IncrementalState(deletions=0), id="legacy: all removals"),
    pytest.param(
        {"remove_cursor": {"after": f'{{"ts":1700000000005000,"action":"add","document":{REF}}}'}},
        IncrementalState(deletions=1700000000004999),
        id="legacy: broke off in the removals",
    ),
    pytest.param(
        {"remove_cursor": {"ts": 1700000000009000}}, IncrementalState(deletions=1700000000009000), id="ours: removals"
    ),
    pytest.param(
        {"remove_cursor": {"ts": 0, "passed": 7}}, IncrementalState(deletions=0, passed=7), id="ours: in the first pass"
    ),
    pytest.param(
        {"remove_cursor": {"ts": 9, "passed": 7}}, IncrementalState(deletions=9), id="ours: after the first pass"
    ),
    pytest.param(
        {"updates_cursor": {"ts": FUTURE, "ref": "10"}},
        IncrementalState(updates=Position(ts=FUTURE, document_id=10)),
        id="a ts from the future",
    ),
    pytest.param(
        {"initial_sync_cursor": {"ranges": [{}], "since": 3}, "updates_cursor": {"ts": 9}},
        IncrementalState(walk=WalkState(since=3), updates=Position(ts=9)),
        id="a first walk",
    ),
    pytest.param(
        {"add_remove_cursor": 1, "now": "x", "_comment": [], "full_sync_cursor": {"ts": 1}, "remove_cursor": None},
        IncrementalState(),
        id="leftovers of prototypes, and the other mode's keys",
    ),
]

NONSENSE: list[dict[str, Any]] = [
    {"updates_cursor": {"ts": "1700000000005000", "ref": "105"}},
    {"updates_cursor": {"ts": -1}},
    {"updates_cursor": {"ts": 2**63}},
    {"updates_cursor": {"ts": True}},
    {"updates_cursor": {"ts": 1, "ref": "abc"}},
    {"updates_cursor": {"ts": 1, "ref": 105}},
    {"updates_cursor": {"ts": 1, "ref": str(2**63)}},
    {"updates_cursor": {"after": "not wire JSON"}},
    {"updates_cursor": {"after": [1, 2]}},
    {"updates_cursor": {"after": "[1]"}},
    {"updates_cursor": {"after": '["x", {"@ref": {"id": "1"}}]'}},
    {"updates_cursor": {"after": '[1, {"id": "1"}]'}},
    {"updates_cursor": 5},
    {"updates_cursor": {"ref": "105"}},
    {"updates_cursor": {"ts": None}},
    {"remove_cursor": {"ref": "105"}},
    {"remove_cursor": {"ts": 0, "passed": -1}},
    {"remove_cursor": {"after": "[]"}},
    {"remove_cursor": {"after": '{"action": "add"}'}},
    {"initial_sync_cursor": {"ranges": [{}]}},
    {"initial_sync_cursor": {}, "updates_cursor": {"ts": 1}},
    {"initial_sync_cursor": {"ranges": []}, "updates_cursor": {"ts": 1}},
    {"initial_sync_cursor": {"ranges": [{"from": "9", "to": "3"}]}, "updates_cursor": {"ts": 1}},
]

FULL_NONSENSE: list[dict[str, Any]] = [
    {"full_sync_cursor": {"ts": 1.5}},
    {"full_sync_cursor": {"ranges": [{}]}},
    {"full_sync_cursor": {"ts": 1, "ranges": []}},
    {"full_sync_cursor": {"ts": 1, "after": "[]"}},
    {"full_sync_cursor": {"ts": 1, "after": '{"@ref":{"id":"1"}}'}},
    {"full_sync_cursor": []},
    {"full_sync_cursor": {"ts": None}},
]


@pytest.mark.parametrize(("saved", "meaning"), FULL)
def test_a_saved_full_refresh_is_understood(saved: dict[str, Any], meaning: FullSyncState) -> None:
    assert parse_full("foo", saved) == meaning


@pytest.mark.parametrize(("saved", "meaning"), INCREMENTAL)
def test_a_saved_incremental_stream_is_understood(saved: dict[str, Any], meaning: IncrementalState) -> None:
    assert parse_incremental("foo", saved) == meaning


@pytest.mark.parametrize("saved", NONSENSE, ids=str)
def test_an_incremental_state_that_cannot_be_understood_says_to_clear_the_stream(saved: dict[str, Any]) -> None:
    with pytest.raises(AirbyteTracedException, match="Clear this stream's data") as caught:
        parse_incremental("foo", saved)
    assert caught.value.failure_type is FailureType.config_error


@pytest.mark.parametrize("saved", FULL_NONSENSE, ids=str)
def test_a_full_refresh_state_that_cannot_be_understood_says_to_clear_the_stream(saved: dict[str, Any]) -> None:
    with pytest.raises(AirbyteTracedException, match="Clear this stream's data"):
        parse_full("foo", saved)


timestamps = st.integers(0, 2**63 - 2)
ids = st.integers(0, 2**63 - 1)
ranges = st.lists(
    st.one_of(
        st.builds(IdRange, low=ids),
        st.lists(ids, min_size=2, max_size=2).map(lambda ends: IdRange(low=min(ends), high=max(ends))),
    ),
    min_size=1,
    max_size=4,
).map(in_order)
positions = st.builds(Position, ts=timestamps, document_id=st.none() | ids)
walks = st.builds(WalkState, ranges=ranges, since=st.none() | timestamps)
incremental_states = st.one_of(
    st.builds(IncrementalState, walk=st.none() | walks, updates=positions, deletions=st.none() | timestamps),
    st.builds(IncrementalState, updates=st.none() | positions, deletions=st.just(0), passed=timestamps),
)
full_states = st.one_of(
    st.just(FullSyncState()),
    st.builds(FullSyncState, snapshot=timestamps, ranges=ranges),
    st.builds(FullSyncState, done=st.integers(0, 2**62)),
)


@given(incremental_states)
def test_parse_is_the_inverse_of_dump_for_incremental_states(state: IncrementalState) -> None:
    assert parse_incremental("foo", state.dump()).dump() == state.dump()
    assert parse_incremental("foo", state.dump()) == state


@given(full_states)
def test_parse_is_the_inverse_of_dump_for_full_refresh_states(state: FullSyncState) -> None:
    assert parse_full("foo", state.dump()) == state
