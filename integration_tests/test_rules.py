"""Rules of the sync algorithm for concurrent changes. Each test says what breaks without its rule.

Each rule was removed once, and its test failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, full_refresh, incremental
from integration_tests.harness.fauna import READ_SCHEMA, Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import Kind, Moments, is_documents, is_events, is_updates
from integration_tests.harness.table import DELETED, live, removed, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO, TIME
from local_fauna import LocalFauna, faults

DELETIONS: dict[str, Any] = {"deletions": DELETED}


@pytest.mark.local_only
def test_young_index_is_not_trusted_but_the_documents_are_walked(fauna: Fauna, local: LocalFauna) -> None:
    """Without the rule the updates that the partial index does not hold yet are never read."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 201)))
    config = fauna.config(**DELETIONS)
    state = incremental(config).succeed().state
    updated = fauna.write(update("foo", 7, {"n": 7}), update("foo", 9, {"n": 9}))
    fauna.query(q.delete(q.index("foo_ts")))
    local.engine.index_build.rate = 0
    fauna.index("foo", active=True)
    gone = fauna.write(delete("foo", 1))
    run = incremental(config, state, tuning=PAGES_OF_TWO).succeed()
    assert run.records() == [removed(1, gone), live(7, updated, {"n": 7}), live(9, updated, {"n": 9})]
    # What is newer than the index is in it from the beginning.
    later = fauna.write(update("foo", 200, {"n": 1}))
    assert incremental(config, run.state).succeed().records() == [live(200, later, {"n": 1})]


NARROWED: dict[str, tuple[Kind, Callable[..., Run]]] = {
    "full refresh": (is_documents, full_refresh),
    "first walk": (is_documents, incremental),
    "updates": (is_updates, incremental),
    "deletions": (is_events, incremental),
}


@pytest.mark.parametrize(("kind", "sync"), NARROWED.values(), ids=NARROWED.keys())
def test_empty_page_is_not_believed_after_the_role_was_narrowed(
    fauna: Fauna, kind: Kind, sync: Callable[..., Run]
) -> None:
    """Without the rule, the stream is COMPLETE, and its state has passed documents that it has never read."""
    fauna.collection("foo")
    first = [create("foo", number) for number in range(1, 7)]
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, **DELETIONS)
    before = Run([])
    if kind is not is_documents:
        fauna.write(*first, *(create("foo", number) for number in range(11, 17)))
        before = incremental(config).succeed()
        first = [update("foo", number) for number in range(1, 7)]
        if kind is is_events:
            first = [delete("foo", number) for number in range(11, 17)]
    for each in first:
        fauna.write(each)
    moments = Moments()
    # The index stays readable: an index that may not be read is refused by the server itself.
    moments.before(kind, lambda: fauna.grant(reads("foo")[1]), nth=3)
    narrowed = sync(config, before.state or None, tuning=moments.tuning(PAGES_OF_ONE))
    narrowed.fail("403 permission denied")
    assert 0 < len(narrowed.records()) < 6
    fauna.grant(*reads("foo"))
    rest = sync(config, narrowed.state).succeed()
    records = [record for run in (before, narrowed, rest) for record in run.records()]
    assert versions(records) == fauna.versions("foo")


def test_page_read_at_an_older_snapshot_is_dropped_when_a_new_one_is_pinned(fauna: Fauna) -> None:
    """Without the rule, a page that was requested early emits a document again after its deletion was emitted."""
    fauna.collection("foo")
    config = fauna.config(concurrency=1, **DELETIONS)
    state = incremental(config).succeed().state
    for number in range(1, 7):
        fauna.write(create("foo", number))
    moments = Moments()
    moments.before(is_events, lambda: fauna.write(delete("foo", 3)), nth=2)
    tuning = moments.tuning(PAGES_OF_TWO, round_seconds=0)
    run = incremental(config, state, tuning=tuning).succeed()
    assert [(record["ref"], DELETED in record) for record in run.records()] == [
        ("1", False),
        ("2", False),
        ("3", True),
        *((number, False) for number in ("4", "5", "6")),
    ]


