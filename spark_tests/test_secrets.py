"""A secret is planted in a database, and is in nothing that Spark writes: logs, plans, checkpoints, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from local_fauna import LocalFauna
from spark_tests.database import Database

SECRET = "fnAEplanted0secret1of2spark"


def holding(folder: Path, text: str) -> list[str]:
    """The files below a folder that hold the text."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if text.encode() in path.read_bytes()]


def told(action: Any) -> str:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - Spark's own, of several kinds
        action()
    return f"{raised.value} {raised.value.__cause__} {getattr(raised.value, 'java_exception', '')}"


def test_the_secret_is_in_nothing_that_is_written(
    spark: SparkSession, events: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with LocalFauna(secret=SECRET) as local:
        database = Database(local)
        database.create(range(300))
        frame = spark.read.format("fauna").options(**database.options(num_partitions=2)).load()
        assert frame.count() == 300
        frame.explain(mode="extended")
        plan = frame._jdf.queryExecution().toString()
        stream = spark.readStream.format("fauna").options(**database.options(deletions="true")).load()
        query = (
            stream.writeStream.format("parquet")
            .option("path", str(tmp_path / "table"))
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination()
        progress = str(query.lastProgress)
        database.make_again()
        errors = [told(frame.collect)]
        errors += [told(spark.read.format("fauna").options(**database.options(port=1)).load)]
        errors += [told(spark.read.format("fauna").options(**database.options(collection="no")).load)]
    assert "another has its name" in errors[0]
    assert SECRET not in "".join([plan, progress, *errors])
    assert holding(tmp_path, SECRET) == []
    assert holding(events, SECRET) == []
    assert holding(events, "fauna") != []
    written = capfd.readouterr()
    assert SECRET not in written.out + written.err
    assert "fauna" in written.out
