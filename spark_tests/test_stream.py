"""Offsets and batches of a stream as Spark asks for them, before 4.2 and since, in this process."""

from __future__ import annotations

import runpy
import sys

import pytest

from source_fauna.errors.errors import ConfigError, TransientError
from source_fauna.parts.part import Documents, Removals, Updates
from source_fauna.spark import FaunaDataSource, triggers
from source_fauna.spark.stream import IDLE_MICROS
from spark_tests.database import Database
from spark_tests.streams import SCHEMA, Watch, reader, refs
from spark_tests.test_source import rows, sent

MINUTE = 60


def test_a_stream_begins_with_all_documents_and_goes_on_with_what_changed(database: Database) -> None:
    database.create(range(3))
    stream = FaunaDataSource(database.options(deletions="true")).streamReader(SCHEMA)
    start = stream.initialOffset()
    first = stream.latestOffset(start, stream.getDefaultReadLimit())
    assert (start, refs(stream, start, first)) == ({"ts": 0}, ["0", "1", "2"])
    database.update(1, {"n": 5})
    database.delete(2)
    second = stream.latestOffset(first, stream.getDefaultReadLimit())
    parts = stream.partitions(first, second)
    assert [type(each.value) for each in parts] == [Removals, Updates]
    found = rows(sent(reader(database)), sent(parts))
    assert [(row["ref"], row["deleted_at"] is not None) for row in found] == [("2", True), ("1", False)]
    assert refs(stream, first, second) == [row["ref"] for row in found]
    stream.commit(second)
    stream.stop()


def test_where_nothing_changed_the_offset_stays_and_no_part_is_planned(database: Database) -> None:
    stream = reader(database)
    end = stream.latestOffset(stream.initialOffset(), None)
    assert stream.latestOffset(end, None) == end
    assert stream.partitions(end, end) == []


def test_an_idle_stream_asks_once_a_second(database: Database) -> None:
    watch = Watch()
    stream = reader(database, watch)
    end = stream.latestOffset(stream.initialOffset(), None)
    database.local.reset_requests()
    for _ in range(10):
        stream.latestOffset(end, None)
    assert watch.slept == [pytest.approx(1.0)] * 9
    database.create([1])
    stream.latestOffset(end, None)
    assert len(watch.slept) == 10
    stream.latestOffset(end, None)
    assert len(watch.slept) == 10


def test_an_idle_stream_of_a_day_does_not_fall_out_of_the_least_history(database: Database) -> None:
    database.query({"delete": {"collection": "things"}})
    database.make(history_days=0)
    database.create([1])
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    steps = 0
    for _ in range(24 * 60):
        database.local.clock.advance(seconds=MINUTE)
        end = stream.latestOffset(start, None)
        if end != start:
            assert end["ts"] - start["ts"] >= IDLE_MICROS
            assert refs(stream, start, end) == []
            start, steps = end, steps + 1
    assert steps == 24 * 60 // 5
    database.delete(1)
    assert refs(stream, start, stream.latestOffset(start, None)) == ["1"]


@pytest.mark.parametrize("behaviour", ["fail", "warn"])
def test_lost_history_fails_or_warns(database: Database, behaviour: str, caplog: pytest.LogCaptureFixture) -> None:
    database.create([1, 2])
    stream = reader(database, lost_history=behaviour)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.delete(1)
    database.local.clock.advance(seconds=40 * 86_400)
    database.delete(2)
    end = stream.latestOffset(start, None)
    if behaviour == "warn":
        assert refs(stream, start, end) == ["2"]
        assert "The stream goes on from what history still holds" in caplog.text
        return
    with pytest.raises(ConfigError, match="Deletions of collection 'things' may be lost"):
        refs(stream, start, end)


def test_a_collection_that_is_made_again_is_told(database: Database) -> None:
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.make_again()
    with pytest.raises(ConfigError, match="it was deleted and created again, or renamed"):
        refs(stream, start, stream.latestOffset(start, None) | {"ts": database.now()})


def test_a_young_index_is_not_believed(database: Database) -> None:
    database.create([1])
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([2])
    database.query({"delete": {"index": "by_ts"}})
    values = [{"object": {"field": [name]}} for name in ("ts", "ref")]
    database.query(
        {"create_index": {"object": {"name": "by_ts", "source": {"collection": "things"}, "values": values}}}
    )
    end = stream.latestOffset(start, None)
    assert [type(each.value) for each in stream.partitions(start, end)] == [Removals, Documents]
    assert refs(stream, start, end) == ["2"]


