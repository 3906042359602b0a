"""A driver that streams collections into Parquet: `python -m spark_tests.driver SETTINGS`, which a test may kill.

SETTINGS is a file of JSON: `folder`, `ends` (the trigger is availableNow) and `streams`, the options of each by the
name of its collection. It prints a line when all streams have begun.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession


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
    queries = [
        spark.readStream.format("fauna")
        .options(**options)
        .load()
        .writeStream.format("parquet")
        .option("path", f"{settings['folder']}/{name}/table")
        .option("checkpointLocation", f"{settings['folder']}/{name}/checkpoint")
        .trigger(**trigger)
        .start()
        for name, options in settings["streams"].items()
    ]
    print("streaming", flush=True)  # noqa: T201 - for who waits for it
    for query in queries:
        query.awaitTermination()


if __name__ == "__main__":
    main()
