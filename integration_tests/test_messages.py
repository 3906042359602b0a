"""The messages of a read and their order. `harness.protocol` checks further rules for every read of these tests."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import command, configured, full_refresh, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.strikes import ALWAYS
from integration_tests.harness.table import DELETED
from integration_tests.harness.tunings import FAST, PAGES_OF_TWO
from local_fauna import LocalFauna, faults

MODES = ("full_refresh", "incremental")


def kinds(run: Any, stream: str) -> list[str]:
    """The messages of a stream in order, runs of records as one."""
    found: list[str] = []
    for message in run.messages:
        if message["type"] == "RECORD" and message["record"]["stream"] == stream:
            found.append("RECORD")
        elif message["type"] == "STATE" and message["state"]["stream"]["stream_descriptor"]["name"] == stream:
            found.append("STATE")
        elif message["type"] == "TRACE":
            trace = message["trace"]
            status = trace.get("stream_status")
            if status and status["stream_descriptor"]["name"] == stream:
                found.append(status["status"])
            elif trace["type"] == "ERROR" and trace["error"]["stream_descriptor"]["name"] == stream:
                found.append("ERROR")
    return [kind for place, kind in enumerate(found) if found[place - 1 : place] != [kind]]


@pytest.mark.parametrize("mode", MODES)
def test_stream_is_started_running_read_covered_and_complete(fauna: Fauna, mode: str) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    config = fauna.config(concurrency=1)
    run = read(config, configured(config, foo=mode), tuning=PAGES_OF_TWO).succeed()
    # An incremental stream pins where it begins before its first record.
    begin = ["STATE"] if mode == "incremental" else []
    pages = ["RECORD", "STATE"] * (len(run.states()) - len(begin))
    assert kinds(run, "foo") == ["STARTED", "RUNNING", *begin, *pages, "COMPLETE"]
    assert len(run.states()) >= 3


def test_failing_stream_is_incomplete_with_its_error_and_the_others_go_on(fauna: Fauna) -> None:
    for name in ("a", "foo", "z"):
        fauna.collection(name)
        fauna.write(create(name, 1))
    config = fauna.config()
    catalog = configured(config, a="incremental", foo="incremental", z="full_refresh")
    fauna.query(q.delete(q.collection("foo")))
    run = read(config, catalog).fail("Stream 'foo'", "deleted or renamed")
    assert kinds(run, "foo") == ["STARTED", "INCOMPLETE", "ERROR"]
    assert [run.refs("a"), run.refs("z")] == [["1"], ["1"]]
    assert [run.statuses("a")[-1], run.statuses("z")[-1]] == ["COMPLETE", "COMPLETE"]
    (error,) = run.errors
    assert error["stream_descriptor"] == {"name": "foo"}
    assert run.failure is not None
    assert run.failure["failure_type"] == "config_error"
    assert error["message"] in run.failure["message"]
    assert "stream_descriptor" not in run.failure


@pytest.mark.local_only
def test_final_error_is_one_that_a_retry_may_cure_if_any_stream_failed_so(fauna: Fauna, local: LocalFauna) -> None:
    for name in ("foo", "bar"):
        fauna.collection(name)
        fauna.write(create(name, 1))
    config = fauna.config(concurrency=1)
    catalog = configured(config, foo="full_refresh", bar="full_refresh")
    fauna.query(q.delete(q.collection("foo")))
    local.faults.add(faults.answer(429), times=ALWAYS, when=lambda sent: "bar" in str(sent))
    run = read(config, catalog, tuning=replace(FAST, outage_seconds=60))
    run.fail(stream="foo", failure_type="config_error")
    run.fail("429 too many requests", stream="bar", failure_type="transient_error")
    assert run.failure is not None
    assert run.failure["failure_type"] == "transient_error"
    assert all(name in run.failure["message"] for name in ("foo: ", "bar: "))


@pytest.mark.local_only
def test_wait_for_a_server_that_limits_its_clients_is_told(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    local.faults.add(faults.answer(429), times=2, when=lambda sent: "documents" in str(sent) and "map" in str(sent))
    run = full_refresh(fauna.config()).succeed()
    assert run.statuses() == ["STARTED", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "COMPLETE"]
    limited = [{"type": "RATE_LIMITED"}]
    reasons = [status.get("reasons") for status in run.traces("STREAM_STATUS")]
    assert reasons == [None, None, limited, limited, None, None], "the end of the wait is told as well"


def test_every_incremental_stream_leaves_a_state_also_the_empty_ones(fauna: Fauna) -> None:
    for name in ("foo", "bar", "baz"):
        fauna.collection(name)
    fauna.write(create("bar", 1))
    for deletions in ({"deletion_mode": "ignore"}, DELETED):
        config = fauna.config(deletions=deletions)
        catalog = configured(config, foo="incremental", bar="incremental", baz="incremental")
        run = read(config, catalog, {"foo": {}, "bar": {}}).succeed()
        assert [bool(run.states(name)) for name in ("foo", "bar", "baz")] == [True] * 3
        again = read(config, catalog, run.state).succeed()
        assert [bool(again.states(name)) for name in ("foo", "bar", "baz")] == [True] * 3


@pytest.mark.parametrize("mode", MODES)
def test_stream_listed_twice_is_read_once(fauna: Fauna, mode: str) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config()
    catalog = configured(config, foo=mode)
    run = read(config, {"streams": catalog["streams"] * 2}).succeed()
    assert run.refs() == ["1"]
    assert run.statuses() == ["STARTED", "RUNNING", "COMPLETE"]


def test_namespace_of_the_catalog_is_that_of_records_states_and_statuses(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    catalog["streams"][0]["stream"]["namespace"] = "ns"
    run = read(config, catalog).succeed()
    assert {record["namespace"] for record in run.of("RECORD")} == {"ns"}
    assert {state["stream"]["stream_descriptor"]["namespace"] for state in run.of("STATE")} == {"ns"}
    assert read(config, catalog, run.state).succeed().records() == []


def test_legacy_state_without_a_namespace_serves_a_stream_with_one(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 1))
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    catalog["streams"][0]["stream"]["namespace"] = "ns"
    assert read(config, catalog, {"foo": {"updates_cursor": {"ts": ts, "ref": "1"}}}).succeed().records() == []


def test_empty_catalog_reads_nothing_and_ends_well(fauna: Fauna) -> None:
    fauna.collection("foo")
    run = read(fauna.config(), {"streams": []}).succeed()
    assert [message["type"] for message in run.messages if message["type"] != "LOG"] == []


def test_catalog_of_the_released_connector_is_read(fauna: Fauna) -> None:
    """The releases declared ttl as an integer, no deletion column, no primary key and no is_resumable."""
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    types = {"ref": {"type": "string"}, "ts": {"type": "integer"}, "data": {"type": "object"}}
    stream = {
        "name": "foo",
        "json_schema": {"type": "object", "properties": {**types, "ttl": {"type": ["null", "integer"]}}},
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_cursor": True,
        "default_cursor_field": ["ts"],
    }
    configuration = {"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}
    run = read(fauna.config(), {"streams": [{**configuration, "cursor_field": ["ts"]}]}).succeed()
    assert run.refs() == ["1"]


def job(catalog: dict[str, Any], sync_id: int | None) -> dict[str, Any]:
    """The catalog of a job, as the platform gives it to each of its attempts."""
    told = {} if sync_id is None else {"sync_id": sync_id, "generation_id": 1, "minimum_generation_id": 1}
    return {"streams": [{**stream, **told} for stream in catalog["streams"]]}


def test_finished_refresh_of_a_job_is_not_read_again_by_its_retry_but_by_the_next_job(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config()
    catalog = configured(config, foo="full_refresh")
    first = read(config, job(catalog, 5)).succeed()
    (done,) = first.states()[-1].values()
    assert done == {"done": 5, "done_at": done["done_at"]}
    retry = read(config, job(catalog, 5), first.state).succeed()
    assert (retry.records(), retry.states()) == ([], first.states()[-1:])
    assert any("done for sync_id 5 a short time ago" in warning for warning in retry.logs("WARN"))
    for sync_id in (6, None):
        assert read(config, job(catalog, sync_id), first.state).succeed().refs() == ["1"]


def test_sync_id_that_never_changes_does_not_keep_a_stream_from_being_read(fauna: Fauna) -> None:
    """Without the rule, the sync of the next day and all later ones read nothing."""
    fauna.collection("foo")
    fauna.write(create("foo", 1))
    config = fauna.config()
    catalog = job(configured(config, foo="full_refresh"), 1)
    state = read(config, catalog).succeed().state
    tomorrow = replace(FAST, wall_clock=lambda: time.time() + 86_400)
    assert read(config, catalog, state, tuning=tomorrow).succeed().warn().refs() == ["1"]


def test_page_size_beyond_what_a_state_may_cover_is_cut_and_told(fauna: Fauna) -> None:
    fauna.collection("foo")
    run = full_refresh(fauna.config(page_size=100_000)).succeed()
    assert any("cut to 10000" in warning for warning in run.logs("WARN"))


def test_debug_tells_more_but_never_a_document(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"name": "content-of-a-document"}), create("foo", 2))
    config = fauna.config(deletions=DELETED)
    state = incremental(config).succeed().state
    fauna.write(delete("foo", 2), update("foo", 1, {"more": "content-of-a-document"}))
    catalog = configured(config, foo="incremental")
    run = command("read", "--debug", config=config, catalog=catalog, state=state).succeed()
    assert run.refs() == ["2", "1"]
    # What the CDK logs with this flag is no message of the type LOG.
    beside_records = [message for message in run.messages if message["type"] != "RECORD"]
    assert "DEBUG" in {message["type"] for message in beside_records}
    assert "content-of-a-document" not in str(beside_records)
    assert config["secret"] not in str(run)


def test_unreadable_collection_fails_its_stream_and_says_which_right_is_missing(fauna: Fauna) -> None:
    for name in ("foo", "bar"):
        fauna.collection(name)
        fauna.write(create(name, 1))
    config = fauna.config(secret=fauna.key(*reads("bar")))
    for mode, text in (
        ("full_refresh", "403 permission denied"),
        ("incremental", "The key may not read index 'foo_ts'. Give its role read on it."),
    ):
        run = read(config, configured(fauna.config(), foo=mode, bar=mode)).fail(text)
        assert run.refs("bar") == ["1"]


def test_stream_without_an_index_is_read_in_full_every_time_it_is_asked_for_incrementally(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.write(create("foo", 1), create("foo", 2))
    config = fauna.config()
    catalog = configured(config, foo="incremental")
    first = read(config, catalog).succeed()
    again = read(config, catalog, first.state).succeed()
    assert [first.refs("foo"), again.refs("foo")] == [["1", "2"], ["1", "2"]]
    assert [text for text in again.logs("WARN") if "Stream 'foo' has no incremental mode" in text]