def test_event_pages_have_a_size_of_their_own(fauna: Fauna) -> None:
    """Without the rule a page_size of 1 reads a long history event by event."""
    fauna.collection("foo")
    config = fauna.config(page_size=1, **DELETIONS)
    state = incremental(config).succeed().state
    for number in range(1, 31):
        fauna.write(create("foo", number))
        fauna.write(delete("foo", number))
    moments = Moments()
    tuning = moments.tuning(FAST, page_most_documents=1)
    assert len(incremental(config, state, tuning=tuning).succeed().records()) == 30
    assert moments.count(is_events) == 1


def test_time_of_a_round_counts_from_the_end_of_its_deletions(fauna: Fauna) -> None:
    """Without the rule, slow deletions leave time for only one page of the walk in each round."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 9)))
    moments = Moments()
    moments.before(is_events, lambda: TIME.sleep(250), times=100)
    tuning = moments.tuning(PAGES_OF_TWO, round_seconds=200)
    incremental(fauna.config(concurrency=1, **DELETIONS), tuning=tuning).succeed()
    assert moments.count(is_events) == 1


@pytest.mark.parametrize("first", [True, False], ids=["walk", "updates"])
def test_rounds_without_any_time_get_on_with_deletions_and_with_documents(fauna: Fauna, *, first: bool) -> None:
    """If a round does not read at least one page of each, deletions or documents make no progress."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 11)))
    config = fauna.config(concurrency=1, **DELETIONS)
    before = Run([]) if first else incremental(config).succeed()
    if not first:
        fauna.write(*(update("foo", number) for number in range(1, 11)))
    moments = Moments()
    last = iter((10, 9, 8))
    for round_ in (2, 3, 4):
        moments.before(is_events, lambda: fauna.write(delete("foo", next(last))), nth=round_)
    tuning = moments.tuning(PAGES_OF_TWO, round_seconds=0)
    run = incremental(config, before.state or None, tuning=tuning).succeed()
    assert moments.count(is_events) >= 4
    rest = incremental(config, run.state).succeed()
    records = [record for each in (before, run, rest) for record in each.records()]
    assert versions(records) == fauna.versions("foo")


