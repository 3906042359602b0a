"""The first pass of deletions: the state before the first record, and after a kill."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness.connector import Run, incremental
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete
from integration_tests.harness.table import DELETED
from integration_tests.harness.tunings import PAGES_OF_ONE
from local_fauna import LocalFauna

NUMBERS = range(1, 6)
LONGER_THAN_HISTORY_SECONDS = 20 * 60


def fill(fauna: Fauna) -> None:
    """The collection foo with five documents, and no more history than the least."""
    fauna.collection("foo", history_days=0)
    fauna.write(*(create("foo", number) for number in NUMBERS))


def kinds(run: Run) -> list[str]:
    """What came of records and states, in order."""
    return [each["type"] for each in run.messages if each["type"] in ("RECORD", "STATE")]


@pytest.mark.local_only
def test_position_of_deletions_is_saved_before_the_first_record(fauna: Fauna, local: LocalFauna) -> None:
    """Without the rule, a sync killed after its first records has no position: rows deleted then stay for ever."""
    fill(fauna)
    config = fauna.config(concurrency=1, deletions=DELETED)
    whole = incremental(config).succeed()
    killed = next(run for run in (incremental(config, stop_after=kill) for kill in whole.kills) if run.records())
    assert kinds(killed)[-2:] == ["STATE", "RECORD"]
    fauna.write(delete("foo", 1))
    local.clock.advance(seconds=LONGER_THAN_HISTORY_SECONDS)
    incremental(config, killed.state).fail("Deletions of collection 'foo' may be lost", "clear the stream's data")


@pytest.mark.local_only
def test_position_of_a_first_pass_outlives_a_sync_without_deletions(fauna: Fauna, local: LocalFauna) -> None:
    """Without the rule, deletions from the time between are silently skipped when deletions are switched on again."""
    fill(fauna)
    config, without = fauna.config(concurrency=1, deletions=DELETED), fauna.config(concurrency=1)
    whole = incremental(config).succeed()
    killed = next(run for run in (incremental(config, stop_after=kill) for kill in whole.kills) if run.states())
    assert not killed.records()
    rest = incremental(without, killed.state).succeed()
    fauna.write(delete("foo", 2))
    local.clock.advance(seconds=LONGER_THAN_HISTORY_SECONDS)
    run = incremental(config, rest.state)
    run.fail("Deletions of collection 'foo' may be lost")
    assert not run.records()


@pytest.mark.local_only
def test_resumed_first_pass_tells_again_what_it_cannot_know(fauna: Fauna, local: LocalFauna) -> None:
    """A first pass proves no history, so only a warning tells of events that were removed between two attempts."""
    fill(fauna)
    before = incremental(fauna.config()).succeed()
    config = fauna.config(concurrency=1, deletions=DELETED)
    for number in NUMBERS:
        fauna.write(delete("foo", number))
    state = [without_deletions(each) for each in before.state]
    whole = incremental(config, state, tuning=PAGES_OF_ONE)
    runs = (incremental(config, state, tuning=PAGES_OF_ONE, stop_after=kill) for kill in whole.kills)
    killed = next(run for run in runs if len(run.states()) == 2)
    local.clock.advance(seconds=LONGER_THAN_HISTORY_SECONDS)
    rest = incremental(config, killed.state).succeed()
    for run in (killed, rest):
        assert len([text for text in run.logs("WARN") if "were not read before" in text]) == 1
    assert rest.records() == []


def without_deletions(state: dict[str, Any]) -> dict[str, Any]:
    """The state as it was before its stream knew of deletions."""
    kept = {"updates_cursor": state["stream"]["stream_state"]["updates_cursor"]}
    return {"type": "STREAM", "stream": {**state["stream"], "stream_state": kept}}
