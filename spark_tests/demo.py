"""`make demo-spark`: the sample bookshop into Parquet by Spark, then its changes as a stream, shown by Spark SQL."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession

from local_fauna import LocalFauna
from local_fauna.sample import bookshop
from spark_tests import java

ROOT = Path(__file__).parents[1]
LATEST = """
    SELECT status, count(*) AS orders FROM (
        SELECT *, parse_json(data):status::string AS status,
               row_number() OVER (PARTITION BY ref ORDER BY ts DESC, deleted_at DESC NULLS LAST) AS place FROM changes
    ) WHERE place = 1 AND deleted_at IS NULL GROUP BY status ORDER BY status
"""
SINCE = """
    SELECT ref, ts, parse_json(data):status::string AS status, string(deleted_at) AS deleted_at
    FROM changes WHERE ts > {ts} ORDER BY ts
"""


def session() -> SparkSession:
    """Spark with two slots, which listens on this machine alone."""
    os.environ.update(PYSPARK_PYTHON=sys.executable, PYTHONPATH=str(ROOT), SPARK_LOCAL_IP="127.0.0.1")
    java.provide()
    builder = SparkSession.builder.master("local[2]").appName("bookshop")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
    }.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def change(local: LocalFauna) -> None:
    """Cancel ten orders, delete five, and take a new one."""
    listed = local.query({"paginate": {"documents": {"collection": "orders"}}, "size": 15})["data"]
    refs = [{"ref": {"collection": "orders"}, "id": each["@ref"]["id"]} for each in listed]
    cancelled = {"object": {"data": {"object": {"status": "cancelled"}}}}
    local.query([{"update": each, "params": cancelled} for each in refs[:10]])
    local.query([{"delete": each} for each in refs[10:]])
    local.query({"create": {"collection": "orders"}, "params": {"object": {"data": {"object": {"status": "new"}}}}})


def main() -> None:
    """Read, change, stream, and show."""
    with LocalFauna() as local, tempfile.TemporaryDirectory() as folder:
        print("A local Fauna with a sample bookshop; Spark with two slots.", flush=True)
        bookshop(local.query)
        spark = session()
        address = {"domain": local.domain, "port": local.port, "scheme": "http", "secret": local.secret}

        print("\n1. The books, in batch, into Parquet. What Spark sees of the collection:", flush=True)
        books = spark.read.format("fauna").options(**address, collection="books", num_partitions=4).load()
        books.printSchema()
        books.write.parquet(f"{folder}/books")
        spark.read.parquet(f"{folder}/books").createOrReplaceTempView("books")
        spark.sql("""
            SELECT parse_json(data):binding::string AS binding, count(*) AS books,
                   round(avg(parse_json(data):price.amount::double), 2) AS price FROM books GROUP BY 1 ORDER BY 1
        """).show()

        def stream() -> None:
            orders = spark.readStream.format("fauna").options(**address, collection="orders", deletions="true").load()
            query = (
                orders.writeStream.format("parquet")
                .option("path", f"{folder}/orders")
                .option("checkpointLocation", f"{folder}/checkpoint")
                .trigger(availableNow=True)
                .start()
            )
            query.awaitTermination()
            spark.read.parquet(f"{folder}/orders").createOrReplaceTempView("changes")

        print("2. The orders, as a stream into Parquet: all of them at first. By their status:", flush=True)
        stream()
        spark.sql(LATEST).show()
        print(
            "3. Ten orders are cancelled, five deleted, one is new. The stream goes on from its checkpoint, and adds:"
        )
        sys.stdout.flush()
        before = spark.sql("SELECT max(ts) FROM changes").first()[0]
        change(local)
        stream()
        spark.sql(SINCE.format(ts=before)).show(truncate=False)
        print("The newest row of each order, without those that were deleted:", flush=True)
        spark.sql(LATEST).show()
        spark.stop()
        print("docs/spark.md tells how to read your own database.")


if __name__ == "__main__":
    main()
