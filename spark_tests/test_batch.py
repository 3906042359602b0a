"""A read through Spark: every document of the snapshot once, whatever fails; or an error in the user's words."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from local_fauna import faults
from source_fauna.spark import register
from spark_tests.database import COLLECTION, Database, reads


def load(spark: SparkSession, database: Database, **changes: Any) -> DataFrame:
    return spark.read.format("fauna").options(**database.options(**changes)).load()


def ids(frame: DataFrame) -> list[int]:
    return sorted(int(row.ref) for row in frame.select("ref").collect())


def test_spark_finds_the_format_and_reads_every_column(spark: SparkSession, database: Database) -> None:
    expires = {"@ts": "2999-01-01T00:00:00.123456789Z"}
    database.create([1], {"name": "Łódź"})
    database.query({"create": {"ref": {"collection": COLLECTION}, "id": "2"}, "params": {"object": {"ttl": expires}}})
    frame = load(spark, database)
    assert frame.dtypes == [("ref", "string"), ("ts", "bigint"), ("data", "string"), ("ttl", "timestamp")]
    first, second = frame.orderBy("ref").selectExpr("ref", "ts", "data", "string(ttl) ttl").collect()
    versions = database.versions()
    assert tuple(first) == ("1", versions["1"], '{"n":1,"name":"Łódź"}', None)
    assert tuple(second) == ("2", versions["2"], "{}", "2999-01-01 00:00:00.123456")


def test_a_session_may_be_told_of_the_format(spark: SparkSession, database: Database) -> None:
    register(spark)
    assert ids(load(spark, database)) == []


def test_the_same_action_twice_reads_the_same_snapshot(spark: SparkSession, database: Database) -> None:
    database.create(range(500))
    frame = load(spark, database, num_partitions=2)
    database.create([1_000])
    database.delete(3)
    assert ids(frame) == list(range(500))
    assert ids(frame) == list(range(500))
    assert frame.rdd.getNumPartitions() == 2
    assert ids(load(spark, database)) == [each for each in [*range(500), 1_000] if each != 3]


def test_with_a_schema_of_ones_own_the_first_action_takes_the_snapshot(spark: SparkSession, database: Database) -> None:
    database.create(range(5))
    frame = spark.read.format("fauna").schema("n bigint, ref string").options(**database.options()).load()
    assert ids(frame) == list(range(5))
    database.delete(3)
    assert ids(frame) == list(range(5))


def test_a_snapshot_may_be_given(spark: SparkSession, database: Database) -> None:
    database.create([1])
    then = database.now()
    database.create([2])
    assert ids(load(spark, database, snapshot=then)) == [1]


def test_columns_are_typed(spark: SparkSession, database: Database) -> None:
    database.create(
        [1], {"name": "a", "price": 4, "at": {"time": "2024-03-01T09:00:00Z"}, "day": {"date": "2024-03-01"}}
    )
    database.create([2], {"name": {"object": {"first": "b"}}, "price": 1.5, "at": "soon", "day": "never", "ok": True})
    told = "name string, price double, at timestamp, day date, ok boolean, n bigint"
    frame = load(spark, database, columns=told, data="false").orderBy("ref")
    assert frame.columns == ["ref", "ts", "ttl", "name", "price", "at", "day", "ok", "n"]
    found = [tuple(row) for row in frame.selectExpr("name", "price", "string(at)", "string(day)", "ok", "n").collect()]
    assert found == [
        ("a", 4.0, "2024-03-01 09:00:00", "2024-03-01", None, 1),
        ('{"first":"b"}', 1.5, None, None, True, 2),
    ]


@pytest.mark.parametrize("status", [429, 503, 502])
def test_what_passes_is_asked_again(spark: SparkSession, database: Database, status: int) -> None:
    database.create(range(500))
    frame = load(spark, database, num_partitions=2)
    database.local.faults.add(faults.answer(status), times=2, skip=1, when=reads)
    database.local.faults.add(faults.half(), times=1, when=reads)
    assert ids(frame) == list(range(500))


def test_tasks_that_fail_after_their_first_page_are_tried_again(spark: SparkSession, database: Database) -> None:
    database.create(range(2_000))
    frame = load(spark, database, num_partitions=2)
    refused = faults.Fault(name="refused", reply=faults._error(401, "unauthorized", "Unauthorized"))
    database.local.faults.add(refused, times=2, skip=2, when=reads)
    assert ids(frame) == list(range(2_000))
    assert database.local.faults.draw({"map": {}, "get": 1}) is None


def told(action: Any) -> str:
    with pytest.raises((PySparkException, Exception)) as raised:
        action()
    return str(raised.value)


def test_a_role_that_is_narrowed_is_told(spark: SparkSession, database: Database) -> None:
    database.create(range(500))
    frame = load(spark, database, secret=database.key(), num_partitions=2)
    database.allow()
    text = told(frame.collect)
    assert "ConfigError: Error while reading collection 'things'" in text
    assert "The key's role may not read this: give the role read on the collection and on its index." in text


def test_a_collection_that_is_made_again_is_told(spark: SparkSession, database: Database) -> None:
    database.create(range(500))
    frame = load(spark, database, num_partitions=2)
    database.make_again()
    assert "is gone, and another has its name" in told(frame.collect)


def test_a_snapshot_that_history_no_longer_holds_is_told(spark: SparkSession, database: Database) -> None:
    database.create([1])
    frame = load(spark, database)
    database.local.clock.advance(seconds=40 * 86_400)
    assert "The snapshot of collection 'things' is older by now than the history that the database keeps" in told(
        frame.collect
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"collection": "nothing"}, "Collection 'nothing' does not exist"),
        ({"secret": "fnAEwrong"}, "The secret is unknown to this database"),
        ({"num_partitions": "0"}, "num_partitions is '0', but it must be a whole number from 1 to 100000"),
    ],
)
def test_what_is_wrong_is_told_when_it_is_loaded(
    spark: SparkSession, database: Database, changes: Any, message: str
) -> None:
    with pytest.raises(AnalysisException) as raised:
        load(spark, database, **changes)
    assert message in str(raised.value)
