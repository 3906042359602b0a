"""Spark's data source: `spark.read.format("fauna")`, `spark.readStream.format("fauna")`. docs/spark.md tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_fauna.spark.source import FaunaDataSource

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["FaunaDataSource", "register"]


def register(spark: SparkSession) -> None:
    """Make format("fauna") known to a session, where Spark does not find it by itself."""
    spark.dataSource.register(FaunaDataSource)
