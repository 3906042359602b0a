"""Requests that time out, by the server's word or by a connection that hangs. Every row comes all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from local_fauna import faults
from source_fauna.errors.errors import TransientError
from source_fauna.parts.plan import pin
from source_fauna.parts.worker import connected
from source_fauna.spark.columns import columns_of
from source_fauna.spark.options import parse_options
from source_fauna.spark.source import FaunaReader
from source_fauna.tuning import Tuning
from spark_tests.database import Database, reads
from spark_tests.histories import table_of
from spark_tests.streams import SCHEMA, reader, refs
from spark_tests.test_batch import ids, load
from spark_tests.test_source import rows

HANGS = faults.delay(20.0)
QUICK = Tuning(query_seconds=1.0, answer_margin_seconds=0.2, sleep=lambda _: None)
"""A request that hangs is given up after 1.2 seconds."""


def test_tasks_whose_requests_time_out_read_every_row(spark: SparkSession, database: Database) -> None:
    database.create(range(500))
    frame = load(spark, database, num_partitions=2, page_size=100)
    database.local.faults.add(faults.answer(503), times=3, skip=1, when=reads)
    assert ids(frame) == list(range(500))
    assert database.local.faults.draw({"map": {}, "get": 1}) is None, "all of them were met"


def test_a_stream_whose_requests_time_out_has_every_change(
    spark: SparkSession, database: Database, tmp_path: Path
) -> None:
    database.create(range(50))
    frame = spark.readStream.format("fauna").options(**database.options(deletions="true", page_size=10)).load()

    def run() -> None:
        writer = frame.writeStream.format("parquet").option("checkpointLocation", str(tmp_path / "checkpoint"))
        writer.option("path", str(tmp_path / "table")).trigger(availableNow=True).start().awaitTermination()

    database.local.faults.add(faults.answer(503), times=1, skip=1, when=reads)
    run()
    for each in range(20):
        database.update(each, {"n": -1})
    database.delete(30)
    database.local.faults.add(faults.answer(503), times=1, skip=1, when=reads)
    database.local.faults.add(faults.answer(503), times=1, when=lambda asked: "'filter'" in str(asked))
    run()
    found = spark.read.parquet(str(tmp_path / "table")).selectExpr("ref", "ts", "deleted_at IS NOT NULL deleted")
    changes = [(row.ref, row.ts, row.deleted) for row in found.collect()]
    assert len(changes) == 50 + 20 + 1
    assert table_of(changes) == database.versions()


def batch(database: Database, tuning: Tuning, *, page_size: int = 100) -> FaunaReader:
    options = parse_options(database.options(page_size=page_size))
    with connected(options.config, tuning) as client:
        snapshot = pin(client, options.collection)
    columns = columns_of(SCHEMA, options.config)
    return FaunaReader(options=options, snapshot=snapshot, columns=columns, tuning=tuning)


def sizes(database: Database) -> list[Any]:
    """The sizes of the pages of documents that were asked for."""
    return [each.expression["expr"]["collection"]["size"] for each in database.local.requests if reads(each.expression)]


def test_a_part_whose_connection_hangs_is_read_by_smaller_pages(database: Database) -> None:
    database.create(range(300))
    made = batch(database, QUICK)
    partitions = made.partitions()
    database.local.reset_requests()
    database.local.faults.add(HANGS, times=2, when=reads)
    assert [row["ref"] for row in rows(made, partitions)] == [str(each) for each in range(300)]
    assert sizes(database)[:3] == [100, 50, 25]


def test_a_batch_of_a_stream_whose_connection_hangs_has_every_change(database: Database) -> None:
    database.create(range(5))
    stream = reader(database, tuning=QUICK)
    start = stream.latestOffset(stream.initialOffset(), None)
    database.update(1, {"n": 5})
    database.delete(2)
    end = stream.latestOffset(start, None)
    database.local.faults.add(HANGS, times=1, when=reads)
    database.local.faults.add(HANGS, times=1, when=lambda asked: "'filter'" in str(asked))
    assert refs(stream, start, end) == ["2", "1"]


def test_a_connection_that_hangs_for_good_is_told(database: Database) -> None:
    database.create(range(5))
    tuning = Tuning(query_seconds=1.0, answer_margin_seconds=0.2, outage_seconds=2.0, random=lambda: 0.1)
    made = batch(database, tuning, page_size=2)
    partitions = made.partitions()
    database.local.faults.add(HANGS, times=1_000, skip=1, when=reads)
    with pytest.raises(TransientError, match=r"no answer within \d seconds. The database did not answer in time"):
        rows(made, partitions)
