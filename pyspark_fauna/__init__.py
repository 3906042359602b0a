"""Spark looks into packages whose name begins with pyspark_ for a DefaultSource: so it finds format("fauna")."""

from source_fauna.spark.source import FaunaDataSource as DefaultSource

__all__ = ["DefaultSource"]
