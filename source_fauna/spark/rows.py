"""The rows of a part, in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from source_fauna.config.config import Config
from source_fauna.parts.arrow import DATA, Batches, Column
from source_fauna.parts.part import Part
from source_fauna.parts.worker import Worker
from source_fauna.tuning import Tuning

if TYPE_CHECKING:
    import pyarrow as pa


def rows(
    config: Config, columns: Sequence[Column], part: Part, tuning: Tuning | None = None
) -> Iterator[pa.RecordBatch]:
    """One batch a page. What no column needs is not decoded. Raises errors in the user's words."""
    has_data = any(each.name == DATA.name for each in columns)
    found = tuple(each.found for each in columns if each.found is not None)
    batches = Batches(columns)
    worker = Worker(config=replace(config, data_column=has_data), tuning=tuning or Tuning(), found=found)
    for records in worker.records(part):
        yield batches.batch(records)
