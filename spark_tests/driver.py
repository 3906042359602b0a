"""A driver that streams collections into Parquet: `python -m spark_tests.driver SETTINGS`, which a test may kill.

SETTINGS is a file of JSON: `folder`, `ends` (the trigger is availableNow) and `streams`, the options of each by the
name of its collection. It prints a line when all streams have begun.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

BEGINS = ("Initializing", "Getting offsets")
"""What a stream says of itself until its Python has answered for the first time."""

STARTS_TOO_SLOWLY = "worker failed to connect back"
"""What Spark says when a Python took too long to start."""

STARTED_TOO_SLOWLY = 75
"""The exit code for this: another driver may have more luck."""


def main() -> None:
    """Stream until all streams have ended, or for ever."""
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.streaming.noDataMicroBatches.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    trigger = {"availableNow": True} if settings["ends"] else {"processingTime": "300 milliseconds"}
    queries = []
    for name, options in settings["streams"].items():
        writer = spark.readStream.format("fauna").options(**options).load().writeStream.format("parquet")
        query = (
            writer.option("path", f"{settings['folder']}/{name}/table")
            .option("checkpointLocation", f"{settings['folder']}/{name}/checkpoint")
            .trigger(**trigger)
            .start()
        )
        queries.append(query)
        # One Python after the other: Spark waits ten seconds for each to start.
        while query.isActive and query.status["message"].startswith(BEGINS):
            time.sleep(0.05)
    print("streaming", flush=True)  # noqa: T201 - for who waits for it
    for query in queries:
        query.awaitTermination()


if __name__ == "__main__":
    try:
        main()
    except PySparkException as error:
        if STARTS_TOO_SLOWLY not in str(error):
            raise
        sys.exit(STARTED_TOO_SLOWLY)
