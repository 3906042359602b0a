"""Columns that are found: those of the connector, in batch and as a stream, with its values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DateType, LongType, StringType, StructField, StructType, TimestampType

from local_fauna import LocalFauna
from local_fauna.sample import bookshop
from source_fauna.parts.arrow import Type
from source_fauna.spark import FaunaDataSource
from spark_tests.connector import FOUND, Connector, needs_connector
from spark_tests.database import Database
from spark_tests.test_batch import load, told
from spark_tests.test_source import rows, sent

FIXED = ["ref", "ts", "data", "ttl"]

SPARK_TYPES = {
    ("integer", None): "bigint",
    ("number", None): "double",
    ("string", None): "string",
    ("boolean", None): "boolean",
    ("string", "date-time"): "timestamp",
    ("string", "date"): "date",
    ("object", None): "string",
    ("array", None): "string",
}


def kind(schema: dict[str, Any]) -> tuple[str, str | None]:
    """The JSON type of a column that may be null, and its format."""
    (found,) = (each for each in schema["type"] if each != "null")
    return found, schema.get("format")


def in_spark(value: Any, schema: dict[str, Any]) -> Any:
    """A value of the connector's record, as `shown` gives it."""
    if value is not None and kind(schema)[1] == "date-time":
        return f"{value[:19]}.{value[20:-1]:0<6}"
    return value


def shown(frame: DataFrame, properties: dict[str, Any]) -> DataFrame:
    """The same rows, with times and dates as texts."""
    texts = {
        "timestamp": "date_format(`{0}`, \"yyyy-MM-dd'T'HH:mm:ss.SSSSSS\") AS `{0}`",
        "date": "string(`{0}`) AS `{0}`",
    }
    types = dict(frame.dtypes)
    return frame.selectExpr("ref", *(texts.get(types[name], "`{0}`").format(name) for name in properties))


def compare(frame: DataFrame, records: list[dict[str, Any]], properties: dict[str, Any]) -> None:
    """Every record is a row with the same values in these columns."""
    found = {row.ref: row.asDict() for row in shown(frame, properties).collect()}
    assert len(found) == len(records) > 0
    for record in records:
        row = found[record["ref"]]
        for name, schema in properties.items():
            nested = kind(schema)[0] in ("object", "array") and row[name] is not None
            assert (json.loads(row[name]) if nested else row[name]) == in_spark(record[name], schema), name


@needs_connector
@pytest.mark.parametrize("collection", ["books", "orders"])
def test_they_are_the_connectors(spark: SparkSession, tmp_path: Path, collection: str) -> None:
    with LocalFauna() as local:
        bookshop(local.query, documents=600)
        connector = Connector(local, tmp_path, name=collection, **FOUND)
        schema = connector.schema(collection)
        records = connector.records(collection, schema)
        options = {"domain": local.domain, "port": local.port, "scheme": "http", "secret": local.secret}
        frame = spark.read.format("fauna").options(collection=collection, columns="found", **options).load()
        properties = {name: each for name, each in schema["properties"].items() if name not in FIXED}
        assert len(properties) > 4
        assert frame.dtypes[len(FIXED) :] == [(name, SPARK_TYPES[kind(each)]) for name, each in properties.items()]
        compare(frame, records, properties)


def test_without_data_they_are_alone(spark: SparkSession, database: Database) -> None:
    database.create([7], {"at": {"time": "2024-03-01T09:00:00.1234567Z"}, "tags": ["a"]})
    frame = load(spark, database, columns="Found", data="false")
    assert frame.dtypes == [
        ("ref", "string"),
        ("ts", "bigint"),
        ("ttl", "timestamp"),
        ("at", "timestamp"),
        ("n", "bigint"),
        ("tags", "string"),
    ]
    assert [tuple(row) for row in frame.selectExpr("unix_micros(at)", "n", "tags").collect()] == [
        (1_709_283_600_123_456, 7, '["a"]')
    ]


