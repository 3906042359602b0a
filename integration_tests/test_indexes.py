"""Indexes that are created, deleted or changed during a sync, and indexes with more values than needed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, discover, incremental, read
from integration_tests.harness.fauna import READ_SCHEMA, Fauna
from integration_tests.harness.fql import bound, create, delete, reads, update
from integration_tests.harness.moments import (
    Moments,
    is_confirmation_of_updates,
    is_index_definition,
    is_updates,
)
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO
from local_fauna import LocalFauna, faults
from local_fauna.engine import Reply

TS, REF = {"field": ["ts"]}, {"field": ["ref"]}
MORE = [TS, REF, {"field": ["data", "tags"]}]


def test_index_of_nothing_but_ts_and_ref_is_preferred_for_it_alone_is_complete(fauna: Fauna) -> None:
    """Without the preference, a document with a long text is missing from the first index and so from the table."""
    fauna.collection("foo", index=False)
    fauna.index("foo", "first", values=MORE)
    fauna.index("foo", "second")
    config = fauna.config()
    before = incremental(config).succeed()
    fauna.write(create("foo", 1, {"tags": "x" * 40_000}))
    after = incremental(config, before.state).succeed()
    assert after.refs() == ["1"]
    assert after.logs("WARN") == []


def test_index_that_may_be_incomplete_is_told(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.index("foo", "more", values=MORE)
    config = fauna.config()
    (warning,) = incremental(config).succeed().logs("WARN")
    assert warning.startswith("Index 'more' holds more than ts and ref")
    assert "CreateIndex" in warning
    assert discover(config)[0]["supported_sync_modes"] == ["full_refresh", "incremental"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_document_with_many_entries_comes_once_and_the_scan_ends(fauna: Fauna, size: int) -> None:
    """Without the rule, a page that ends between two entries of one document is requested for ever."""
    fauna.collection("foo", index=False)
    fauna.index("foo", "more", values=MORE)
    config = fauna.config(concurrency=1)
    before = incremental(config).succeed()
    ts = fauna.write(*(create("foo", number, {"tags": [f"t{tag}" for tag in range(5)]}) for number in (1, 2, 3)))
    moments = Moments()
    tuning = moments.tuning(FAST, page_most_documents=size)
    run = incremental(config, before.state, tuning=tuning).succeed()
    assert versions(run.records()) == {"1": ts, "2": ts, "3": ts}
    assert len(run.records()) <= 3 + 15 // size
    assert moments.count(is_updates) <= 16
    for kill in run.kills:
        first = incremental(config, before.state, tuning=tuning, stop_after=kill).kept
        rest = incremental(config, first.state or before.state).succeed()
        assert versions([*first.records(), *rest.records()]) == {"1": ts, "2": ts, "3": ts}


@pytest.mark.parametrize("dropped", ["foo_ts", "bar_ts"])
def test_index_that_goes_while_a_read_begins_is_its_own_streams_matter(fauna: Fauna, dropped: str) -> None:
    """Without the rule, the read fails before any stream has started, and every retry fails too."""
    fauna.collection("foo")
    fauna.collection("bar")
    config = fauna.config()
    catalog = configured(config, foo="incremental", bar="incremental")
    state = read(config, catalog).succeed().state
    fauna.write(create("foo", 1), create("bar", 1))
    moments = Moments()
    moments.before(_asks_for_indexes, lambda: fauna.query(q.delete(q.index(dropped))))
    run = read(config, catalog, state, tuning=moments.tuning(FAST))
    gone, other = ("foo", "bar") if dropped == "foo_ts" else ("bar", "foo")
    run.fail("has no index", stream=gone)
    assert (run.statuses(other)[-1], run.refs(other)) == ("COMPLETE", ["1"])


def test_only_the_indexes_of_streams_that_are_read_are_asked_for(fauna: Fauna) -> None:
    for name in ("foo", "bar"):
        fauna.collection(name)
    config = fauna.config()
    moments = Moments()
    incremental(config, tuning=moments.tuning(FAST)).succeed()
    assert "bar_ts" not in str([sent for sent, _ in moments.sent])


def _asks_for_indexes(expression: Any) -> bool:
    return isinstance(expression, list) and "match" in expression[0].get("paginate", {})


@pytest.mark.local_only
def test_index_that_is_being_built_fails_its_stream_in_passing(fauna: Fauna, local: LocalFauna) -> None:
    """Without the rule, the error tells the user to create an index that exists, and the platform does not retry."""
    fauna.collection("foo")
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    fauna.write(*(create("foo", number) for number in range(1, 201)))
    fauna.query(q.delete(q.index("foo_ts")))
    local.engine.index_build.rate = 1
    fauna.index("foo")
    run = read(config, catalog)
    run.fail("Index 'foo_ts' is still being built", "Sync again then.", failure_type="transient_error")
    assert "CreateIndex" not in str(run.errors)
    local.engine.index_build.rate = None
    assert len(read(config, catalog).succeed().records()) == 200


def updated(fauna: Fauna, **options: Any) -> tuple[dict[str, Any], Run]:
    """A config, and a sync by it, after which seven documents were updated one by one."""
    fauna.collection("foo")
    config = fauna.config(concurrency=1, **options)
    fauna.write(*(create("foo", number) for number in range(1, 8)))
    before = incremental(config).succeed()
    for number in range(1, 8):
        fauna.write(update("foo", number))
    return config, before


def drop(fauna: Fauna) -> None:
    fauna.query(q.delete(q.index("foo_ts")))


@pytest.mark.parametrize("options", [{}, {"deletions": DELETED}], ids=["updates", "updates and deletions"])
@pytest.mark.parametrize("nth", [1, 3])
def test_index_that_is_back_when_it_is_missed_is_survived(fauna: Fauna, nth: int, options: dict[str, Any]) -> None:
    """Without a second look, the error says that an existing index is gone, and its missing entries are not read."""
    config, before = updated(fauna, **options)
    moments = Moments()
    moments.before(is_updates, lambda: drop(fauna), nth=nth)
    moments.before(is_index_definition, lambda: fauna.index("foo"))
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")
    assert incremental(config, run.state).succeed().refs() == []


@pytest.mark.local_only
def test_index_that_is_being_built_again_when_it_is_missed_fails_in_passing(fauna: Fauna, local: LocalFauna) -> None:
    config, before = updated(fauna)
    fauna.write(*(create("foo", number) for number in range(11, 211)))
    local.engine.index_build.rate = 1
    moments = Moments()
    moments.before(is_updates, lambda: drop(fauna))
    moments.before(is_index_definition, lambda: fauna.index("foo"))
    run = incremental(config, before.state, tuning=moments.tuning(FAST))
    run.fail("Index 'foo_ts' is still being built", "Sync again then.", failure_type="transient_error")
    assert "CreateIndex" not in run.errors[0]["message"]


def test_index_dropped_while_an_empty_page_is_confirmed_is_told_as_such(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(concurrency=1)
    before = incremental(config).succeed()
    moments = Moments()
    moments.before(is_confirmation_of_updates, lambda: drop(fauna))
    run = incremental(config, before.state, tuning=moments.tuning(FAST))
    run.fail("Collection 'foo' has no index", "CreateIndex")


UNFIT = {
    "terms": {"terms": [{"field": ["data", "n"]}]},
    "other values": {"values": [REF, TS]},
    "a binding in place of ts": {"source": bound("foo"), "values": [{**TS, "binding": "x"}, REF]},
    "ts alone": {"values": [TS]},
    "refs alone": {"values": []},
    "something in between": {"values": [TS, {"field": ["data", "n"]}]},
    "another source": {"source": q.collection("bar")},
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT.keys())
def test_index_that_is_made_again_as_another_fails_the_stream(fauna: Fauna, unfit: dict[str, Any]) -> None:
    """If pages do not include the definition, the new index seems to have no updates."""
    fauna.collection("foo")
    fauna.collection("bar")
    config = fauna.config(concurrency=1)
    before = incremental(config).succeed()
    for number in range(1, 7):
        fauna.write(create("foo", number))

    def change() -> None:
        fauna.query(q.delete(q.index("foo_ts")))
        fauna.index("foo", **unfit)

    moments = Moments()
    moments.before(is_updates, change, nth=2)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_TWO))
    run.fail("Index", "CreateIndex")
    assert "foo_by_ts" in run.errors[0]["message"]
    fauna.query(q.delete(q.index("foo_ts")))
    fauna.index("foo")
    rest = incremental(config, run.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")


def test_a_right_to_list_indexes_that_is_gone_is_told_when_it_is_missed(fauna: Fauna) -> None:
    """If the reason of the failed page is ignored, the error tells the user to create an index that exists."""
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1)
    before = incremental(config).succeed()
    for number in range(1, 7):
        fauna.write(create("foo", number))
    narrowed = {"privileges": [READ_SCHEMA[0], *reads("foo")]}
    moments = Moments()
    moments.before(is_updates, lambda: fauna.query(q.update(q.role("reader"), narrowed)), nth=2)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("No permissions to list indexes", "read on Indexes()")
    assert "CreateIndex" not in run.errors[0]["message"]
    assert run.records()
    fauna.grant(*reads("foo"))
    rest = incremental(config, run.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.parametrize("nth", [1, 2])
def test_a_right_to_read_the_index_that_is_gone_is_told_when_it_is_missed(fauna: Fauna, nth: int) -> None:
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1)
    before = incremental(config).succeed()
    for number in range(1, 7):
        fauna.write(create("foo", number))
    moments = Moments()
    moments.before(is_updates, lambda: fauna.grant(reads("foo")[0]), nth=nth)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("The key may not read index 'foo_ts'. Give its role read on it.")
    fauna.grant(*reads("foo"))
    rest = incremental(config, run.state or before.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.local_only
def test_an_error_that_no_index_is_to_blame_for_is_told_as_it_is(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    config = fauna.config(concurrency=1)
    before = incremental(config).succeed()
    fauna.write(create("foo", 1))
    error = {"errors": [{"code": "invalid argument", "description": "Number expected."}]}
    reply = Reply(status=400, headers={"content-type": "application/json"}, body=orjson.dumps(error))
    local.faults.add(faults.Fault(name="refused", reply=reply), times=1000, when=is_updates)
    run = incremental(config, before.state)
    run.fail("400 invalid argument: Number expected.", failure_type="system_error")


def test_removals_come_once_when_an_index_is_made_again_in_a_first_pass(fauna: Fauna) -> None:
    """Without the rule, the pass starts again after the updates, and emits their documents as deleted."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 8)))
    without = incremental(fauna.config()).succeed()
    for number in range(1, 8):
        fauna.write(delete("foo", number))
        fauna.write(create("foo", number))
    state = [_without_removals(each) for each in without.state]

    def renew() -> None:
        fauna.query(q.delete(q.index("foo_ts")))
        fauna.index("foo")

    moments = Moments()
    moments.before(is_updates, renew, nth=4)
    config = fauna.config(concurrency=1, deletions=DELETED)
    run = incremental(config, state, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    assert versions(run.records()) == fauna.versions("foo")
    assert len([record for record in run.records() if DELETED in record]) == 7
    assert len([text for text in run.logs("WARN") if "were not read before" in text]) == 1


def _without_removals(state: dict[str, Any]) -> dict[str, Any]:
    kept = {"updates_cursor": state["stream"]["stream_state"]["updates_cursor"]}
    return {"type": "STREAM", "stream": {**state["stream"], "stream_state": kept}}
