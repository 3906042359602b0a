"""A stream in front of nodes that lag, and of a database that was restored."""

from __future__ import annotations

import pytest

from source_fauna.errors.errors import ConfigError
from spark_tests.database import Database
from spark_tests.streams import Watch, reader, refs


def test_a_checkpoint_of_the_future_is_told(database: Database) -> None:
    watch = Watch()
    stream = reader(database, watch)
    with pytest.raises(ConfigError, match="checkpoint lies in the database's future"):
        stream.latestOffset({"ts": database.now() + 10**9}, None)
    assert watch.slept == [1.0] * 9


def test_a_plan_asks_for_a_node_that_knows_what_another_one_told(database: Database) -> None:
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([1])
    end = stream.latestOffset(start, None)
    database.local.reset_requests()
    assert len(stream.partitions(start, end)) == 2
    assert int(database.local.requests[0].headers["x-last-seen-txn"]) >= end["ts"]


def test_a_batch_of_the_checkpoint_waits_for_a_node_that_lags(database: Database) -> None:
    database.local.clock.advance(seconds=3_600)
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([1])
    end = stream.latestOffset(start, None)
    watch = Watch()
    again = reader(database, watch)
    database.local.clock.lag(seconds=60)
    database.local.reset_requests()
    watch.then = lambda: database.local.clock.lag(seconds=0)
    assert refs(again, start, end) == ["1"]
    assert watch.slept == [1.0]
    assert "x-last-seen-txn" not in database.local.requests[0].headers, "a database that was restored would believe it"


def test_a_batch_of_the_checkpoint_that_lies_in_the_future_is_told(database: Database) -> None:
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    with pytest.raises(ConfigError, match="checkpoint lies in the database's future"):
        stream.partitions(start, {"ts": start["ts"] + 10**9})


def test_a_target_of_a_node_that_lags_is_no_way_back(database: Database) -> None:
    database.local.clock.advance(seconds=3_600)
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([1])
    again = reader(database)
    database.local.clock.lag(seconds=60)
    again.prepareForTriggerAvailableNow()
    database.local.clock.lag(seconds=0)
    assert again.latestOffset(start, None) == start
