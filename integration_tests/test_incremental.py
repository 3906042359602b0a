"""Incremental syncs without deletions, by the real entry point."""

from __future__ import annotations

import re
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import configured, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, update
from integration_tests.harness.moments import Moments, is_documents, is_events, is_now, is_updates
from integration_tests.harness.table import live, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_TWO
from local_fauna import LocalFauna, faults


def test_three_pages_of_updates_then_nothing_then_only_what_is_new(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config()
    before = incremental(config).succeed()
    for number in range(1, 6):
        fauna.write(create("foo", number))
    run = incremental(config, before.state, tuning=PAGES_OF_TWO).succeed()
    assert run.refs() == ["1", "2", "3", "4", "5"]
    again = incremental(config, run.state, tuning=PAGES_OF_TWO).succeed()
    assert again.records() == []
    ts = fauna.write(create("foo", 6, {"a": 1}))
    last = incremental(config, again.state, tuning=PAGES_OF_TWO).succeed()
    assert last.records() == [live(6, ts, {"a": 1})]
    positions = [run_.states()[-1]["updates_cursor"]["ts"] for run_ in (run, again, last)]
    assert positions == sorted(set(positions))
    assert positions[-1] >= ts


@pytest.mark.local_only
def test_failure_at_the_second_page_of_updates_and_resuming_gives_exactly_the_rest(
    fauna: Fauna, local: LocalFauna
) -> None:
    fauna.collection("foo")
    config = fauna.config()
    state = incremental(config).succeed().state
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    local.faults.add(faults.answer(500), times=5, skip=1, when=is_updates)
    first = incremental(config, state, tuning=PAGES_OF_TWO).fail("500", failure_type="system_error")
    assert first.refs() == ["1", "2"]
    assert first.states()[-1]["updates_cursor"]["ref"] == "2"
    assert incremental(config, first.state, tuning=PAGES_OF_TWO).succeed().refs() == ["3", "4", "5"]


def test_documents_of_one_transaction_are_read_by_an_index_built_afterwards(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    ts = fauna.write(*(create("foo", number, {"n": number}) for number in (101, 102, 103, 104)))
    fauna.index("foo")
    config = fauna.config(page_size=2, concurrency=1)
    first = incremental(config, tuning=PAGES_OF_TWO).succeed()
    assert first.records() == [live(number, ts, {"n": number}) for number in (101, 102, 103, 104)]
    again = incremental(config, first.state, tuning=PAGES_OF_TWO).succeed()
    assert again.records() == []
    updated, created = fauna.write(update("foo", 103, {"n": 0})), fauna.write(create("foo", 200))
    last = incremental(config, again.state, tuning=PAGES_OF_TWO).succeed()
    assert last.records() == [live(103, updated, {"n": 0}), live(200, created)]


def test_removals_with_deletions_off_give_no_removal_record_and_no_removal_query(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))
    config = fauna.config(deletions={"deletion_mode": "ignore"})
    state = incremental(config).succeed().state
    fauna.write(delete("foo", 1))
    moments = Moments()
    run = incremental(config, state, tuning=moments.tuning(FAST)).succeed()
    assert run.records() == []
    assert moments.count(is_events) == 0


def test_document_changed_while_it_is_read_comes_in_its_newest_version(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number, {"n": number}) for number in range(1, 7)))
    config = fauna.config()
    moments = Moments()
    for page in (2, 3):
        moments.before(is_documents, lambda: fauna.write(update("foo", 1, {"m": 1}), update("foo", 6)), nth=page)
    first = incremental(config, tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    second = incremental(config, first.state).succeed()
    assert versions([*first.records(), *second.records()]) == fauna.versions("foo")


def test_first_sync_killed_at_any_message_and_resumed_misses_nothing(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 8)))
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    for kill in read(config, catalog, tuning=PAGES_OF_TWO).kills:
        moments = Moments()
        moments.before(is_documents, lambda: fauna.write(update("foo", 2), update("foo", 7)), nth=3)
        first = read(config, catalog, tuning=moments.tuning(PAGES_OF_TWO), stop_after=kill).kept
        rest = read(config, catalog, first.state, tuning=PAGES_OF_TWO).succeed()
        assert versions([*first.records(), *rest.records()]) == fauna.versions("foo"), kill


