"""The stream of a collection: all documents at first, then batches of what changed.

An offset is `{"ts": S}`: everything up to S, in microseconds, was handed out; 0 is the beginning. A batch (start, end]
has the same rows each time it is read. An idle stream stays where it is, but for a step now and then: the database
keeps no history for ever, and the next batch needs it back to where this one ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition

from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.parts.arrow import Column
from source_fauna.parts.changes import Changes, fitting_index
from source_fauna.parts.worker import connected
from source_fauna.records.values import time_text
from source_fauna.schema.definitions import Index
from source_fauna.spark.options import Options
from source_fauna.spark.rows import rows
from source_fauna.spark.triggers import SupportsTriggerAvailableNow, limit_of, most_rows
from source_fauna.tuning import Tuning

if TYPE_CHECKING:
    import pyarrow as pa

IDLE_MICROS = 300_000_000
"""An idle stream makes a step of its own after five minutes. The least history that a database keeps is 15."""

POLL_SECONDS = 1.0
"""An idle stream asks the database no more often than this, however often Spark asks it."""

Offset = dict[str, Any]


class FaunaStreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Plans batches on the driver, where Spark keeps one of these; workers read with copies of another."""

    def __init__(self, *, options: Options, columns: Sequence[Column], tuning: Tuning | None = None) -> None:
        self._options = options
        self._columns = columns
        self._tuning = tuning
        self._index: Index | None = None
        self._reached: int | None = None
        self._target: int | None = None
        self._told = 0
        self._idle_since: float | None = None

    def initialOffset(self) -> Offset:
        """Where a new stream begins."""
        self._reached = 0
        return {"ts": 0}

    def getDefaultReadLimit(self) -> Any:
        """The limit of a batch, by max_documents_per_batch."""
        return limit_of(self._options.most_documents)

    def prepareForTriggerAvailableNow(self) -> None:
        """Go up to the present, and no further."""
        with self._changes() as changes:
            self._target = self._now(changes)

    def latestOffset(self, start: Offset | None = None, limit: Any = None) -> Offset:
        """Up to where the next batch goes; `start` where there is nothing to do.

        Spark tells start and limit since 4.2. Before it, there is no limit, and the start is what this reader knows;
        after a restart that is nothing, so that the first batch goes up to the present.
        """
        reached = self._reached if start is None else int(start["ts"])
        most = most_rows(limit)
        if reached is not None and self._target is not None and reached >= self._target:
            return {"ts": reached}
        self._rest()
        with self._changes() as changes:
            if reached is None:
                return {"ts": self._now(changes)}
            if reached == 0:
                if self._options.snapshot is not None:
                    changes.require_kept(self._options.snapshot)
                return {"ts": self._options.snapshot or self._target or self._now(changes)}
            return {"ts": self._end(changes, reached, most)}

    def partitions(self, start: Offset, end: Offset) -> Sequence[InputPartition]:
        """The parts of a batch. Raises errors in the user's words."""
        begin, self._reached = int(start["ts"]), int(end["ts"])
        if begin == self._reached:
            return []
        with self._changes() as changes:
            if self._reached > self._told:
                # A batch of the checkpoint, or one that begins at a snapshot.
                self._latest(changes, self._reached)
            return [InputPartition(each) for each in changes.parts(begin, self._reached)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of a part, in a worker. Raises errors in the user's words."""
        return rows(self._options.config, self._columns, partition.value, self._tuning)

    def _end(self, changes: Changes, reached: int, most: int | None) -> int:
        latest, changed = self._latest(changes, reached)
        if self._target is not None:
            latest = min(latest, self._target)
        self._idle_since = None if changed else self._numbers.clock()
        if not changed:
            return latest if latest - reached >= IDLE_MICROS else reached
        return latest if most is None else changes.end(reached, latest, most)

    def _latest(self, changes: Changes, reached: int) -> tuple[int, bool]:
        """The database's time, and whether anything changed. A node that lags is asked for some seconds."""
        for attempt in range(max(1, int(self._numbers.lag_seconds))):
            self._sleep(1.0 if attempt else 0.0)
            latest, changed = changes.latest(reached)
            self._told = max(self._told, latest)
            if latest >= reached:
                return latest, changed
        raise ConfigError(
            f"The stream's checkpoint lies in the database's future, at {time_text(reached)}: the database was "
            "restored or moved. Read the collection into an empty table, with a new checkpoint"
        )

    def _now(self, changes: Changes) -> int:
        self._told = max(self._told, now := changes.now())
        return now

    def _rest(self) -> None:
        """Wait, if nothing had changed a moment ago."""
        if self._idle_since is not None:
            self._sleep(POLL_SECONDS - (self._numbers.clock() - self._idle_since))

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            (self._numbers.sleep or time.sleep)(seconds)

    @contextmanager
    def _changes(self) -> Iterator[Changes]:
        config = self._options.config
        with connected(config, self._numbers, seen=self._told) as client:
            self._index = self._index or fitting_index(client, config)
            try:
                yield Changes(client=client, config=config, index=self._index, parts=self._options.partitions)
            except FaunaError as error:
                if error.kind in (Kind.UNDEFINED, Kind.MISSING):
                    # The index may be gone, and how to create one is what helps then.
                    fitting_index(client, config)
                raise

    @property
    def _numbers(self) -> Tuning:
        return self._tuning or Tuning()