def test_a_role_that_is_narrowed_is_told(database: Database) -> None:
    stream = reader(database, secret=database.key())
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([1])
    end = stream.latestOffset(start, None)
    parts = stream.partitions(start, end)
    database.allow()
    with pytest.raises((ConfigError, TransientError)):
        rows(stream, parts)
    with pytest.raises(ConfigError, match="The key may not read collection 'things'"):
        stream.partitions(start, end)


def test_without_an_index_it_is_told_how_to_create_one(database: Database) -> None:
    database.query({"delete": {"index": "by_ts"}})
    stream = reader(database)
    with pytest.raises(ConfigError, match="cannot be read as a stream"):
        stream.latestOffset(stream.initialOffset(), None)


def test_an_index_that_is_gone_is_told_with_how_to_create_one(database: Database) -> None:
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    end = {"ts": database.now()}
    database.query({"delete": {"index": "by_ts"}})
    for action in (lambda: stream.latestOffset(start, None), lambda: stream.partitions(start, end)):
        with pytest.raises(ConfigError, match=r"has no index for incremental syncs.* This creates one"):
            action()


def test_batches_hold_no_more_than_was_asked_for(database: Database) -> None:
    stream = reader(database, max_documents_per_batch=2)
    start = stream.latestOffset(stream.initialOffset(), None)
    for each in range(5):
        database.create([each])
    limit = stream.getDefaultReadLimit()
    assert limit.max_rows == 2
    found = []
    while (end := stream.latestOffset(start, limit)) != start:
        found.append(refs(stream, start, end))
        start = end
    assert found == [["0", "1"], ["2", "3"], ["4"]]


def test_a_trigger_that_asks_for_all_gets_all(database: Database) -> None:
    stream = reader(database, max_documents_per_batch=2)
    start = stream.latestOffset(stream.initialOffset(), None)
    for each in range(5):
        database.create([each])
    end = stream.latestOffset(start, triggers.ReadAllAvailable())
    assert len(refs(stream, start, end)) == 5


def test_available_now_goes_up_to_where_it_began(database: Database) -> None:
    database.create([1])
    stream = reader(database)
    stream.prepareForTriggerAvailableNow()
    database.create([2])
    start = stream.initialOffset()
    end = stream.latestOffset(start, None)
    assert refs(stream, start, end) == ["1"]
    assert stream.latestOffset(end, None) == end


def test_a_later_available_now_ends_too(database: Database) -> None:
    stream = reader(database)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.create([1])
    again = reader(database)
    again.prepareForTriggerAvailableNow()
    database.create([2])
    end = again.latestOffset(start, None)
    assert refs(again, start, end) == ["1"]
    assert again.latestOffset(end, None) == end


def test_before_spark_4_2_the_reader_knows_where_it_is(database: Database) -> None:
    database.create([1])
    stream = reader(database, max_documents_per_batch=1)
    start = stream.initialOffset()
    end = stream.latestOffset()
    assert refs(stream, start, end) == ["1"]
    assert stream.latestOffset() == end
    database.create([2])
    database.create([3])
    assert refs(stream, end, stream.latestOffset()) == ["2", "3"]


def test_before_spark_4_2_the_first_batch_after_a_restart_goes_to_the_present(database: Database) -> None:
    database.create([1, 2])
    end = reader(database, max_documents_per_batch=1).latestOffset()
    assert max(database.versions().values()) < end["ts"] <= database.now()


def test_before_spark_4_2_there_are_no_limits_to_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql.streaming.datasource", None)
    found = runpy.run_path(triggers.__file__)
    assert found["most_rows"](found["limit_of"](7)) == 7
    assert found["most_rows"](found["limit_of"](None)) is None


def test_a_stream_may_begin_at_a_snapshot(database: Database) -> None:
    database.create([1])
    then = database.now()
    database.create([2])
    stream = reader(database, snapshot=then)
    start = stream.initialOffset()
    end = stream.latestOffset(start, None)
    assert (end, refs(stream, start, end)) == ({"ts": then}, ["1"])


def test_a_stream_begins_at_no_snapshot_that_is_gone(database: Database) -> None:
    """Its first batch would be read at present, and the deletions behind it would be lost."""
    database.create([1])
    then = database.now()
    database.local.clock.advance(seconds=40 * 86_400)
    stream = reader(database, snapshot=then)
    with pytest.raises(ConfigError, match="is older by now than the history that the database keeps"):
        stream.latestOffset(stream.initialOffset(), None)
