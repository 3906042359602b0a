"""The data source as Spark calls it, in this process: what it plans, reads and says, without a JVM."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType

from pyspark_fauna import DefaultSource
from source_fauna.errors.errors import ConfigError
from source_fauna.parts.arrow import DATA, DELETED, REF, TS, TTL, Batches, Column, Type, json_text, micros
from source_fauna.spark import FaunaDataSource, register
from source_fauna.spark.columns import columns_of
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
    assert getattr(reader.pushFilters, "__func__", None) is DataSourceReader.pushFilters
    partitions = sent(reader.partitions())
    assert len(partitions) == 2
    found = rows(sent(reader), partitions)
    assert found == [{"ref": str(each), "n": each} for each in range(300)]


def test_a_type_that_no_column_can_have_is_told() -> None:
    with pytest.raises(ConfigError, match=r"Column 'n' has type int, but it must be one of: string, bigint, double"):
        columns_of(StructType([StructField("n", IntegerType())]))
    with pytest.raises(ConfigError, match="Column 'ts' has type string, but it must be one of: bigint"):
        columns_of(StructType([StructField("ts", StringType())]))


def test_values_become_what_their_column_is() -> None:
    types = {each.value: Column(each.value, each, each.value) for each in Type}
    batches = Batches([REF, TS, DATA, TTL, DELETED, *types.values()])
    fitting: dict[str, Any] = {"string": "x", "long": 7.0, "double": 1, "boolean": True}
    fitting |= {"timestamp": "2024-03-01T09:00:00.1234567Z", "date": "2024-03-01"}
    unfit = {each: [1] for each in types}
    odd = {
        "string": 1.5,
        "long": 2.5,
        "double": True,
        "boolean": 1,
        "timestamp": "2024-13-01T09:00:00Z",
        "date": "2024-13-01",
    }
    found = batches.batch(
        [
            {"ref": "1", "ts": 1, "data": fitting, "ttl": "2024-03-01T09:00:00Z"},
            {"ref": "2", "ts": 2, "data": unfit, "ttl": None},
            {"ref": "3", "ts": 3, "data": odd, "ttl": None},
            {"ref": "4", "ts": 4, "deleted_at": "1970-01-01T00:00:00.000004Z"},
        ]
    ).to_pylist()
    assert [str(found[0][each]) for each in types] == [
        "x",
        "7",
        "1.0",
        "True",
        "2024-03-01 09:00:00.123456+00:00",
        "2024-03-01",
    ]
    assert [found[1][each] for each in types] == ["[1]", None, None, None, None, None]
    assert [found[2][each] for each in types] == ["1.5", None, None, None, None, None]
    assert {found[3][each] for each in types} == {found[3]["data"], None}
    assert (str(found[0]["ttl"]), str(found[3]["deleted_at"])) == (
        "2024-03-01 09:00:00+00:00",
        "1970-01-01 00:00:00.000004+00:00",
    )


def test_json_has_any_depth() -> None:
    deep: Any = "é"
    for _ in range(300):
        deep = [deep]
    assert json_text(deep) == "[" * 300 + '"é"' + "]" * 300
    assert micros(None) is None


def test_a_worker_loads_no_airbyte() -> None:
    code = (
        "import sys, pyspark_fauna, source_fauna.parts.worker;"
        "print([name for name in sys.modules if name.startswith('airbyte')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
