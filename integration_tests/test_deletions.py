"""Deletions in incremental syncs, by the real entry point."""

from __future__ import annotations

import pytest
from faunadb import query as q

from integration_tests.harness.connector import configured, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, reads, ref, update
from integration_tests.harness.moments import Moments, is_events
from integration_tests.harness.table import DELETED, live, removed, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO
from local_fauna import LocalFauna, faults


def test_only_removals_give_their_records_and_a_state_with_both_positions(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    ts = fauna.write(delete("foo", 1), delete("foo", 2))
    run = incremental(config, state).succeed()
    assert run.records() == [removed(1, ts), removed(2, ts)]
    last = run.states()[-1]
    assert last["updates_cursor"]["ts"] == last["remove_cursor"]["ts"] >= ts


@pytest.mark.local_only
def test_failure_at_the_third_page_of_removals_and_resuming_gives_the_rest_and_then_nothing(
    fauna: Fauna, local: LocalFauna
) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    ts = [fauna.write(delete("foo", number)) for number in range(1, 6)]
    local.faults.add(faults.answer(500), times=5, skip=2, when=is_events)
    first = incremental(config, state, tuning=PAGES_OF_ONE).fail("500", failure_type="system_error")
    assert first.records() == [removed(1, ts[0]), removed(2, ts[1])]
    rest = incremental(config, first.state, tuning=PAGES_OF_ONE).succeed()
    assert rest.records() == [removed(number, ts[number - 1]) for number in (3, 4, 5)]
    assert incremental(config, rest.state, tuning=PAGES_OF_ONE).succeed().records() == []


def test_time_of_a_removal_is_utc_with_six_digits(fauna: Fauna) -> None:
    midnight = 1_648_944_000_000_000
    fauna.collection("foo", history_days=36_500)
    fauna.write(q.insert(ref("foo", 1), q.epoch(midnight - 1_000_000, "microsecond"), "create", {}))
    fauna.write(q.insert(ref("foo", 1), q.epoch(midnight, "microsecond"), "delete", {}))
    fauna.write(create("foo", 2))
    config = fauna.config(deletions=DELETED)
    first = incremental(config).succeed()
    assert first.records()[0] == {"ref": "1", "ts": midnight, DELETED: "2022-04-03T00:00:00.000000Z"}
    second = incremental(config, first.state).succeed()
    assert second.records() == []
    ts = fauna.write(delete("foo", 2))
    third = incremental(config, second.state).succeed()
    assert third.records() == [removed(2, ts)]
    assert third.states()[-1]["remove_cursor"]["ts"] > second.states()[-1]["remove_cursor"]["ts"]


def test_document_created_and_deleted_between_two_syncs_gives_one_removal(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    fauna.write(create("foo", 105))
    ts = fauna.write(delete("foo", 105))
    assert incremental(config, state).succeed().records() == [removed(105, ts)]


def test_removals_come_in_the_order_of_their_times(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in (1, 2, 3)))
    before = fauna.now()
    times = {number: fauna.write(delete("foo", number)) for number in (1, 3, 2)}
    state = {"foo": {"updates_cursor": {"ts": before}, "remove_cursor": {"ts": before}}}
    run = incremental(fauna.config(page_size=2, deletions=DELETED), state, tuning=PAGES_OF_TWO).succeed()
    assert run.records() == [removed(number, times[number]) for number in (1, 3, 2)]


def test_four_documents_two_removals_one_removal_with_nothing_in_between(fauna: Fauna) -> None:
    fauna.collection("foo")
    created = fauna.write(*(create("foo", number, {"n": number}) for number in (101, 102, 103, 104)))
    config = fauna.config(page_size=2, deletions=DELETED, concurrency=1)
    run = incremental(config).succeed()
    assert run.records() == [live(number, created, {"n": number}) for number in (101, 102, 103, 104)]
    run = incremental(config, run.state).succeed()
    assert run.records() == []
    ts = fauna.write(delete("foo", 101), delete("foo", 103))
    run = incremental(config, run.state).succeed()
    assert run.records() == [removed(101, ts), removed(103, ts)]
    run = incremental(config, run.state).succeed()
    assert run.records() == []
    ts = fauna.write(delete("foo", 102))
    run = incremental(config, run.state).succeed()
    assert run.records() == [removed(102, ts)]
    assert incremental(config, run.state).succeed().records() == []


def test_document_deleted_and_created_again_gives_its_removal_then_the_new_document(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1}))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    gone = fauna.write(delete("foo", 1))
    back = fauna.write(create("foo", 1, {"n": 2}))
    assert incremental(config, state).succeed().records() == [removed(1, gone), live(1, back, {"n": 2})]