def test_any_name_can_be_one(spark: SparkSession, database: Database) -> None:
    database.create([1], {"ts": 5, "a `quoted` name": "x", "deleted_at": 1.5, "Łódź, x bigint": True})
    frame = load(spark, database, columns="found", data="false").drop("ref", "ts", "ttl")
    assert sorted(frame.columns) == ["a `quoted` name", "data_ts", "deleted_at", "n", "Łódź, x bigint"]
    (row,) = frame.collect()
    assert row.asDict() == {
        "a `quoted` name": "x", "data_ts": 5, "deleted_at": 1.5, "n": 1, "Łódź, x bigint": True,
    }  # fmt: skip


def test_they_are_those_of_the_snapshot(spark: SparkSession, database: Database) -> None:
    database.create([1])
    then = database.now()
    database.create([2], {"later": True})
    frame = load(spark, database, columns="found", snapshot=then)
    database.update(1, {"even": "later"})
    assert frame.columns == [*FIXED, "n"]
    assert [row.n for row in frame.collect()] == [1]


def test_a_size_of_the_sample_that_no_sample_has_is_told(spark: SparkSession, database: Database) -> None:
    text = told(lambda: load(spark, database, columns="found", sample_size=5))
    assert "sample_size is 5, but it must be from 10 to 10000" in text


def test_a_schema_of_ones_own_is_kept(spark: SparkSession, database: Database) -> None:
    database.create([1], {"ts": 5, "nested": {"object": {"a": 1}}})
    own = "nested string, data_ts bigint, ref string"
    frame = spark.read.format("fauna").schema(own).options(**database.options(columns="found")).load()
    assert [tuple(row) for row in frame.collect()] == [('{"a":1}', 5, "1")]


def test_the_reader_that_is_sent_knows_their_types(database: Database) -> None:
    database.create([1], {"nested": {"object": {"a": 1}}, "day": {"date": "2024-03-01"}})
    source = FaunaDataSource(database.options(columns="found"))
    told_by_source = source.schema()
    assert told_by_source.endswith("ttl timestamp, `day` date, `n` bigint, `nested` string")
    database.create([2], {"nested": "a text", "day": "2024-02-29"})
    database.update(1, {"day": None})
    schema = StructType(
        [StructField("nested", StringType()), StructField("day", DateType()), StructField("n", LongType())]
    )
    later = sent(source).streamReader(schema)
    found = rows(sent(later), later.partitions({"ts": 0}, {"ts": database.now()}))
    assert [(row["nested"], str(row["day"]), row["n"]) for row in found] == [
        ('{"a":1}', "None", 1),
        (None, "2024-02-29", 2),
    ]
    assert {each.type for each in sent(source).reader(schema)._columns} == {Type.JSON, Type.DATE, Type.LONG}


def test_a_time_in_a_text_is_one_with_its_zone(database: Database) -> None:
    database.create([1], {"at": "2024-03-01T09:00:00+02:00"})
    database.create([2], {"at": "0001-01-01T00:00:00+02:00"})
    reader = FaunaDataSource(database.options()).reader(StructType([StructField("at", TimestampType())]))
    found = [row["at"] for row in rows(reader, reader.partitions())]
    assert [None if each is None else each.isoformat() for each in found] == ["2024-03-01T07:00:00+00:00", None]


def test_a_stream_has_them_and_null_in_a_deletion(spark: SparkSession, database: Database, tmp_path: Path) -> None:
    database.create(range(5), {"name": "first", "size": {"object": {"cm": 2}}})

    def run() -> None:
        options = database.options(columns="found", deletions="true", data="false")
        stream = spark.readStream.format("fauna").options(**options).load().writeStream.format("parquet")
        folders = {"path": str(tmp_path / "table"), "checkpointLocation": str(tmp_path / "checkpoint")}
        stream.options(**folders).trigger(availableNow=True).start().awaitTermination()

    run()
    database.update(3, {"name": "second"})
    database.delete(4)
    run()
    table = spark.read.parquet(str(tmp_path / "table"))
    assert table.columns == ["ref", "ts", "ttl", "deleted_at", "n", "name", "size"]
    listed = table.orderBy("ref", "ts").selectExpr("ref", "n", "name", "size", "deleted_at IS NOT NULL").collect()
    created = [(str(each), each, "first", '{"cm":2}', False) for each in range(5)]
    changed = [("3", 3, "second", '{"cm":2}', False), ("4", None, None, None, True)]
    assert [tuple(row) for row in listed] == [*created[:4], changed[0], created[4], changed[1]]
