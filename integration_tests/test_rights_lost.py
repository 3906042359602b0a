"""A key that loses its rights while it reads: pages become empty without a word, and must not count as the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import Kind, Moments, is_documents, is_events, is_updates
from integration_tests.harness.patience import PAGES_OF_ONE
from integration_tests.harness.table import DELETED, versions

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
    run = read(config, catalog, state, tuning=replace(PAGES_OF_ONE, session=moments.session))
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
