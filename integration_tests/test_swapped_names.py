"""Collections that swap names, as people do to replace one. The server resolves names at present, even under At.

Every test says what breaks without the proof of the name in each page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, full_refresh, incremental, read
from integration_tests.harness.fauna import READ_SCHEMA, Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import Kind, Moments, is_documents, is_events, is_updates
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO
from local_fauna import LocalFauna
from source_fauna.tuning import Tuning

NUMBERS = range(1, 8)
SWITCHES: list[Any] = [DELETED, {"deletion_mode": "ignore"}]
TOLD = "Collection 'foo' was called 'new' at"


def rename(fauna: Fauna, collection: str, name: str) -> None:
    fauna.query(q.update(q.collection(collection), {"name": name}))


def prepare(fauna: Fauna, **params: Any) -> None:
    """A collection foo, and another that is filled to take its name."""
    fauna.collection("foo", **params)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    fauna.collection("new", **params)
    fauna.write(*(create("new", number, {"new": True}) for number in range(5, 15)))


def swap(fauna: Fauna) -> None:
    """The other collection takes the name, with its index or without."""
    rename(fauna, "foo", "old")
    rename(fauna, "new", "foo")


def swap_with_indexes(fauna: Fauna) -> None:
    swap(fauna)
    fauna.query(q.update(q.index("foo_ts"), {"name": "old_ts"}))
    fauna.query(q.update(q.index("new_ts"), {"name": "foo_ts"}))


@pytest.mark.parametrize("change", [swap, swap_with_indexes], ids=["the names", "those of their indexes too"])
@pytest.mark.parametrize("deletions", SWITCHES, ids=["deletions", "no deletions"])
def test_swap_between_two_syncs_fails_the_stream_and_names_the_remedy(
    fauna: Fauna, deletions: Any, change: Callable[[Fauna], None]
) -> None:
    """Without the proof, the second sync is COMPLETE without records, and the ten new documents are never read."""
    prepare(fauna)
    config = fauna.config(deletions=deletions)
    state = incremental(config).succeed().state
    change(fauna)
    moments = Moments()
    failed = incremental(config, state, tuning=moments.tuning(FAST))
    failed.fail(TOLD, "Clear the stream's data and sync again.")
    assert (failed.records(), failed.states()) == ([], [])
    assert moments.count(is_events) + moments.count(is_updates) == 1, "the page tells it, without a further request"
    assert versions(incremental(config).succeed().records()) == fauna.versions("foo")


READS: dict[str, Kind] = {"the first walk": is_documents, "updates": is_updates, "deletions": is_events}


@pytest.mark.parametrize("deletions", SWITCHES, ids=["deletions", "no deletions"])
@pytest.mark.parametrize("kind", READS.values(), ids=READS)
def test_swap_between_two_pages_fails_the_stream(fauna: Fauna, kind: Kind, deletions: Any) -> None:
    """Without the proof, records of both collections are mixed, and the state says that one was read completely."""
    if kind is is_events and deletions is not DELETED:
        pytest.skip("no deletions are read")
    prepare(fauna)
    config = fauna.config(deletions=deletions, concurrency=1)
    state = None
    if kind is not is_documents:
        state = incremental(config).succeed().state
        for number in NUMBERS:
            fauna.write((update if kind is is_updates else delete)("foo", number))
    moments = Moments()
    moments.before(kind, lambda: swap_with_indexes(fauna), nth=3)
    failed = incremental(config, state, tuning=moments.tuning(PAGES_OF_ONE))
    failed.fail(TOLD)
    old = fauna.versions("old") if kind is not is_events else {str(number): 0 for number in NUMBERS}
    assert {record["ref"] for record in failed.records()} < set(old)
    incremental(config, failed.state).fail(TOLD)


@pytest.mark.parametrize("deletions", SWITCHES, ids=["deletions", "no deletions"])
def test_swap_before_a_first_walk_is_resumed_fails_the_stream(fauna: Fauna, deletions: Any) -> None:
    prepare(fauna)
    config = fauna.config(deletions=deletions, concurrency=1)
    first = incremental(config, tuning=PAGES_OF_TWO, stop_after=9).kept
    assert 0 < len(first.records()) < 7
    swap(fauna)
    failed = incremental(config, first.state, tuning=PAGES_OF_TWO).fail(TOLD)
    assert failed.records() == []


@pytest.mark.local_only
def test_swap_before_a_walk_in_place_of_a_young_index_is_resumed_fails_the_stream(
    fauna: Fauna, local: LocalFauna
) -> None:
    """The position of updates is then newer than the swap, but the walk emits all documents after an older one."""
    prepare(fauna)
    fauna.write(*(create("foo", number) for number in range(101, 301)))
    config = fauna.config(concurrency=1)
    state = incremental(config).succeed().state
    for number in NUMBERS:
        fauna.write(update("foo", number))
    fauna.query(q.delete(q.index("foo_ts")))
    local.engine.index_build.rate = 0
    fauna.index("foo", active=True)
    moments = Moments()
    moments.before(is_documents, lambda: swap(fauna), nth=3)
    incremental(config, state, tuning=moments.tuning(PAGES_OF_TWO)).fail(TOLD)


def false_deletions(fauna: Fauna, records: list[dict[str, Any]]) -> set[str]:
    """The documents that live, and are the newest row of a destination as deleted."""
    newest: dict[str, dict[str, Any]] = {}
    for record in records:
        newest[record["ref"]] = max(newest.get(record["ref"], record), record, key=lambda each: each["ts"])
    return {ref for ref, record in newest.items() if "data" not in record} & set(fauna.versions("foo"))


@pytest.mark.parametrize("resumed", [True, False], ids=["before it is resumed", "between two pages"])
def test_swap_in_the_first_pass_of_deletions_fails_the_stream(fauna: Fauna, resumed: bool) -> None:
    """Without the proof, deletions of the old collection hide documents of the new one that bear the same ids."""
    prepare(fauna)
    for number in (5, 6, 7):
        fauna.write(delete("foo", number))
    config = fauna.config(deletions=DELETED, concurrency=1)
    moments = Moments()
    if resumed:
        whole = incremental(config, tuning=PAGES_OF_ONE)
        kills = (incremental(config, tuning=PAGES_OF_ONE, stop_after=kill).kept for kill in whole.kills)
        first = next(run for run in kills if run.records() and run.states())
        swap(fauna)
    else:
        moments.before(is_events, lambda: swap(fauna), nth=10)
        first = incremental(config, tuning=moments.tuning(PAGES_OF_ONE)).fail(TOLD)
    assert {record["ref"] for record in first.records()} <= {"5", "6", "7"}
    failed = incremental(config, first.state, tuning=PAGES_OF_ONE).fail(TOLD)
    assert failed.records() == []
    again = incremental(config).succeed()
    assert false_deletions(fauna, again.records()) == set()
    assert versions([each for each in again.records() if "data" in each]) == fauna.versions("foo")


@pytest.mark.parametrize("tuning", [PAGES_OF_ONE, replace(PAGES_OF_ONE, event_page_size=15)], ids=["1", "15"])
def test_swap_forth_and_back_in_the_first_pass_of_deletions_fails_the_stream(fauna: Fauna, tuning: Tuning) -> None:
    """Without the proof, deletions of the other collection hide documents that live."""
    prepare(fauna)
    for number in (5, 6, 7):
        fauna.write(delete("new", number))
    fauna.write(*(create("foo", number) for number in range(101, 180)))

    def back() -> None:
        rename(fauna, "foo", "new")
        rename(fauna, "old", "foo")

    config = fauna.config(deletions=DELETED, concurrency=1)
    moments = Moments()
    moments.before(is_events, lambda: swap(fauna), nth=2)
    moments.before(is_documents, back)
    run = incremental(config, tuning=moments.tuning(tuning)).fail("'foo' was called 'new' at")
    assert false_deletions(fauna, run.records()) == set()


def test_collection_that_is_made_again_in_the_first_pass_of_deletions_is_read_as_it_is(fauna: Fauna) -> None:
    """Its documents are newer than all deletions of the one before, which hide none of them."""
    prepare(fauna)
    for number in (5, 6, 7):
        fauna.write(delete("foo", number))

    def make_again() -> None:
        fauna.query(q.delete(q.collection("foo")))
        fauna.collection("foo")
        fauna.write(*(create("foo", number) for number in range(4, 9)))

    config = fauna.config(deletions=DELETED, concurrency=1)
    moments = Moments()
    moments.before(is_events, make_again, nth=9)
    run = incremental(config, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    assert {record["ref"] for record in run.records() if "data" not in record} == {"5"}
    assert versions([each for each in run.records() if "data" in each]) == fauna.versions("foo")
    assert false_deletions(fauna, run.records()) == set()


def test_swap_before_a_full_refresh_is_resumed_begins_it_anew(fauna: Fauna) -> None:
    """Without the proof, the rest is read from the other collection, and its first documents are never read."""
    prepare(fauna)
    config = fauna.config(concurrency=1)
    first = full_refresh(config, tuning=PAGES_OF_TWO, stop_after=9).kept
    assert 0 < len(first.records()) < 7
    swap(fauna)
    run = full_refresh(config, first.state, tuning=PAGES_OF_TWO).succeed()
    assert versions(run.records()) == fauna.versions("foo")
    (warning,) = run.logs("WARN")
    assert "was called 'new' when the read began" in warning


def test_swap_in_the_middle_of_a_full_refresh_begins_it_anew(fauna: Fauna) -> None:
    prepare(fauna)
    moments = Moments()
    moments.before(is_documents, lambda: swap(fauna), nth=3)
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert fauna.versions("foo").items() <= {(each["ref"], each["ts"]) for each in run.records()}
    assert any("was called 'new' when the read began" in warning for warning in run.logs("WARN"))


@pytest.mark.local_only
def test_swap_while_history_moves_past_the_snapshot_begins_a_full_refresh_anew(fauna: Fauna, local: LocalFauna) -> None:
    """Without the proof, the new snapshot belongs to the other collection, and its first documents are never read."""
    prepare(fauna, history_days=0)

    def pass_by() -> None:
        swap(fauna)
        local.clock.advance(seconds=1200)

    moments = Moments()
    moments.before(is_documents, pass_by, nth=3)
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert fauna.versions("foo").items() <= {(each["ref"], each["ts"]) for each in run.records()}
    assert any("was called 'new' when the read began" in warning for warning in run.logs("WARN"))


def test_collection_that_gets_another_name_is_a_new_stream(fauna: Fauna) -> None:
    """The stream with the new name starts without a state. The state of the old name stays with the old name."""
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    rename(fauna, "foo", "bar")
    run = read(config, configured(config, bar="incremental"), state).succeed()
    assert run.refs("bar") == ["1"]
    fauna.write(delete("bar", 1))
    assert read(config, configured(config, bar="incremental"), run.state).succeed().refs("bar") == ["1"]


def test_state_that_was_moved_to_the_new_name_by_hand_is_refused(fauna: Fauna) -> None:
    """The state may belong to another collection, which had the new name before. The connector cannot know."""
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config()
    (saved,) = incremental(config).succeed().states()[-1:]
    rename(fauna, "foo", "bar")
    run = read(config, configured(config, bar="incremental"), {"bar": saved})
    run.fail("Collection 'bar' was called 'foo' at", stream="bar")


@pytest.mark.parametrize("deletions", SWITCHES, ids=["deletions", "no deletions"])
def test_name_that_was_given_away_and_came_back_is_no_swap(fauna: Fauna, deletions: Any) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config(deletions=deletions)
    state = incremental(config).succeed().state
    rename(fauna, "foo", "bar")
    rename(fauna, "bar", "foo")
    ts = fauna.write(update("foo", 1))
    run = incremental(config, state).succeed()
    assert versions(run.records()) == {"1": ts}


@pytest.mark.parametrize("sync", [full_refresh, incremental])
def test_definition_that_was_changed_costs_nothing(fauna: Fauna, sync: Callable[..., Run]) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in NUMBERS))
    config = fauna.config(deletions=DELETED, concurrency=1)
    moments = Moments()
    change = q.update(q.collection("foo"), {"history_days": 60, "data": {"owner": "us"}})
    moments.before(is_documents, lambda: fauna.query(change), nth=2)
    run = sync(config, tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert versions(run.records()) == fauna.versions("foo")


@pytest.mark.parametrize("kind", [is_documents, is_updates], ids=["the first walk", "updates"])
def test_definition_that_may_not_be_read_is_told_and_costs_only_the_proof(fauna: Fauna, kind: Kind) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in NUMBERS))
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1)
    state = None
    if kind is is_updates:
        state = incremental(config).succeed().state
        for number in NUMBERS:
            fauna.write(update("foo", number))
    narrow = {"privileges": [READ_SCHEMA[1], *reads("foo")]}
    moments = Moments()
    moments.before(kind, lambda: fauna.query(q.update(q.role("reader"), narrow)), nth=2)
    run = incremental(config, state, tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    run.warn("another collection takes its name")
    assert versions(run.records()) == fauna.versions("foo")
