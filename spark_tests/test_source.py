"""The data source as Spark calls it, in this process: what it plans, reads and says, without a JVM."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType

from pyspark_fauna import DefaultSource
from source_fauna.errors.errors import ConfigError
from source_fauna.parts.arrow import DATA, DELETED, REF, TS, TTL, Batches, field_column, micros
from source_fauna.records.inference import FoundColumn
from source_fauna.records.types import ARRAY, BOOLEAN, DATE, NUMBER, OBJECT, TIMESTAMP
from source_fauna.spark import FaunaDataSource, register
from source_fauna.spark.columns import columns_of
from source_fauna.spark.options import parse_options
from spark_tests.conftest import ROOT
from spark_tests.database import Database

ALL = StructType([StructField("ref", StringType()), StructField("n", LongType(), nullable=False)])


def rows(reader: Any, partitions: Sequence[InputPartition]) -> list[dict[str, Any]]:
    return [row for each in partitions for batch in reader.read(each) for row in batch.to_pylist()]


def sent(thing: Any) -> Any:
    """What arrives where Spark sends it."""
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own


def test_spark_finds_it_by_its_name() -> None:
    assert DefaultSource is FaunaDataSource
    assert DefaultSource.name() == "fauna"


def test_it_is_registered_with_a_session() -> None:
    class Registry:
        def register(self, source: Any) -> None:
            self.source = source

    class Session:
        dataSource = Registry()  # noqa: N815 - Spark's name

    register(Session())
    assert Session.dataSource.source is FaunaDataSource


@pytest.mark.parametrize("condition", ["DATA_SOURCE_ALREADY_EXISTS", "INTERNAL_ERROR"])
def test_a_name_that_spark_has_found_by_itself_is_no_error(condition: str) -> None:
    class Refused(AnalysisException):  # type: ignore[misc]  # pyspark has no types here
        def __init__(self) -> None:
            Exception.__init__(self)

        def getCondition(self) -> str:  # noqa: N802 - Spark's name
            return condition

    class Registry:
        def register(self, _: Any) -> None:
            raise Refused

    class Session:
        dataSource = Registry()  # noqa: N815 - Spark's name

    if condition == "INTERNAL_ERROR":
        with pytest.raises(Refused):
            register(Session())
    else:
        register(Session())


@pytest.mark.parametrize(
    ("changes", "ddl"),
    [
        ({}, "ref string, ts bigint, data string, ttl timestamp"),
        ({"deletions": "true", "data": "false"}, "ref string, ts bigint, ttl timestamp, deleted_at timestamp"),
        ({"columns": "n bigint"}, "ref string, ts bigint, data string, ttl timestamp, n bigint"),
    ],
)
def test_the_schema_is_that_of_the_options(database: Database, changes: Any, ddl: str) -> None:
    assert FaunaDataSource(database.options(**changes)).schema() == ddl


def test_a_copy_of_it_reads_the_same(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    database.create(range(300))
    source = FaunaDataSource(database.options(num_partitions=2, colection="x"))
    assert "not known and have no effect: colection" in caplog.text
    database.create([1_000])
    reader: DataSourceReader = sent(source).reader(ALL)
    assert "pushFilters" not in vars(type(reader)), "Spark 4.1 and later would plan otherwise"
    database.local.reset_requests()
    partitions = sent(reader.partitions())
    assert len(partitions) == 2
    snapshots = {each.value.snapshot for each in partitions}
    assert {int(each.headers["x-last-seen-txn"]) for each in database.local.requests[:1]} == snapshots
    found = rows(sent(reader), partitions)
    assert found == [{"ref": str(each), "n": each} for each in range(300)]


def test_a_type_that_no_column_can_have_is_told(database: Database) -> None:
    config = parse_options(database.options()).config
    with pytest.raises(ConfigError, match=r"Column 'n' has type int, but it must be one of: string, bigint, double"):
        columns_of(StructType([StructField("n", IntegerType())]), config)
    with pytest.raises(ConfigError, match="Column 'ts' has type string, but it must be one of: bigint"):
        columns_of(StructType([StructField("ts", StringType())]), config)


def test_records_become_what_their_columns_are() -> None:
    fields = [FoundColumn(name=each.type, field=each.type, type=each) for each in (NUMBER, BOOLEAN, OBJECT, ARRAY)]
    times = [FoundColumn(name=name, field=name, type=kind) for name, kind in (("at", TIMESTAMP), ("day", DATE))]
    batches = Batches([REF, TS, DATA, TTL, DELETED, *map(field_column, [*fields, *times])])
    live = {
        "ref": "1",
        "ts": 1,
        "data": {"é": [1]},
        "ttl": "2024-03-01T09:00:00Z",
        "number": 2**60,
        "boolean": False,
        "object": {"a": None},
        "array": [],
        "at": "2024-03-01T09:00:00.123456-01:00",
        "day": "2024-02-29",
    }
    deleted = {"ref": "2", "ts": 4, "deleted_at": "1970-01-01T00:00:00.000004Z", **{each.name: None for each in fields}}
    first, second = batches.batch([live, deleted]).to_pylist()
    assert {name: str(value) for name, value in first.items()} == {
        "ref": "1",
        "ts": "1",
        "data": '{"é":[1]}',
        "ttl": "2024-03-01 09:00:00+00:00",
        "deleted_at": "None",
        "number": str(float(2**60)),
        "boolean": "False",
        "object": '{"a":null}',
        "array": "[]",
        "at": "2024-03-01 10:00:00.123456+00:00",
        "day": "2024-02-29",
    }
    assert str(second.pop("deleted_at")) == "1970-01-01 00:00:00.000004+00:00"
    assert (second.pop("ref"), second.pop("ts")) == ("2", 4)
    assert set(second.values()) == {None}


@pytest.mark.parametrize("text", ["soon", "2024-13-01T09:00:00Z", "2024-03-01T09:00:00", "0001-01-01T00:00:00+00:01"])
def test_what_is_no_time_of_a_calendar_is_none(text: str) -> None:
    assert micros(text) is None


def test_a_worker_loads_no_airbyte() -> None:
    code = (
        "import sys, pyspark_fauna, source_fauna.parts.worker;"
        "print([name for name in sys.modules if name.startswith('airbyte')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