def test_updates_of_one_transaction_killed_at_any_message_come_once(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    state = read(config, catalog).succeed().state
    ts = fauna.write(*(create("foo", number) for number in range(1, 8)))
    for kill in read(config, catalog, state, tuning=PAGES_OF_TWO).kills:
        first = read(config, catalog, state, tuning=PAGES_OF_TWO, stop_after=kill).kept
        rest = read(config, catalog, first.state or state, tuning=PAGES_OF_TWO).succeed()
        assert [*first.records(), *rest.records()] == [live(number, ts) for number in range(1, 8)], kill


def test_first_sync_without_deletions_writes_where_deletions_begin(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    run = incremental(fauna.config()).succeed()
    begin = run.states()[0]["updates_cursor"]["ts"]
    assert run.states()[-1]["remove_cursor"] == {"ts": begin}


INDEXES: dict[str, dict[str, Any]] = {
    "fields as texts": {"values": [{"field": "ts"}, {"field": "ref"}]},
    "fields as lists": {"values": [{"field": ["ts"]}, {"field": ["ref"]}]},
    "no terms": {"terms": []},
    "the source in a list": {"source": [q.collection("foo")]},
    "the source in an object": {"source": {"collection": q.collection("foo")}},
    "further values": {"values": [{"field": "ts"}, {"field": "ref"}, {"field": ["data", "a"]}]},
}


@pytest.mark.parametrize("params", INDEXES.values(), ids=INDEXES.keys())
def test_index_in_every_form_serves(fauna: Fauna, params: dict[str, Any]) -> None:
    fauna.collection("foo", index=False)
    fauna.index("foo", **params)
    config = fauna.config()
    state = incremental(config).succeed().state
    ts = fauna.write(create("foo", 1, {"a": [1, 2]} if "values" not in params else {"a": 1}))
    assert [record["ts"] for record in incremental(config, state).succeed().records()] == [ts]


def indexes_read(config: dict[str, Any]) -> set[str]:
    """The names of the indexes by which a second sync reads updates."""
    state = incremental(config).succeed().state
    moments = Moments()
    incremental(config, state, tuning=moments.tuning(FAST)).succeed()
    pages = [str(expression) for expression, _ in moments.sent if is_updates(expression)]
    return {name for page in pages for name in re.findall(r"{'match': {'index': '(\w+)'}}", page)}


def test_indexes_that_do_not_fit_are_passed_over(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.collection("bar", index=False)
    fauna.index("foo", "terms", terms=[{"field": ["data", "a"]}])
    fauna.index("foo", "back", values=[{"field": ["ts"], "reverse": True}, {"field": ["ref"]}])
    fauna.index("foo", "none", values=[])
    fauna.index("foo", "wide", source=[q.collection("foo"), q.collection("bar")])
    fauna.index("foo")
    assert indexes_read(fauna.config()) == {"foo_ts"}


def test_chosen_index_is_used(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.index("foo", "chosen")
    assert indexes_read(fauna.config(name="foo", index="chosen")) == {"chosen"}


def test_stream_whose_index_is_gone_fails_and_says_how_to_make_one(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    state = read(config, catalog).succeed().state
    fauna.query(q.delete(q.index("foo_ts")))
    read(config, catalog, state).fail('CreateIndex({name: "foo_by_ts", source: Collection("foo")', "full refresh")


def test_state_from_the_future_reads_nothing_and_is_kept(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    saved = {"updates_cursor": {"ts": 253370764800000000, "ref": "10"}}
    moments = Moments()
    run = incremental(fauna.config(), {"foo": saved}, tuning=moments.tuning(FAST)).succeed()
    assert (run.records(), run.states()) == ([], [saved])
    assert any("future" in warning for warning in run.logs("WARN"))
    assert moments.count(is_now) > 1


@pytest.mark.local_only
def test_node_that_lags_behind_the_saved_position_is_waited_for(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    local.clock.advance(seconds=3600)
    config = fauna.config()
    state = incremental(config).succeed().state
    fauna.write(create("foo", 1))
    local.clock.lag(seconds=60)
    moments = Moments()
    moments.before(is_now, lambda: local.clock.lag(seconds=0), nth=3)
    run = incremental(config, state, tuning=moments.tuning(FAST)).succeed()
    assert run.refs() == ["1"]
    assert run.logs("WARN") == []