def test_document_deleted_and_created_again_in_one_transaction_is_an_update(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    far = fauna.now() + 10**15
    for ttl in (None, far, None):
        ts = fauna.write(delete("foo", 1), create("foo", 1, {"n": 2}, ttl=ttl))
        run = incremental(config, state).succeed()
        assert [(record["ts"], DELETED in record) for record in run.records()] == [(ts, False)]
        state = run.state


def test_changed_ttl_of_a_living_document_is_no_deletion(fauna: Fauna) -> None:
    fauna.collection("foo")
    far = fauna.now() + 10**15
    fauna.write(create("foo", 1), create("foo", 2, ttl=far), create("foo", 3, ttl=far))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    fauna.write(
        update("foo", 1, ttl=far), q.update(ref("foo", 2), {"ttl": None}), update("foo", 3, ttl=far + 1_000_000)
    )
    run = incremental(config, state).succeed()
    assert run.refs() == ["1", "2", "3"]
    assert all(DELETED not in record for record in run.records())


def test_removals_come_before_the_updates_of_their_round(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    updated = fauna.write(update("foo", 1, {"n": 1}))
    gone = fauna.write(delete("foo", 2))
    assert incremental(config, state).succeed().records() == [removed(2, gone), live(1, updated, {"n": 1})]


def test_first_sync_tells_the_removals_that_history_still_holds(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))
    ts = fauna.write(delete("foo", 1))
    run = incremental(fauna.config(deletions=DELETED)).succeed()
    assert run.records()[0] == removed(1, ts)
    assert run.refs() == ["1", "2"]


def test_killed_at_any_message_and_resumed_the_table_follows(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 7)))
    config = fauna.config(deletions=DELETED)
    catalog = configured(config, foo="incremental")
    begun = read(config, catalog).succeed()
    fauna.write(delete("foo", 1), delete("foo", 2), update("foo", 3))
    fauna.write(delete("foo", 4), create("foo", 1), create("foo", 9))
    for kill in read(config, catalog, begun.state, tuning=PAGES_OF_ONE).kills:
        first = read(config, catalog, begun.state, tuning=PAGES_OF_ONE, stop_after=kill).kept
        rest = read(config, catalog, first.state or begun.state, tuning=PAGES_OF_TWO).succeed()
        table = versions([*begun.records(), *first.records(), *rest.records()])
        assert table == fauna.versions("foo"), kill


def test_deletions_ignored_carry_their_position_so_that_switching_them_on_finds_all(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    on, off = fauna.config(deletions=DELETED), fauna.config(deletions={"deletion_mode": "ignore"})
    run = incremental(off).succeed()
    ts = [fauna.write(delete("foo", 1))]
    run = incremental(off, run.state).succeed()
    assert run.records() == []
    ts.append(fauna.write(delete("foo", 2)))
    run = incremental(on, run.state).succeed()
    assert run.records() == [removed(1, ts[0]), removed(2, ts[1])]
    carried = run.states()[-1]["remove_cursor"]
    ts.append(fauna.write(delete("foo", 3)))
    run = incremental(off, run.state).succeed()
    assert run.records() == []
    assert run.states()[-1]["remove_cursor"] == carried
    assert incremental(on, run.state).succeed().records() == [removed(3, ts[2])]


def test_cursor_moves_through_pages_without_any_removal(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    for number in range(1, 5):
        fauna.write(create("foo", number))
    run = incremental(config, state, tuning=PAGES_OF_ONE).succeed()
    positions = [each["remove_cursor"]["ts"] for each in run.states()]
    assert len(set(positions)) >= 4
    assert positions == sorted(positions)
    moments = Moments()
    incremental(config, run.state, tuning=moments.tuning(FAST)).succeed()
    assert moments.count(is_events) == 1


@pytest.mark.parametrize("changed", [False, True], ids=["nothing else changed", "others changed"])
def test_role_with_a_condition_fails_a_stream_whose_deletions_it_would_hide(fauna: Fauna, *, changed: bool) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"shown": True}), create("foo", 2, {"shown": True}))
    state = incremental(fauna.config(deletions=DELETED)).succeed().state
    shown = q.query(q.lambda_("x", q.select(["data", "shown"], q.get(q.var("x")))))
    _, index = reads("foo")
    secret = fauna.key({"resource": q.collection("foo"), "actions": {"read": shown}}, index)
    fauna.write(delete("foo", 1))
    if changed:
        fauna.write(update("foo", 2, {"n": 1}))
    failed = incremental(fauna.config(secret=secret, deletions=DELETED), state)
    failed.fail("under a condition only", "switch deletions off")
    without = incremental(fauna.config(secret=secret), state).succeed()
    assert without.refs() == (["2"] if changed else [])


@pytest.mark.local_only
def test_document_past_its_ttl_gives_no_record(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, ttl=fauna.now() + 60_000_000), create("foo", 2))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    local.clock.advance(seconds=120)
    assert incremental(config, state).succeed().records() == []
