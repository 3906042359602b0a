"""Spark and the connector side by side, and what Spark does with a stream."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from local_fauna import LocalFauna
from local_fauna.sample import bookshop
from spark_tests.conftest import ROOT
from spark_tests.connector import Connector, needs_connector
from spark_tests.database import Database

GUIDE = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")


@needs_connector
@pytest.mark.parametrize("documents", [3_000, pytest.param(72_000, marks=pytest.mark.slow)])
def test_spark_reads_all_orders_as_the_connector_does(spark: SparkSession, tmp_path: Path, documents: int) -> None:
    with LocalFauna() as local:
        bookshop(local.query, documents=documents)
        records = {each["ref"]: each for each in Connector(local, tmp_path).records("orders")}
        options = {"domain": local.domain, "port": local.port, "scheme": "http", "secret": local.secret}
        frame = spark.read.format("fauna").options(collection="orders", **options).load()
        rows = frame.selectExpr("ref", "ts", "data", "date_format(ttl, \"yyyy-MM-dd'T'HH:mm:ss\") ttl").collect()
    assert len(rows) == len(records) > documents / 2
    for row in rows:
        record = records.pop(row.ref)
        assert (row.ts, json.loads(row.data)) == (record["ts"], record["data"])
        assert (row.ttl is None and record["ttl"] is None) or record["ttl"].startswith(row.ttl)
    assert records == {}


def test_a_stream_that_ends_makes_a_table_of_the_greatest_ts(
    spark: SparkSession, database: Database, tmp_path: Path
) -> None:
    database.create(range(20))

    def run() -> None:
        stream = spark.readStream.format("fauna").options(
            **database.options(deletions="true", max_documents_per_batch=4, num_partitions=2)
        )
        query = (
            stream.load()
            .writeStream.format("parquet")
            .option("path", str(tmp_path / "table"))
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination()

    run()
    for each in range(9):
        database.update(each, {"n": -1})
    database.delete(3)
    run()
    run()
    spark.read.parquet(str(tmp_path / "table")).createOrReplaceTempView("changes")
    _, latest = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
    assert {row.ref: row.ts for row in spark.sql(latest).collect()} == database.versions()


def test_sql_reads_a_view_of_it_as_the_guide_says(spark: SparkSession, database: Database) -> None:
    database.create(range(20))
    view, _ = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
    # The environment of the driver was there before the test.
    collection = f"'things', secret '{database.key()}'"
    given = {"fauna.example.com": database.local.domain, "8443": str(database.local.port), "'orders'": collection}
    for old, new in given.items():
        view = view.replace(old, new)
    spark.sql(view)
    assert spark.sql("SELECT count(*) FROM orders").first()[0] == 20
    spark.catalog.dropTempView("orders")


def test_the_statements_of_the_guide_for_delta_can_be_parsed(spark: SparkSession) -> None:
    """Delta itself is no part of these tests."""
    statements = re.findall(r'spark(?:Session)?\.sql\(\s*"+(.*?)"+\s*\)', GUIDE, re.DOTALL | re.IGNORECASE)
    assert [each.split()[0] for each in statements] == ["CREATE", "MERGE"]
    for each in statements:
        spark._jsparkSession.sessionState().sqlParser().parsePlan(each)
