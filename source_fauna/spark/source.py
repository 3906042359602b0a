"""`FaunaDataSource`: what Spark makes of the options of a read. Wiring only."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from source_fauna.parts.arrow import Column
from source_fauna.parts.plan import Snapshot, fields_of, parts_of, pin
from source_fauna.parts.worker import connected
from source_fauna.records.inference import FoundColumn
from source_fauna.spark.columns import columns_of, ddl
from source_fauna.spark.options import Options, parse_options
from source_fauna.spark.rows import rows
from source_fauna.spark.stream import FaunaStreamReader
from source_fauna.tuning import Tuning

if TYPE_CHECKING:
    import pyarrow as pa

logger = logging.getLogger("airbyte.source_fauna")


class FaunaDataSource(DataSource):
    """One collection of a Fauna database. Spark makes one for each DataFrame, and sends copies of it around.

    The snapshot is taken here, so that all actions on a DataFrame read the same: Spark plans each of them anew, and
    does not ask for the schema where the user gave one.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(dict(options))
        self._found: tuple[FoundColumn, ...] = ()
        self._options = parse_options(options)
        for warning in self._options.warnings:
            logger.warning("%s", warning)
        with connected(self._options.config, Tuning()) as client:
            self._snapshot = pin(client, self._options.collection, self._options.snapshot)

    @classmethod
    def name(cls) -> str:
        """What stands in format("…")."""
        return "fauna"

    def schema(self) -> str:
        """The columns, in DDL. Those that are found are known from here on. Raises errors in the user's words."""
        config = self._options.config
        with connected(config, Tuning(), seen=self._snapshot.ts) as client:
            self._found = fields_of(self._snapshot, client, config)
        return ddl(config, self._options.columns, self._found)

    def reader(self, schema: StructType) -> FaunaReader:
        """A read of the documents at the snapshot."""
        columns = columns_of(schema, self._options.config, self._found)
        return FaunaReader(options=self._options, snapshot=self._snapshot, columns=columns)

    def streamReader(self, schema: StructType) -> FaunaStreamReader:
        """A stream of all documents, and then of what changes."""
        columns = columns_of(schema, self._options.config, self._found)
        return FaunaStreamReader(options=self._options, columns=columns)


class FaunaReader(DataSourceReader):
    """Reads the documents of a snapshot. A task that is tried again, or twice at once, reads the same."""

    def __init__(
        self, *, options: Options, snapshot: Snapshot, columns: Sequence[Column], tuning: Tuning | None = None
    ) -> None:
        self._options = options
        self._snapshot = snapshot
        self._columns = columns
        self._tuning = tuning

    def partitions(self) -> Sequence[InputPartition]:
        """One for each part. Raises errors in the user's words."""
        config = self._options.config
        with connected(config, self._tuning or Tuning(), seen=self._snapshot.ts) as client:
            parts = parts_of(self._snapshot, client, parts=self._options.partitions, slots=config.concurrency)
        return [InputPartition(each) for each in parts]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of a part, in a worker. Raises errors in the user's words."""
        return rows(self._options.config, self._columns, partition.value, self._tuning)
