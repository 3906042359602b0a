"""Lost history, re-created collections, and snapshots that the database no longer keeps.

Each query that reads events also proves that history is complete. Every test says what breaks without its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, full_refresh, incremental
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, update
from integration_tests.harness.moments import Moments, is_documents, is_events, is_updates
from integration_tests.harness.table import DELETED, live, removed, versions
from integration_tests.harness.tunings import FAST, PAGES_OF_ONE, PAGES_OF_TWO, TIME
from local_fauna import LocalFauna

SIXTEEN_MINUTES = 960.0
WARN = {"deletion_mode": "deleted_field", "column": DELETED, "lost_history": "warn"}


def synced(fauna: Fauna, *, documents: int, deletions: Any, history_days: int = 0) -> tuple[dict[str, Any], Run]:
    """A collection foo of so many documents, once read: the config and the run."""
    fauna.collection("foo", history_days=history_days)
    fauna.write(*(create("foo", number) for number in range(1, documents + 1)))
    config = fauna.config(deletions=deletions, concurrency=1)
    return config, incremental(config).succeed()


@pytest.mark.local_only
def test_history_that_was_cut_fails_the_stream_and_names_window_and_remedy(fauna: Fauna, local: LocalFauna) -> None:
    """Without the proof, the deletion of 1 is silently lost."""
    config, run = synced(fauna, documents=3, deletions=DELETED)
    fauna.write(delete("foo", 1))
    local.clock.advance(seconds=SIXTEEN_MINUTES)
    failed = incremental(config, run.state).fail("Deletions of collection 'foo' may be lost")
    (error,) = failed.errors
    first, then = error["message"].index("raise the collection's history_days"), error["message"].index("clear the")
    assert first < then
    assert failed.records() == []
    assert failed.states() == []


@pytest.mark.local_only
def test_history_that_was_cut_is_a_warning_where_that_is_preferred(fauna: Fauna, local: LocalFauna) -> None:
    """The sync continues with the history that is left."""
    config, run = synced(fauna, documents=4, deletions=WARN)
    fauna.write(delete("foo", 1))
    local.clock.advance(seconds=SIXTEEN_MINUTES)
    ts = fauna.write(delete("foo", 2))
    updated = fauna.write(update("foo", 3, {"n": 3}))
    again = incremental(config, run.state).succeed()
    assert again.records() == [removed(2, ts), live(3, updated, {"n": 3})]
    lost = [warning for warning in again.logs("WARN") if "may be lost" in warning]
    assert len(lost) == 1
    assert not any("may be lost" in warning for warning in incremental(config, again.state).succeed().logs("WARN"))


@pytest.mark.local_only
def test_history_is_proved_with_every_page_of_events(fauna: Fauna, local: LocalFauna) -> None:
    """If only the first page is proved, deletions on later pages are lost when the destination blocks in between."""
    config, run = synced(fauna, documents=4, deletions=DELETED)
    for number in range(1, 5):
        fauna.write(delete("foo", number))
    moments = Moments()
    moments.before(is_events, lambda: local.clock.advance(seconds=SIXTEEN_MINUTES), nth=3)
    broken = incremental(config, run.state, tuning=moments.tuning(PAGES_OF_ONE))
    broken.fail("may be lost")
    assert broken.refs() == ["1", "2"]


def test_collection_created_again_under_its_name_fails_the_stream(fauna: Fauna) -> None:
    """Without the Get of the definition, the rows of the old collection stay for ever."""
    config, run = synced(fauna, documents=3, deletions=DELETED, history_days=30)
    fauna.query(q.delete(q.collection("foo")))
    fauna.collection("foo")
    fauna.write(create("foo", 2))
    incremental(config, run.state).fail("Collection 'foo' did not exist at", "Clear the stream's data")


def test_collection_created_again_under_its_name_is_read_on_where_that_is_preferred(fauna: Fauna) -> None:
    """Its index is younger than the position, so its documents are walked."""
    config, run = synced(fauna, documents=3, deletions=WARN, history_days=30)
    fauna.query(q.delete(q.collection("foo")))
    fauna.collection("foo")
    ts = fauna.write(create("foo", 2), create("foo", 9))
    again = incremental(config, run.state).succeed()
    assert again.records() == [live(2, ts), live(9, ts)]
    assert any("did not exist at" in warning for warning in again.logs("WARN"))
    assert incremental(config, again.state).succeed().records() == []


@pytest.mark.local_only
@pytest.mark.parametrize("page", [2, 3])
def test_first_walk_goes_on_in_a_new_round_when_its_snapshot_is_no_longer_kept(
    fauna: Fauna, local: LocalFauna, page: int
) -> None:
    """Without a new round, a long first sync of a collection with history_days 0 never ends."""
    fauna.collection("foo", history_days=0)
    fauna.write(*(create("foo", number) for number in range(1, 8)))

    def later() -> None:
        fauna.write(update("foo", 1, {"n": 1}), delete("foo", 6), create("foo", 20))
        local.clock.advance(seconds=SIXTEEN_MINUTES)

    moments = Moments()
    moments.before(is_documents, later, nth=page)
    config = fauna.config(concurrency=1)
    run = incremental(config, tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    rest = incremental(config, run.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")
    assert moments.count(is_documents) < 12


@pytest.mark.local_only
def test_updates_go_on_in_a_new_round_when_their_snapshot_is_no_longer_kept(fauna: Fauna, local: LocalFauna) -> None:
    """Without a new round, the stream fails at every attempt if the destination blocks."""
    config, run = synced(fauna, documents=1, deletions={"deletion_mode": "ignore"})
    ts = fauna.write(*(create("foo", number) for number in range(2, 8)))
    moments = Moments()
    moments.before(is_updates, lambda: local.clock.advance(seconds=SIXTEEN_MINUTES), nth=2)
    again = incremental(config, run.state, tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert again.records() == [live(number, ts) for number in range(2, 8)]


@pytest.mark.local_only
def test_full_refresh_of_a_collection_created_again_begins_anew(fauna: Fauna, local: LocalFauna) -> None:
    """If the walk continues at its old position, it misses documents of the new collection."""
    fauna.collection("foo", history_days=0)
    fauna.write(*(create("foo", number) for number in range(1, 8)))
    config = fauna.config(concurrency=1)
    first = full_refresh(config, tuning=PAGES_OF_TWO, stop_after=8)
    assert first.states()
    fauna.query(q.delete(q.collection("foo")))
    fauna.collection("foo", history_days=0)
    ts = fauna.write(create("foo", 1, {"new": True}), create("foo", 9))
    local.clock.advance(seconds=SIXTEEN_MINUTES)
    assert full_refresh(config, first.state).succeed().records() == [live(1, ts, {"new": True}), live(9, ts)]


@pytest.mark.parametrize("history_days", [0, 30])
def test_full_refresh_of_a_collection_created_again_while_it_is_read_begins_anew(
    fauna: Fauna, history_days: int
) -> None:
    """At the old snapshot, the new collection is empty, which looks like the end of the walk."""
    fauna.collection("foo", history_days=history_days)
    fauna.write(*(create("foo", number) for number in range(1, 8)))

    def again() -> None:
        fauna.query(q.delete(q.collection("foo")))
        fauna.collection("foo", history_days=history_days)
        fauna.write(create("foo", 1, {"new": True}), create("foo", 9))

    moments = Moments()
    moments.before(is_documents, again, nth=3)
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert set(fauna.versions("foo").items()) <= {(record["ref"], record["ts"]) for record in run.records()}
    assert any("deleted and created again" in warning for warning in run.logs("WARN"))


@pytest.mark.local_only
def test_long_scan_of_deletions_is_followed_by_another(fauna: Fauna, local: LocalFauna) -> None:
    """Without the second scan, R is as old as the first scan, and after the round its history is gone."""
    config, run = synced(fauna, documents=9, deletions=DELETED)
    for number in range(1, 4):
        fauna.write(delete("foo", number))
    moments = Moments()

    def pass_by(seconds: float) -> None:
        local.clock.advance(seconds=seconds)
        TIME.sleep(seconds)

    moments.before(is_events, lambda: pass_by(320), nth=2, times=2)
    moments.before(is_updates, lambda: fauna.write(delete("foo", 4)))
    moments.before(is_updates, lambda: pass_by(320))
    again = incremental(config, run.state, tuning=moments.tuning(PAGES_OF_ONE)).succeed()
    rest = incremental(config, again.state).succeed()
    assert versions([*run.records(), *again.records(), *rest.records()]) == fauna.versions("foo")


def test_collection_that_is_made_again_before_any_of_it_was_read_is_no_loss(fauna: Fauna) -> None:
    """Without the rule, R belongs to a collection without any emitted row, and the sync reports a loss of nothing."""
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))

    def again() -> None:
        fauna.query(q.delete(q.collection("foo")))
        fauna.collection("foo")
        fauna.write(create("foo", 3))

    moments = Moments()
    moments.before(is_documents, again)
    config = fauna.config(deletions=DELETED)
    run = incremental(config, tuning=moments.tuning(FAST)).succeed()
    rest = incremental(config, run.state).succeed()
    assert versions([*run.records(), *rest.records()]) == fauna.versions("foo")


@pytest.mark.local_only
@pytest.mark.parametrize("deletions", [DELETED, {"deletion_mode": "ignore"}], ids=["deletions", "ignore"])
def test_saved_position_above_the_time_of_a_restored_database_reads_nothing(
    fauna: Fauna, local: LocalFauna, deletions: Any
) -> None:
    """A position means nothing in another database. The state stays, and the log says what to do."""
    config, run = synced(fauna, documents=3, deletions=deletions, history_days=30)
    local.clock.advance(seconds=3600)
    run = incremental(config, run.state).succeed()
    local.clock.rewind(seconds=1800)
    again = incremental(config, run.state, tuning=FAST).succeed()
    assert again.records() == []
    assert again.states() == [run.states()[-1]]
    assert any("restored" in warning for warning in again.logs("WARN"))


@pytest.mark.local_only
def test_full_refresh_whose_snapshot_lies_in_the_future_begins_anew(fauna: Fauna, local: LocalFauna) -> None:
    """The server treats a snapshot in the future as the present, so the walk would not be consistent."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 6)))
    config = fauna.config(concurrency=1)
    local.clock.advance(seconds=3600)
    first = full_refresh(config, tuning=PAGES_OF_TWO, stop_after=8)
    assert first.states()
    local.clock.rewind(seconds=1800)
    run = full_refresh(config, first.state).succeed()
    assert run.refs() == ["1", "2", "3", "4", "5"]
    assert any("future" in warning for warning in run.logs("WARN"))


SHORT: dict[str, tuple[int | None, bool]] = {"0 days": (0, True), "2 days": (2, True), "3 days": (3, False)}


@pytest.mark.parametrize(("days", "told"), [*SHORT.values(), (None, False)], ids=[*SHORT, "unlimited"])
def test_short_history_is_told_before_it_is_lost(fauna: Fauna, days: int | None, *, told: bool) -> None:
    """With the server's default, history_days 0, deletions need a sync every 15 minutes."""
    fauna.collection("foo", history_days=days)
    told_by: Callable[[Any], bool] = lambda config: any(  # noqa: E731 - asked twice below
        "days of history" in warning for warning in incremental(config).succeed().logs("WARN")
    )
    assert told_by(fauna.config(deletions=DELETED)) == told
    assert not told_by(fauna.config())
