"""Spark's data source: `spark.read.format("fauna")`, `spark.readStream.format("fauna")`. docs/spark.md tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.errors import AnalysisException

from source_fauna.spark.source import FaunaDataSource

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["FaunaDataSource", "register"]


def register(spark: SparkSession) -> None:
    """Make format("fauna") known to a session, where Spark does not find it by itself."""
    try:
        spark.dataSource.register(FaunaDataSource)
    except AnalysisException as error:
        # Spark 4.0 refuses a name that it has found by itself.
        if error.getCondition() != "DATA_SOURCE_ALREADY_EXISTS":
            raise
