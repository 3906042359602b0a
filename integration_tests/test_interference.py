"""What others do to the database while it is read: indexes and collections go, documents are too much to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, full_refresh, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, update
from integration_tests.harness.moments import Kind, Moments, is_documents, is_events, is_updates
from integration_tests.harness.strikes import ALWAYS, refusal
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO
from local_fauna import LocalFauna, faults

DELETIONS: dict[str, Any] = {"deletions": DELETED}


def test_index_dropped_between_two_pages_fails_the_stream_and_a_new_one_is_read_on(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(**DELETIONS)
    begun = incremental(config).succeed()
    for number in range(1, 8):
        fauna.write(create("foo", number))
    moments = Moments()
    moments.before(is_updates, lambda: fauna.query(q.delete(q.index("foo_ts"))), nth=3)
    broken = incremental(config, begun.state, tuning=moments.tuning(PAGES_OF_TWO))
    broken.fail("Collection 'foo' has no index", "CreateIndex")
    assert 0 < len(broken.records()) < 7
    fauna.write(delete("foo", 1), update("foo", 7))
    fauna.index("foo")
    rest = incremental(config, broken.state).succeed()
    assert versions([*broken.records(), *rest.records()]) == fauna.versions("foo")


READS: dict[str, tuple[Kind, Callable[..., Run]]] = {
    "full refresh": (is_documents, full_refresh),
    "first walk": (is_documents, incremental),
    "updates": (is_updates, incremental),
    "deletions": (is_events, incremental),
}
GONE: dict[str, Callable[[], Any]] = {
    "deleted": lambda: q.delete(q.collection("foo")),
    "renamed": lambda: q.update(q.collection("foo"), {"name": "other"}),
}


@pytest.mark.parametrize("go", GONE.values(), ids=GONE.keys())
@pytest.mark.parametrize(("kind", "sync"), READS.values(), ids=READS.keys())
def test_collection_that_goes_while_it_is_read_fails_its_stream(
    fauna: Fauna, kind: Kind, sync: Callable[..., Run], go: Callable[[], Any]
) -> None:
    fauna.collection("foo")
    numbers = range(1, 8)
    state = None
    if kind is not is_documents:
        fauna.write(*(create("foo", number) for number in numbers))
        state = incremental(fauna.config(**DELETIONS)).succeed().state
    changes: dict[Kind, Callable[[str, int], Any]] = {is_documents: create, is_updates: update, is_events: delete}
    for number in numbers:
        fauna.write(changes[kind]("foo", number))
    moments = Moments()
    moments.before(kind, lambda: fauna.query(go()), nth=3)
    config = fauna.config(concurrency=1, **DELETIONS)
    catalog = configured(config, foo="full_refresh" if sync is full_refresh else "incremental")
    run = read(config, catalog, state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("deleted or renamed")
    assert 0 < len(run.records()) < 7
    assert run.states()
    gone = read(config, catalog, run.state)
    gone.fail("Stream 'foo' is in the catalog, but the database has no collection of that name")


def test_chosen_collection_that_is_gone_fails_the_read(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(name="foo")
    catalog = configured(config, foo="full_refresh")
    fauna.query(q.delete(q.collection("foo")))
    run = read(config, catalog)
    assert run.failure is not None
    assert "Collection 'foo' does not exist" in run.failure["message"]
    assert run.failure["failure_type"] == "config_error"


TOO_MUCH = {
    "too large": refusal(400, "bad request", "Version bytes (9000014) exceeds threshold (8388608)"),
    "too slow": refusal(503, "time out", "Read timed out (Query eval has timed out.)"),
    "too wide": refusal(400, "bad request", "Query exceeds max width. Max: 100000, current: 100001."),
}


@pytest.mark.local_only
@pytest.mark.parametrize("fault", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_document_that_is_too_much_alone_fails_the_walk_by_its_name(
    fauna: Fauna, local: LocalFauna, fault: faults.Fault
) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 7)))
    local.faults.add(fault, times=ALWAYS, when=lambda sent: is_documents(sent) and '"id": "5"' in _text(sent))
    run = full_refresh(fauna.config(concurrency=1), tuning=PAGES_OF_TWO)
    run.fail("Document '5' of collection 'foo'", failure_type="system_error")
    assert run.refs() == ["1", "2", "3", "4"]


@pytest.mark.local_only
@pytest.mark.parametrize("fault", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_document_that_is_too_much_alone_fails_the_updates_by_its_name(
    fauna: Fauna, local: LocalFauna, fault: faults.Fault
) -> None:
    fauna.collection("foo")
    config = fauna.config(concurrency=1)
    state = incremental(config).succeed().state
    fauna.write(*(create("foo", number) for number in range(1, 7)))
    with_documents = '"get": {"select"'
    local.faults.add(
        fault, times=ALWAYS, when=lambda sent: with_documents in _text(sent) and '"id": "5"' in _text(sent)
    )
    run = incremental(config, state, tuning=PAGES_OF_TWO)
    run.fail("Document '5' of collection 'foo'", failure_type="system_error")
    assert run.refs() == ["1", "2", "3", "4"]


@pytest.mark.local_only
def test_page_that_is_too_large_is_read_in_smaller_ones(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 33)))
    too_large = TOO_MUCH["too large"]
    local.faults.add(too_large, times=ALWAYS, when=lambda sent: is_documents(sent) and '"size": 4' not in _text(sent))
    run = full_refresh(fauna.config(page_size=16, concurrency=1), tuning=FAST).succeed()
    assert run.refs() == [str(number) for number in range(1, 33)]


def _text(expression: Any) -> str:
    return json.dumps(expression)


@pytest.mark.local_only
def test_first_sync_in_rounds_of_a_second_without_history_follows_those_who_write(
    fauna: Fauna, local: LocalFauna
) -> None:
    """20,000 documents, history_days 0: a minute passes with each page, so no snapshot lives for a third of them."""
    fauna.collection("foo", history_days=0)
    every = q.lambda_("x", q.create(q.ref(q.collection("foo"), q.var("x")), {"data": {"n": q.var("x")}}))
    for start in range(1, 20_001, 5_000):
        fauna.write(q.foreach(every, list(range(start, start + 5_000))))
    config = fauna.config(page_size=500, **DELETIONS)
    numbers = iter(range(1, 20_001, 3))

    def write() -> None:
        local.clock.advance(seconds=60)
        fauna.write(*(delete("foo", next(numbers)) for _ in range(20)))
        fauna.write(*(update("foo", next(numbers), {"n": 0}) for _ in range(20)))
        fauna.write(create("foo", 10**6 + next(numbers)))

    moments = Moments()
    moments.before(is_documents, write, times=100)
    tuning = moments.tuning(FAST, page_most_documents=500, round_seconds=0)
    records, state = [], None
    for _ in range(2):
        run = incremental(config, state, tuning=tuning).succeed()
        records += run.records()
        state = run.state
    assert versions([*records, *incremental(config, state).succeed().records()]) == fauna.versions("foo")
    assert moments.count(is_events) > 20
