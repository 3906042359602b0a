"""What Spark 4.2 brought for streams: limits of a batch, and a trigger that ends. Before it, neither is asked for."""

from __future__ import annotations

from typing import Any

try:
    from pyspark.sql.streaming.datasource import ReadAllAvailable, ReadMaxRows, SupportsTriggerAvailableNow
except ImportError:  # Spark 4.0 and 4.1

    class SupportsTriggerAvailableNow:  # type: ignore[no-redef]
        """Spark ends such streams by itself: it asks once up to where they go."""

    class ReadAllAvailable:  # type: ignore[no-redef]
        """No limit."""

    class ReadMaxRows:  # type: ignore[no-redef]
        """At most so many rows."""

        def __init__(self, max_rows: int) -> None:
            self.max_rows = max_rows


__all__ = ["ReadAllAvailable", "SupportsTriggerAvailableNow", "limit_of", "most_rows"]


def limit_of(most: int | None) -> Any:
    """The limit of a batch that the options ask for."""
    return ReadAllAvailable() if most is None else ReadMaxRows(most)


def most_rows(limit: Any) -> int | None:
    """How many rows a batch may have by what Spark says; None: all, also where it says nothing.

    Before 4.2 it asks once up to where a stream goes that ends: half of the way would be taken for all of it.
    """
    return limit.max_rows if isinstance(limit, ReadMaxRows) else None
