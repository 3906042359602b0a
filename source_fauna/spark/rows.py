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


def rows(config: Config, columns: Sequence[Column], part: Part) -> Iterator[pa.RecordBatch]:
    """One batch a page. Data is decoded if a column needs it. Raises errors in the user's words."""
    needs_data = any(each.field is not None or each == DATA for each in columns)
    batches = Batches(columns)
    for records in Worker(config=replace(config, data_column=needs_data), tuning=Tuning()).records(part):
        yield batches.batch(records)
