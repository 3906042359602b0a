"""The table of states: every saved format, and its meaning when a sync resumes from it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import orjson
import pytest
from hypothesis import given

from source_fauna.state.state import (
    WHOLE,
    FullSyncState,
    IdRange,
    IncrementalState,
    Position,
    WalkState,
    parse_full,
    parse_incremental,
)
from unit_tests.refs import document_ref
from unit_tests.states import full_states, incremental_states
from unit_tests.told import raises_config_error

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
    pytest.param(
        {"full_sync_cursor": {"ts": SNAPSHOT, "ranges": [{"from": "-5", "to": "3"}]}},
        FullSyncState(snapshot=SNAPSHOT, ranges=(IdRange(high=3),)),
        id="a range from a negative id, which no walk finds",
    ),
    pytest.param(
        {"full_sync_cursor": {"ts": SNAPSHOT, "after": '[{"@ref":{"id":"-5"}}]'}},
        FullSyncState(snapshot=SNAPSHOT, ranges=WHOLE),
        id="legacy: from a document of a negative id",
    ),
    pytest.param({"full_sync_cursor": {"done": 5}}, FullSyncState(done=5), id="done for a sync"),
    pytest.param(
        {"full_sync_cursor": {"done": 5, "done_at": SNAPSHOT}},
        FullSyncState(done=5, done_at=SNAPSHOT),
        id="done for a sync, and when",
    ),
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
        IncrementalState(updates=Position(ts=1700000000002999)),
        id="legacy: broke off at the id 0",
    ),
    pytest.param(
        {"updates_cursor": {"ts": 1700000000003000, "ref": "-1"}},
        IncrementalState(updates=Position(ts=1700000000002999)),
        id="broke off at the id 0, as it was saved once",
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

NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"updates_cursor": {"ts": 1, "ref": "abc"}}, "updates_cursor.ref has an unexpected value"),
    ({"updates_cursor": 5}, "updates_cursor has an unexpected value"),
    ({"updates_cursor": {"ref": "105"}}, "updates_cursor.ts is missing"),
    ({"updates_cursor": {"ts": None}}, "updates_cursor.ts is missing"),
    ({"remove_cursor": {"ref": "105"}}, "remove_cursor.ts is missing"),
    ({"remove_cursor": {"ts": None}}, "remove_cursor.ts is missing"),
    ({"initial_sync_cursor": {"ranges": [{}]}}, "updates_cursor is missing beside initial_sync_cursor"),
    (
        {"initial_sync_cursor": {"ranges": [{}]}, "updates_cursor": {}},
        "updates_cursor is missing beside initial_sync_cursor",
    ),
    ({"initial_sync_cursor": {}, "updates_cursor": {"ts": 1}}, "initial_sync_cursor.ranges is missing"),
    ({"initial_sync_cursor": {"ranges": []}, "updates_cursor": {"ts": 1}}, "its list of ranges is empty"),
    (
        {"initial_sync_cursor": {"ranges": [{"from": "9", "to": "3"}]}, "updates_cursor": {"ts": 1}},
        "a range ends before it begins",
    ),
]

FULL_NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"full_sync_cursor": {"ts": 1.5}}, "full_sync_cursor.ts has an unexpected value"),
    ({"full_sync_cursor": []}, "full_sync_cursor has an unexpected value"),
    ({"full_sync_cursor": {"ranges": [{}]}}, "full_sync_cursor.ts is missing"),
    ({"full_sync_cursor": {"ts": None}}, "full_sync_cursor.ts is missing"),
    ({"full_sync_cursor": {"ts": 1, "ranges": []}}, "its list of ranges is empty"),
    ({"full_sync_cursor": {"ts": 1, "ranges": [{"to": "-1"}]}}, "a range ends before it begins"),
]


def unreadable(why: str) -> AbstractContextManager[None]:
    return raises_config_error(
        f"The saved state of stream 'foo' cannot be understood: {why}. Clear this stream's data, then sync again."
    )


@pytest.mark.parametrize(("saved", "meaning"), FULL)
def test_a_saved_full_refresh_is_understood(saved: dict[str, Any], meaning: FullSyncState) -> None:
    assert parse_full("foo", saved) == meaning


@pytest.mark.parametrize(("saved", "meaning"), INCREMENTAL)
def test_a_saved_incremental_stream_is_understood(saved: dict[str, Any], meaning: IncrementalState) -> None:
    assert parse_incremental("foo", saved) == meaning


@pytest.mark.parametrize(("saved", "why"), NONSENSE, ids=[str(saved) for saved, _ in NONSENSE])
def test_an_incremental_state_that_cannot_be_understood_says_why(saved: dict[str, Any], why: str) -> None:
    with unreadable(why):
        parse_incremental("foo", saved)


@pytest.mark.parametrize(("saved", "why"), FULL_NONSENSE, ids=[str(saved) for saved, _ in FULL_NONSENSE])
def test_a_full_refresh_state_that_cannot_be_understood_says_why(saved: dict[str, Any], why: str) -> None:
    with unreadable(why):
        parse_full("foo", saved)


@given(incremental_states)
def test_parse_is_the_inverse_of_dump_for_incremental_states(state: IncrementalState) -> None:
    assert parse_incremental("foo", state.dump()) == state


@given(full_states)
def test_parse_is_the_inverse_of_dump_for_full_refresh_states(state: FullSyncState) -> None:
    assert parse_full("foo", state.dump()) == state
