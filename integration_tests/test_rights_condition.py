"""A key that may read only under a condition: accepted without deletions, and an early error with them.

The server silently hides documents that do not meet the condition, and the events of all deleted documents.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, configured, full_refresh, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, reads, update
from integration_tests.harness.moments import Kind, Moments, is_confirmation, is_documents, is_events, is_updates
from integration_tests.harness.table import DELETED, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE

NUMBERS = range(1, 8)
EXISTS = q.exists(q.var("x"))
IS_PUBLIC = q.contains_path(["data", "public"], q.get(q.var("x")))


def put_under(fauna: Fauna, condition: Any) -> None:
    """Let the reader read documents that fit."""
    fits = q.query(q.lambda_("x", condition))
    fauna.grant({"resource": q.collection("foo"), "actions": {"read": fits}}, reads("foo")[1])


def config_of(fauna: Fauna, **collection: Any) -> dict[str, Any]:
    """A config of the key reader, for the collection foo."""
    fauna.collection("foo")
    return fauna.config(secret=fauna.key(*reads("foo")), concurrency=1, **collection)


@pytest.mark.parametrize("nth", [1, 3, 7])
@pytest.mark.parametrize("again", [False, True], ids=["deleted", "deleted and made again"])
def test_a_condition_that_hides_deletions_fails_the_stream_before_its_position_moves(
    fauna: Fauna, nth: int, *, again: bool
) -> None:
    """If a page is not confirmed, R has passed the hidden deletions when the condition is removed."""
    config = config_of(fauna, deletions=DELETED)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    before = incremental(config).succeed()
    for number in NUMBERS:
        fauna.write(delete("foo", number))
    fauna.write(create("foo", 7 if again else 8))
    moments = Moments()
    moments.before(is_events, lambda: put_under(fauna, EXISTS), nth=nth)
    run = incremental(config, before.state, tuning=moments.tuning(PAGES_OF_ONE))
    run.fail("under a condition only", "switch deletions off")
    fauna.grant(*reads("foo"))
    rest = incremental(config, run.state or before.state).succeed()
    assert versions([*before.records(), *run.records(), *rest.records()]) == fauna.versions("foo")


def test_a_page_that_was_filled_up_behind_hidden_deletions_is_asked_for_again(fauna: Fauna) -> None:
    """If only the number of deletions is compared, other deletions can confirm a page."""
    config = config_of(fauna, deletions=DELETED)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    before = incremental(config).succeed()
    for number in (1, 2, 3, 4):
        fauna.write(delete("foo", number))
    fauna.write(create("foo", 3), create("foo", 4))
    moments = Moments()
    moments.before(is_events, lambda: put_under(fauna, EXISTS))
    moments.before(is_confirmation, lambda: fauna.grant(*reads("foo")), times=1000)
    tuning = moments.tuning(FAST, event_page_size=2)
    run = incremental(config, before.state, tuning=tuning).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("kind", [is_documents, is_updates], ids=["first walk", "updates"])
@pytest.mark.parametrize("size", [2, 100])
def test_a_condition_that_hides_documents_fails_the_stream_before_they_lie_behind_its_position(
    fauna: Fauna, kind: Kind, size: int, concurrency: int
) -> None:
    """Without a probe after every page, the error comes only in the next sync, when the hidden documents are lost."""
    config = {**config_of(fauna, deletions=DELETED), "concurrency": concurrency}
    before = incremental(config).succeed() if kind is is_updates else Run([])
    fauna.write(*(create("foo", number, {"public": True} if number % 2 else {}) for number in range(1, 30)))
    moments = Moments()
    moments.before(kind, lambda: put_under(fauna, IS_PUBLIC), nth=1 if size == 100 else 3)
    tuning = moments.tuning(FAST, page_most_documents=size)
    run = incremental(config, before.state or None, tuning=tuning)
    run.fail("under a condition only")
    fauna.grant(*reads("foo"))
    rest = incremental(config, run.state or before.state).succeed()
    assert versions([*before.records(), *run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.parametrize("kind", [is_documents, is_updates], ids=["first walk", "updates"])
def test_a_right_that_is_back_after_a_probe_was_refused_has_the_page_read_again(fauna: Fauna, kind: Kind) -> None:
    config = config_of(fauna, deletions=DELETED)
    before = incremental(config).succeed() if kind is is_updates else Run([])
    fauna.write(*(create("foo", number, {"public": True} if number % 2 else {}) for number in range(1, 8)))
    moments = Moments()
    moments.before(kind, lambda: put_under(fauna, IS_PUBLIC), nth=2)
    moments.before(_asks_for_anything, lambda: fauna.grant(*reads("foo")))
    tuning = moments.tuning(PAGES_OF_ONE)
    run = incremental(config, before.state or None, tuning=tuning).succeed()
    assert versions([*before.records(), *run.records()]) == fauna.versions("foo")
    assert moments.count(_asks_for_anything) == 1


def _asks_for_anything(expression: Any) -> bool:
    """The question that follows a refused probe: whether anything may be read."""
    return is_confirmation(expression) and b'"not"' in orjson.dumps(expression)


def test_a_condition_is_borne_where_no_deletions_are_read(fauna: Fauna) -> None:
    """A full refresh has no deletions, whatever the settings say of those of incremental syncs."""
    config = config_of(fauna, deletions=DELETED)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    put_under(fauna, EXISTS)
    fauna.write(create("foo", 8))
    moments = Moments()
    # The last page is empty, so what it means is asked.
    moments.before(is_documents, lambda: fauna.write(delete("foo", 8)), nth=1)
    run = full_refresh(config, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    assert versions(run.records()) == fauna.versions("foo")


def test_a_document_that_comes_to_fit_while_it_is_asked_is_no_refusal(fauna: Fauna) -> None:
    """Without a second question, the stream fails for a missing right that the key has."""
    config = config_of(fauna)
    fauna.write(create("foo", 1, {"public": True}), create("foo", 2))
    put_under(fauna, IS_PUBLIC)
    before = incremental(config).succeed()
    fauna.write(create("foo", 3))
    moments = Moments()
    moments.before(is_confirmation, lambda: fauna.write(update("foo", 3, {"public": True})), nth=2)
    incremental(config, before.state, tuning=moments.tuning(FAST)).succeed()


def test_a_condition_that_nothing_fits_is_no_right(fauna: Fauna) -> None:
    config = config_of(fauna)
    fauna.write(*(create("foo", number) for number in NUMBERS))
    catalogs = [configured(config, foo=mode) for mode in ("full_refresh", "incremental")]
    put_under(fauna, q.equals(q.select("id", q.var("x")), "99"))
    for catalog in catalogs:
        read(config, catalog).fail("403 permission denied", "give the role read on the collection")