def test_sync_ends_under_writers_who_never_rest(fauna: Fauna) -> None:
    """Without the rule, every round finds new updates, and the sync ends only when the writers stop."""
    fauna.collection("foo")
    config = fauna.config(concurrency=1)
    state = incremental(config).succeed().state
    fauna.write(create("foo", 1))
    ids = iter(range(2, 10_000))
    moments = Moments()
    moments.before(is_updates, lambda: fauna.write(*(create("foo", next(ids)) for _ in range(3))), times=100)
    tuning = moments.tuning(PAGES_OF_TWO, round_seconds=0)
    run = incremental(config, state, tuning=tuning).succeed()
    assert moments.count(is_updates) < 10
    rest = incremental(config, run.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.local_only
@pytest.mark.parametrize("saved", [False, True], ids=["first sync", "updates without removals"])
def test_saved_position_of_removals_stays_at_0_until_the_first_pass_is_done(
    fauna: Fauna, local: LocalFauna, *, saved: bool
) -> None:
    """Without the rule, an interrupted first pass continues with a proof of history that may fail."""
    fauna.collection("foo", history_days=0)
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    before = fauna.now()
    for number in range(1, 6):
        fauna.write(delete("foo", number))
    state = {"foo": {"updates_cursor": {"ts": before}}} if saved else None
    local.faults.add(faults.answer(500), times=5, skip=7, when=is_events)
    config = fauna.config(**DELETIONS)
    broken = incremental(config, state, tuning=PAGES_OF_ONE).fail("500", failure_type="system_error")
    assert 0 < len(broken.records()) < 5
    assert {each["remove_cursor"]["ts"] for each in broken.states()} == {0}
    rest = incremental(config, broken.state).succeed()
    assert sorted([*broken.refs(), *rest.refs()]) == ["1", "2", "3", "4", "5"]
    assert "passed" not in rest.states()[-1]["remove_cursor"]
    local.clock.advance(seconds=1200)
    for state_of_then in (state, broken.state):
        incremental(config, state_of_then).succeed()


@pytest.mark.parametrize("negative", [1, 4])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_transaction_of_both_signs_of_ids_loses_no_removal(fauna: Fauna, negative: int, size: int) -> None:
    """Without the rule the server's paging fails the stream, or skips the removals of ordinary ids."""
    fauna.collection("foo")
    both = [*range(-negative, 0), *range(1, 6)]
    fauna.write(*(create("foo", number) for number in both))
    config = fauna.config(**DELETIONS)
    state = incremental(config).succeed().state
    fauna.write(*(delete("foo", number) for number in both), create("foo", 9))
    run = incremental(config, state, tuning=replace(FAST, event_page_size=size, page_target_bytes=1)).succeed()
    assert {"1", "2", "3", "4", "5", "9"} <= set(run.refs())
    assert incremental(config, run.state).succeed().records() == []


@pytest.mark.parametrize("size", [1, 2, 3])
def test_updates_of_a_transaction_with_negative_ids_come_to_an_end(fauna: Fauna, size: int) -> None:
    """Without the exact position, the same page of negative ids is requested for ever.

    In an index, negative ids come after all others of their time, and its pages may leave them out. Only the other ids
    are sure to be read (recording `negative_ids`).
    """
    fauna.collection("foo")
    config = fauna.config(**DELETIONS)
    state = incremental(config).succeed().state
    fauna.write(*(create("foo", number) for number in (-5, -4, -3, -2, -1, 0, 1, 2)))
    run = incremental(config, state, tuning=replace(FAST, page_most_documents=size)).succeed()
    assert {"0", "1", "2"} <= set(run.refs())


def test_position_of_removals_lies_below_the_next_event(fauna: Fauna) -> None:
    """Without the rule, R is the ts of the last event. A kill then loses the rest of that event's transaction."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    config = fauna.config(**DELETIONS)
    state = incremental(config).succeed().state
    ts = fauna.write(*(delete("foo", number) for number in range(1, 6)))
    for kill in incremental(config, state, tuning=PAGES_OF_ONE).kills:
        first = incremental(config, state, tuning=PAGES_OF_ONE, stop_after=kill).kept
        position = first.states()[-1]["remove_cursor"]["ts"] if first.states() else 0
        assert (position < ts) == (len(first.records()) < 5)
        rest = incremental(config, first.state or state).succeed()
        assert {record["ref"] for record in [*first.records(), *rest.records()]} == {"1", "2", "3", "4", "5"}


@pytest.mark.local_only
def test_only_the_time_of_a_good_answer_goes_out_again(fauna: Fauna, local: LocalFauna) -> None:
    """Without the rule, an error of a node whose clock is ahead delays all later reads."""
    local.clock.rewind(seconds=86_400)
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    local.faults.add(faults.answer(503), times=2, skip=1, when=is_documents)
    moments = Moments()
    full_refresh(fauna.config(), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    seen = [int(headers["X-Last-Seen-Txn"]) for _, headers in moments.sent if "X-Last-Seen-Txn" in headers]
    assert len(seen) >= len(moments.sent) - 1
    assert max(seen) <= fauna.now()


def test_saved_position_never_goes_out(fauna: Fauna) -> None:
    """Without the rule, the server adopts the position as its time: Now() is in the future, and reads wait for it."""
    fauna.collection("foo")
    future = fauna.now() + 10**15
    for state in (
        {"updates_cursor": {"ts": future}, "remove_cursor": {"ts": future}},
        {"full_sync_cursor": {"ts": future}},
    ):
        moments = Moments()
        tuning = moments.tuning(FAST)
        sync: Any = full_refresh if "full_sync_cursor" in state else incremental
        sync(fauna.config(**DELETIONS), {"foo": state}, tuning=tuning).succeed()
        assert all(int(headers.get("X-Last-Seen-Txn", 0)) < future for _, headers in moments.sent)


def test_collection_whose_definition_may_not_be_read_is_proved_by_its_documents(fauna: Fauna) -> None:
    """Without the rule, a role without the right to the definition fails a stream that loses nothing."""
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config(secret=fauna.key(*reads("foo")), **DELETIONS)
    state = incremental(config).succeed().state
    ts = fauna.write(delete("foo", 1))
    narrow = {"privileges": [READ_SCHEMA[1], *reads("foo")]}
    moments = Moments()
    moments.before(is_events, lambda: fauna.query(q.update(q.role("reader"), narrow)))
    run = incremental(config, state, tuning=moments.tuning(FAST)).succeed()
    assert run.records() == [removed(1, ts)]
    (warning,) = run.logs("WARN")
    assert "cannot be noticed" in warning
