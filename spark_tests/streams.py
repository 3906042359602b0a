"""A stream's reader in this process, with a clock that only sleeps move, as Spark uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyspark.sql.types import LongType, StringType, StructField, StructType, TimestampType

from source_fauna.spark.columns import columns_of
from source_fauna.spark.options import parse_options
from source_fauna.spark.stream import FaunaStreamReader
from source_fauna.tuning import Tuning
from spark_tests.database import Database
from spark_tests.test_source import rows, sent

SCHEMA = StructType(
    [StructField("ref", StringType()), StructField("ts", LongType()), StructField("deleted_at", TimestampType())]
)


class Watch:
    """A clock that only sleeps move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.then: Callable[[], object] | None = None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self.then:
            self.then()

    def tuning(self) -> Tuning:
        return Tuning(clock=self.clock, sleep=self.sleep)


def reader(
    database: Database, watch: Watch | None = None, *, tuning: Tuning | None = None, **options: Any
) -> FaunaStreamReader:
    parsed = parse_options(database.options(deletions="true", **options))
    return FaunaStreamReader(
        options=parsed, columns=columns_of(SCHEMA, parsed.config), tuning=tuning or (watch or Watch()).tuning()
    )


def refs(stream: FaunaStreamReader, start: Any, end: Any) -> list[str]:
    return [row["ref"] for row in rows(stream, sent(stream.partitions(start, end)))]
