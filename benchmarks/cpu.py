"""CPU time of the connector per document on prepared bytes, compared to the floor."""

from __future__ import annotations

import sys

from benchmarks.children import run
from benchmarks.database import prepared
from benchmarks.documents import COLLECTION, WIRE_BYTES
from benchmarks.tables import Table, times

FLOOR_PAGE = 2_000


def cpu(*, quick: bool) -> Table:
    """User and system time of the process, without its start."""
    documents, rounds = (20_000, 3) if quick else (100_000, 7)
    floors, ours, alone = [], [], []
    with prepared(documents) as full, prepared(1) as empty:
        begin = min(_floor(empty.port) for _ in range(rounds))
        for _ in range(rounds):
            floors.append((_floor(full.port) - begin) / documents * 1e6)
            ours.append(full.read([COLLECTION]).cpu / documents * 1e6)
            alone.append(full.read([COLLECTION], concurrency=1).cpu / documents * 1e6)
    floor = min(floors)
    rows = [
        [name, f"{min(costs):.1f}", f"{sorted(costs)[len(costs) // 2]:.1f}", times(min(costs) / floor)]
        for name, costs in (("floor", floors), ("connector, 4 walkers", ours), ("connector, 1 walker", alone))
    ]
    return Table(
        title="CPU a document",
        about=(
            f"{documents:,} documents of {WIRE_BYTES} bytes from a server that answers with prepared bytes, {rounds} "
            "rounds in turn. User and system time of the reading process without its start. The floor reads the same "
            "bytes, parses them with orjson and writes a line by hand, without the CDK."
        ),
        header=["", "least µs", "median µs", "against the floor"],
        rows=rows,
        wanted="at most 25 µs or 2.20x the floor, whichever is larger.",
    )


def _floor(port: int) -> float:
    return run([sys.executable, "-m", "benchmarks.floor", str(port), str(FLOOR_PAGE)]).cpu
