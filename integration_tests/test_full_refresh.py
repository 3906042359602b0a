"""Full refreshes by the real entry point: every test is a case of what users may rely on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration_tests.harness.connector import configured, full_refresh, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, update
from integration_tests.harness.moments import Moments, is_documents
from integration_tests.harness.table import live
from integration_tests.harness.tunings import FAST, PAGES_OF_TWO
from local_fauna import LocalFauna, faults

FIFTEEN_MINUTES = 900.0


def filled(fauna: Fauna, *, documents: int, **params: object) -> int:
    """A collection foo with documents 1 to n in one transaction; gives its ts."""
    fauna.collection("foo", **params)  # type: ignore[arg-type]
    return fauna.write(*(create("foo", number, {"n": number}) for number in range(1, documents + 1)))


def test_two_pages_give_all_documents_once_with_ref_ts_data_and_ttl(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(
        create("foo", 1, {"n": 1}), create("foo", 2), create("foo", 3, {"n": 3}, ttl=2_220_000_000_500_000)
    )
    run = full_refresh(fauna.config(), tuning=PAGES_OF_TWO).succeed()
    with_ttl = {**live(3, ts, {"n": 3}), "ttl": "2040-05-07T10:40:00.500Z"}
    assert run.records() == [live(1, ts, {"n": 1}), live(2, ts), with_ttl]


def test_nested_data_passes_through_and_nulls_are_what_the_server_makes_of_them(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 1, {"a": {"b": [1, {"c": []}, "x"], "d": {}, "gone": None}, "e": 1.5}))
    run = full_refresh(fauna.config()).succeed()
    assert run.records() == [live(1, ts, {"a": {"b": [1, {"c": []}, "x"], "d": {}}, "e": 1.5})]


def test_documents_written_while_it_runs_do_not_change_what_it_reads(fauna: Fauna) -> None:
    ts = filled(fauna, documents=5)
    moments = Moments()
    moments.before(
        is_documents,
        lambda: fauna.write(create("foo", 9), update("foo", 5, {"n": 50}), delete("foo", 4), delete("foo", 1)),
        nth=2,
    )
    run = full_refresh(fauna.config(), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert run.records() == [live(number, ts, {"n": number}) for number in range(1, 6)]


@pytest.mark.local_only
def test_failure_at_the_third_page_keeps_two_pages_and_resuming_gives_exactly_the_rest(
    fauna: Fauna, local: LocalFauna
) -> None:
    filled(fauna, documents=7)
    local.faults.add(faults.answer(500), times=5, skip=2, when=is_documents)
    config = fauna.config(concurrency=1)
    first = full_refresh(config, tuning=PAGES_OF_TWO).fail("500 internal server error", failure_type="system_error")
    assert first.refs() == ["1", "2", "3", "4"]
    assert first.states()[-1]["full_sync_cursor"]["ranges"] == [{"from": "5"}]
    rest = full_refresh(config, first.state, tuning=PAGES_OF_TWO).succeed()
    assert rest.refs() == ["5", "6", "7"]


def test_killed_at_any_message_and_resumed_gives_every_document_of_its_snapshot(fauna: Fauna) -> None:
    ts = filled(fauna, documents=7)
    config = fauna.config()
    catalog = configured(config, foo="full_refresh")
    for kill in read(config, catalog, tuning=PAGES_OF_TWO).kills[:-1]:
        first = read(config, catalog, tuning=PAGES_OF_TWO, stop_after=kill).kept
        rest = read(config, catalog, first.state, tuning=PAGES_OF_TWO).succeed()
        together = sorted([*first.records(), *rest.records()], key=lambda record: int(record["ref"]))
        assert together == [live(number, ts, {"n": number}) for number in range(1, 8)], kill


def test_resumed_reads_the_snapshot_of_the_first_attempt(fauna: Fauna) -> None:
    ts = filled(fauna, documents=6)
    config = fauna.config(concurrency=1)
    first = full_refresh(config, tuning=PAGES_OF_TWO, stop_after=8)
    fauna.write(update("foo", 6, {"n": 60}), delete("foo", 5), create("foo", 7))
    rest = full_refresh(config, first.state, tuning=PAGES_OF_TWO).succeed()
    seen = {record["ref"]: record for record in [*first.records(), *rest.records()]}
    assert list(seen.values()) == [live(number, ts, {"n": number}) for number in range(1, 7)]


def test_empty_collection_gives_no_record_but_a_state_and_complete(fauna: Fauna) -> None:
    fauna.collection("foo")
    run = full_refresh(fauna.config()).succeed()
    assert (run.records(), run.states()[-1], run.statuses()) == ([], {}, ["STARTED", "RUNNING", "COMPLETE"])


def test_the_same_database_read_twice_gives_equal_records(fauna: Fauna) -> None:
    filled(fauna, documents=20)
    config = fauna.config(page_size=3, concurrency=1)
    records = full_refresh(config).succeed().records()
    assert len(records) == 20
    assert full_refresh(config).succeed().records() == records


def test_several_walkers_give_every_document_once(fauna: Fauna) -> None:
    fauna.collection("foo")
    ids = [*range(1, 300), *range(337898800783819264, 337898800783819564), 2**63 - 1]
    fauna.write(*(create("foo", number) for number in ids))
    run = full_refresh(fauna.config(page_size=5), tuning=replace(FAST, page_most_documents=10)).succeed()
    assert sorted(map(int, run.refs())) == ids


def test_collection_without_an_index_is_read(fauna: Fauna) -> None:
    ts = filled(fauna, documents=1, index=False)
    assert full_refresh(fauna.config()).succeed().records() == [live(1, ts, {"n": 1})]


def test_finished_refresh_begins_anew(fauna: Fauna) -> None:
    filled(fauna, documents=2)
    first = full_refresh(fauna.config()).succeed()
    assert full_refresh(fauna.config(), first.state).succeed().refs() == ["1", "2"]


@pytest.mark.local_only
def test_snapshot_below_the_minimum_valid_time_is_replaced_and_the_walk_goes_on_where_it_stood(
    fauna: Fauna, local: LocalFauna
) -> None:
    ts = filled(fauna, documents=6, history_days=0)
    changed: list[int] = []

    def later() -> None:
        changed.append(fauna.write(update("foo", 6, {"n": 60}), delete("foo", 5), update("foo", 1, {"n": 10})))
        local.clock.advance(seconds=FIFTEEN_MINUTES + 60)

    moments = Moments()
    moments.before(is_documents, later, nth=3)
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    unchanged = [live(number, ts, {"n": number}) for number in range(1, 5)]
    assert run.records() == [*unchanged, live(6, changed[0], {"n": 60})]
    assert any("no longer keeps the snapshot" in warning for warning in run.logs("WARN"))


@pytest.mark.local_only
def test_saved_snapshot_below_the_minimum_valid_time_never_fails_for_ever(fauna: Fauna, local: LocalFauna) -> None:
    filled(fauna, documents=6, history_days=0)
    config = fauna.config(concurrency=1)
    first = full_refresh(config, tuning=PAGES_OF_TWO, stop_after=8)
    assert 0 < len(first.records()) < 6
    local.clock.advance(seconds=FIFTEEN_MINUTES + 60)
    rest = full_refresh(config, first.state, tuning=PAGES_OF_TWO).succeed()
    assert sorted({*first.refs(), *rest.refs()}) == ["1", "2", "3", "4", "5", "6"]
    assert full_refresh(config, rest.state).succeed().logs("WARN") == []


def test_streams_of_all_collections_are_read_in_one_sync(fauna: Fauna) -> None:
    for name in ("foo", "bar", "baz"):
        fauna.collection(name)
        fauna.write(create(name, 1))
    config = fauna.config()
    run = read(config, configured(config, foo="full_refresh", bar="full_refresh", baz="full_refresh")).succeed()
    assert [run.refs(name) for name in ("foo", "bar", "baz")] == [["1"]] * 3
