"""A full refresh in several shapes: a serial walker, look-ahead, ranges; with pages of fixed and of growing size."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.database import Database, creations, stand_in
from benchmarks.documents import COLLECTION, bursts
from benchmarks.tables import Table, times

LATENCIES_MS = (0, 10, 50)
GROWING = 0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the documents are read: by so many walkers at most, in pages of `page` documents, or of growing size."""

    name: str
    page: int
    walkers: int = 1
    serial: bool = False

    def seconds(self, database: Database, collection: str, *, rounds: int) -> float:
        """The least wall time of a read, without the start of the process."""
        flags = ["--serial"] if self.serial else []
        flags += ["--pages", str(self.page)] if self.page else []
        root: dict[str, Any] = {
            "concurrency": self.walkers,
            **({"collection": {"page_size": self.page}} if self.page else {}),
        }
        return min(database.read([collection], shape=flags, **root).wall for _ in range(rounds))


SHAPES = (
    Shape(name="serial, pages of 64 (the released connector)", page=64, serial=True),
    Shape(name="serial, pages of 1,000", page=1_000, serial=True),
    Shape(name="look-ahead, 64", page=64),
    Shape(name="look-ahead, 1,000", page=1_000),
    Shape(name="look-ahead, growing", page=GROWING),
    Shape(name="ranges, 64", page=64, walkers=4),
    Shape(name="ranges, 1,000", page=1_000, walkers=4),
    Shape(name="ranges, growing (as it is)", page=GROWING, walkers=4),
)


def refresh(*, quick: bool) -> Table:
    """Documents a second for each shape and latency, against the serial walker at that latency."""
    documents, rounds = (4_000, 1) if quick else (20_000, 2)
    with stand_in(documents) as server:
        columns = []
        for latency in LATENCIES_MS:
            server.wait_before_answers(latency)
            columns.append([shape.seconds(server.database, COLLECTION, rounds=rounds) for shape in SHAPES])
    return Table(
        title="Full refresh",
        about=(
            f"{server.database.documents:,} documents through local_fauna, which takes one core; documents a second, "
            "and against the first line. The time of the read alone, without the start of the process."
        ),
        header=["", *(f"{latency} ms" for latency in LATENCIES_MS)],
        rows=_rows(columns, server.database.documents),
        wanted="with 50 ms, the last line at least 5 times the first.",
    )


def real(*, quick: bool) -> Table | None:
    """The same against the database at FAUNA_URL with FAUNA_SECRET; None without them. Its collection is removed."""
    url, secret = os.environ.get("FAUNA_URL"), os.environ.get("FAUNA_SECRET")
    if not url or not secret:
        return None
    documents, rounds = (4_000, 1) if quick else (50_000, 2)
    database = Database(url=url, secret=secret, documents=len(bursts(documents)))
    collection = f"benchmark_{uuid4().hex}"
    try:
        for query in creations(collection, bursts(documents)):
            database.query(query)
        column = [shape.seconds(database, collection, rounds=rounds) for shape in SHAPES]
    finally:
        database.query({"delete": {"collection": collection}})
    return Table(
        title="Full refresh of a real database",
        about=f"{database.documents:,} documents; documents a second, and against the first line.",
        header=["", "documents a second"],
        rows=_rows([column], database.documents),
        wanted="the last line at least 8 times the first.",
    )


def _rows(columns: Sequence[Sequence[float]], documents: int) -> list[list[str]]:
    return [
        [
            shape.name,
            *(f"{documents / column[number]:,.0f} ({times(column[0] / column[number])})" for column in columns),
        ]
        for number, shape in enumerate(SHAPES)
    ]
