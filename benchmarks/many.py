"""Many collections: the round trips of many small collections must overlap."""

from __future__ import annotations

from benchmarks.database import prepared
from benchmarks.documents import collection_names
from benchmarks.tables import Table, times

LATENCY_MS = 10


def collections(*, quick: bool) -> Table:
    """The same documents in one, in some and in many collections."""
    documents = 10_000 if quick else 40_000
    rows = []
    for count in (1, 20, 200):
        with prepared(documents // count, "--latency-ms", str(LATENCY_MS), collections=count) as database:
            one = database.read(collection_names(count), concurrency=1)
            four = database.read(collection_names(count))
        rows.append(
            [f"{count}", f"{four.requests}", f"{one.wall:.2f}", f"{four.wall:.2f}", times(one.wall / four.wall)]
        )
    return Table(
        title="Collections",
        about=f"{documents:,} documents in all, {LATENCY_MS} ms of latency, answers of prepared bytes.",
        header=["collections", "requests", "s, 1 at once", "s, 4 at once", "gain"],
        rows=rows,
    )
