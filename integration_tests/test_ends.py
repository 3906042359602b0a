"""A sync ends, completely or with an error, whatever happens to the database while it reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, full_refresh, incremental
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import (
    Kind,
    Moments,
    is_confirmation,
    is_documents,
    is_events,
    is_now,
    is_updates,
)
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, TIME
from local_fauna import LocalFauna

SYNCS: dict[str, tuple[Kind, Callable[..., Run], Callable[[str, int], Any]]] = {
    "full refresh": (is_documents, full_refresh, create),
    "first walk": (is_documents, incremental, create),
    "updates": (is_updates, incremental, update),
    "deletions": (is_events, incremental, delete),
}


@pytest.mark.parametrize("name", SYNCS)
def test_nodes_that_never_agree_on_the_rights_are_told(fauna: Fauna, name: str) -> None:
    """Without a count, pages from a node that has the narrowed role are requested for ever."""
    kind, sync, change = SYNCS[name]
    fauna.collection("foo")
    config = fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, deletions=DELETED)
    before = Run([])
    if change is not create:
        fauna.write(create("foo", 1), create("foo", 2))
        before = incremental(config).succeed()
    fauna.write(change("foo", 1))
    moments = Moments()
    moments.before(kind, lambda: fauna.grant(reads("foo")[1]), times=1000)
    moments.before(is_confirmation, lambda: fauna.grant(*reads("foo")), times=1000)
    slept = TIME.clock()
    run = sync(config, before.state or None, tuning=moments.tuning(FAST))
    run.fail("its nodes do not agree on what the key may read", failure_type="transient_error")
    assert 60 < TIME.clock() - slept < 120
    assert moments.count(kind) < 20
    assert len([text for text in run.logs("WARN") if "differs from one request to the next" in text]) > 5


def test_index_that_is_made_again_in_every_round_is_walked_around_once(fauna: Fauna) -> None:
    """If the goal is ignored, every walk is followed by another, because the index is new again."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 5)))
    config = fauna.config(concurrency=1, deletions=DELETED)
    before = incremental(config).succeed()
    fauna.write(update("foo", 1, {"n": 1}))

    def renew() -> None:
        fauna.query(q.delete(q.index("foo_ts")))
        fauna.index("foo")

    moments = Moments()
    moments.before(is_updates, renew, times=1000)
    run = incremental(config, before.state, tuning=moments.tuning(FAST)).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")
    assert moments.count(is_updates) == 1


@pytest.mark.local_only
def test_documents_that_expire_one_after_the_other_do_not_keep_a_page_of_deletions(
    fauna: Fauna, local: LocalFauna
) -> None:
    """If events are not counted, each ttl that passes turns an event into a deletion, and the page is read again."""
    fauna.collection("foo")
    config = fauna.config(concurrency=1, deletions=DELETED)
    numbers = range(1, 41)
    fauna.write(*(create("foo", number, ttl=fauna.now() + 3_600_000_000) for number in numbers))
    before = incremental(config).succeed()
    now = fauna.now()
    for number in numbers:
        fauna.write(update("foo", number, ttl=now + (60 + number) * 1_000_000))
    local.clock.advance(seconds=60)
    moments = Moments()
    moments.before(is_confirmation, lambda: local.clock.advance(seconds=1), times=1000)
    incremental(config, before.state, tuning=moments.tuning(FAST)).succeed()
    assert moments.count(is_events) == 1


@pytest.mark.local_only
def test_history_that_is_too_short_for_so_slow_a_database_is_told(fauna: Fauna, local: LocalFauna) -> None:
    """Without a count, every round ends before it has read a document, and the next one begins, for ever."""
    fauna.collection("foo", history_days=0)
    fauna.write(create("foo", 1))
    config = fauna.config(concurrency=1, deletions=DELETED)
    moments = Moments()
    moments.before(is_documents, lambda: local.clock.advance(seconds=1_000), times=1000)
    run = incremental(config, tuning=moments.tuning(FAST))
    run.fail("less than minimum allowed timestamp", "raise its history_days")
    assert moments.count(is_documents) == 3


@pytest.mark.local_only
def test_history_that_is_short_is_enough_for_a_walk_that_gets_on_without_a_record(
    fauna: Fauna, local: LocalFauna
) -> None:
    """If only records count as progress, three lost snapshots end a walk that looks for documents to emit."""
    fauna.collection("foo", history_days=0)
    fauna.write(*(create("foo", number) for number in range(1, 9)))
    config = fauna.config(concurrency=1)
    before = incremental(config).succeed()
    fauna.query(q.delete(q.index("foo_ts")))
    fauna.index("foo")
    fauna.write(update("foo", 8))
    moments = Moments()
    every_second = itertools.cycle((0, 1_000))
    moments.before(is_documents, lambda: local.clock.advance(seconds=next(every_second)), times=1000)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")
    assert len([text for text in run.logs("INFO") if "a new round begins" in text]) > 3


def test_node_that_lags_is_waited_for_only_so_long(fauna: Fauna) -> None:
    fauna.collection("foo")
    future = {"foo": {"updates_cursor": {"ts": fauna.now() + 3_600_000_000}}}
    moments = Moments()
    incremental(fauna.config(), future, tuning=moments.tuning(FAST)).succeed()
    assert moments.count(is_now) == 10


@pytest.mark.parametrize("size", [1, 2, 5])
def test_many_transactions_with_negative_ids_do_not_add_up_to_a_page_too_large(fauna: Fauna, size: int) -> None:
    """If the size is not reset for each transaction, the page doubles until it is larger than the server allows."""
    fauna.collection("foo")
    config = fauna.config(concurrency=1, deletions=DELETED)
    before = incremental(config).succeed()
    for number in range(1, 40):
        fauna.write(create("foo", -number))
    fauna.write(create("foo", 5))
    fauna.write(delete("foo", 5))
    moments = Moments()
    tuning = moments.tuning(PAGES_OF_ONE, event_page_size=size)
    run = incremental(config, before.state, tuning=tuning).succeed()
    assert "5" in run.refs()
    sizes = [_size_of_events(sent) for sent, _ in moments.sent if is_events(sent)]
    assert max(sizes) <= 2 * size


def _size_of_events(expression: Any) -> int:
    if isinstance(expression, dict):
        own = expression["size"] if expression.get("events") is True else 0
        return max([own, *map(_size_of_events, expression.values())])
    return max(map(_size_of_events, expression), default=0) if isinstance(expression, list) else 0
