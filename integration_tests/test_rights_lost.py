"""A key that loses its rights during a read: pages silently become empty, and must not count as the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, incremental, read
from integration_tests.harness.fauna import READ_SCHEMA, Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import (
    Kind,
    Moments,
    is_confirmation,
    is_confirmation_of_updates,
    is_documents,
    is_events,
    is_updates,
)
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE

NUMBERS = range(1, 8)

SYNCS: dict[str, tuple[str, Kind, Callable[[str, int], Any]]] = {
    "full refresh": ("full_refresh", is_documents, create),
    "first walk": ("incremental", is_documents, create),
    "updates": ("incremental", is_updates, update),
    "deletions": ("incremental", is_events, delete),
}


def lose(fauna: Fauna, sync: str, loss: Callable[[], object]) -> tuple[Run, Run, list[Any]]:
    """Read foo and bar with a key that loses its rights before the third page of foo.

    Gives that run, the run with all rights again that goes on from its state, and the records before both.
    """
    mode, kind, change = SYNCS[sync]
    for name in ("foo", "bar"):
        fauna.collection(name)
    secret = fauna.key(*reads("foo"), *reads("bar"))
    config = fauna.config(secret=secret, concurrency=1, deletions=DELETED)
    catalog = configured(config, foo=mode, bar=mode)
    first, state = [], None
    if change is not create:
        fauna.write(*(create("foo", number) for number in NUMBERS))
        before = read(config, catalog).succeed()
        first, state = before.records(), before.state
    for number in NUMBERS:
        fauna.write(change("foo", number))
    fauna.write(create("bar", 1))
    moments = Moments()
    moments.before(kind, loss, nth=3)
    run = read(config, catalog, state, tuning=moments.tuning(PAGES_OF_ONE))
    fauna.grant(*reads("foo"), *reads("bar"))
    rest = read(fauna.config(concurrency=1, deletions=DELETED), catalog, run.state or state).succeed()
    return run, rest, first


@pytest.mark.parametrize("sync", SYNCS)
def test_a_role_that_is_narrowed_fails_the_stream_and_nothing_is_lost(fauna: Fauna, sync: str) -> None:
    run, rest, first = lose(fauna, sync, lambda: fauna.grant(*reads("bar")))
    run.fail("The key")
    assert run.statuses("foo")[-1] == "INCOMPLETE"
    assert (run.statuses("bar")[-1], run.refs("bar")) == ("COMPLETE", ["1"])
    assert versions([*first, *run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.parametrize("sync", SYNCS)
def test_a_key_that_is_revoked_fails_all_streams_and_nothing_is_lost(fauna: Fauna, sync: str) -> None:
    def revoke() -> None:
        keys = fauna.query(q.map_(q.lambda_("x", q.get(q.var("x"))), q.paginate(q.keys())))["data"]
        for key in keys:
            if isinstance(key.get("role"), dict):
                fauna.query(q.delete(q.ref(q.keys(), key["ref"]["@ref"]["id"])))

    run, rest, first = lose(fauna, sync, revoke)
    for stream in ("foo", "bar"):
        run.fail("401 unauthorized: Unauthorized", "create a key", stream=stream)
    assert versions([*first, *run.records(), *rest.records()]) == fauna.versions("foo")


def prepare(fauna: Fauna, sync: str) -> tuple[dict[str, Any], Run]:
    """A config of the key reader, and the sync before, after which seven documents changed as this sync reads them."""
    _, _, change = SYNCS[sync]
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, deletions=DELETED)
    before = Run([])
    if change is not create:
        fauna.write(*(create("foo", number) for number in NUMBERS))
        before = incremental(config).succeed()
    for number in NUMBERS:
        fauna.write(change("foo", number))
    return config, before


@pytest.mark.parametrize("sync", SYNCS)
@pytest.mark.parametrize("nth", [1, 3, 7])
def test_a_right_that_is_gone_for_a_moment_only_hides_nothing(fauna: Fauna, sync: str, nth: int) -> None:
    """If the page is not read again, the probe may say that all can be read, although the page was read before that."""
    mode, kind, _ = SYNCS[sync]
    config, before = prepare(fauna, sync)
    moments = Moments()
    # The index stays readable: an index that may not be read is refused by the server itself.
    moments.before(kind, lambda: fauna.grant(reads("foo")[1]), nth=nth)
    moments.before(is_confirmation, lambda: fauna.grant(*reads("foo")), times=1000)
    tuning = moments.tuning(PAGES_OF_ONE)
    run = read(config, configured(config, foo=mode), before.state or None, tuning=tuning).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")
    assert moments.count(is_confirmation) > 0


def test_an_index_that_is_closed_while_an_empty_page_is_confirmed_does_not_confirm_it(fauna: Fauna) -> None:
    """If the two refusals are not told apart, that of the index is taken for a condition in the role."""
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    before = incremental(config).succeed()
    for number in NUMBERS:
        fauna.write(update("foo", number))
    documents, index = reads("foo")
    moments = Moments()
    moments.before(is_updates, lambda: fauna.grant(index), nth=3)
    moments.before(is_confirmation, lambda: fauna.grant(documents))
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("The key may not read index 'foo_ts'. Give its role read on it.")
    fauna.grant(documents, index)
    rest = incremental(config, run.state).succeed()
    assert versions([*before.records(), *run.records(), *rest.records()]) == fauna.versions("foo")


def test_an_index_that_is_closed_is_no_condition_that_hides_deletions(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, deletions=DELETED)
    fauna.write(create("foo", 1))
    before = incremental(config).succeed()
    documents, _ = reads("foo")
    moments = Moments()
    moments.before(is_confirmation_of_updates, lambda: fauna.grant(documents))
    run = incremental(config, before.state, tuning=moments.tuning(FAST))
    run.fail("The key may not read index 'foo_ts'. Give its role read on it.")


def test_a_page_of_additions_alone_is_not_taken_for_the_last_one(fauna: Fauna) -> None:
    """If events are not counted, a page without deletions confirms an empty page, although deletions follow it."""
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, deletions=DELETED)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    before = incremental(config).succeed()
    for number in range(11, 17):
        fauna.write(create("foo", number))
    for number in NUMBERS:
        fauna.write(delete("foo", number))
    moments = Moments()
    moments.before(is_events, lambda: fauna.grant(reads("foo")[1]))
    moments.before(is_confirmation, lambda: fauna.grant(*reads("foo")), times=1000)
    tuning = moments.tuning(FAST, event_page_size=3)
    run = incremental(config, before.state, tuning=tuning).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")


def test_a_collection_made_again_while_its_definition_was_closed_is_noticed_later(fauna: Fauna) -> None:
    """If the proof is not tried again after one refusal, R passes the deletion of the collection."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in NUMBERS))
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, deletions=DELETED)
    before = incremental(config).succeed()
    for number in range(11, 17):
        fauna.write(create("foo", number))

    def again() -> None:
        fauna.query(q.delete(q.collection("foo")))
        fauna.collection("foo")
        fauna.grant(*reads("foo"))

    closed = {"privileges": [READ_SCHEMA[1], *reads("foo")]}
    moments = Moments()
    moments.before(is_events, lambda: fauna.query(q.update(q.role("reader"), closed)), nth=2)
    moments.before(is_events, lambda: fauna.grant(*reads("foo")), nth=4)
    moments.before(is_events, again, nth=5)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("Collection 'foo' did not exist at")
    assert len([text for text in run.logs("WARN") if "cannot be noticed" in text]) == 1
