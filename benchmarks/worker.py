"""CPU time of a worker of Spark per document on prepared bytes, compared to the connector, in pairs."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median

from benchmarks.database import prepared
from benchmarks.documents import COLLECTION, WIRE_BYTES
from benchmarks.tables import Table, times

PYTHON = Path(__file__).parents[1] / ".venv-spark" / "bin" / "python"


def worker(*, quick: bool) -> Table | None:
    """User and system time of both, without their start; None where there is no Spark, and so no Arrow."""
    if not PYTHON.exists():
        return None
    documents, rounds = (20_000, 3) if quick else (100_000, 7)
    connector, ours, peaks = [], [], []
    with prepared(documents) as full:
        for _ in range(rounds):
            connector.append(full.read([COLLECTION]).cpu / documents * 1e6)
            command = [str(PYTHON), "-m", "benchmarks.part_reader", str(full.port), str(documents)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            seconds, _, megabytes = told.split()
            ours.append(float(seconds) / documents * 1e6)
            peaks.append(float(megabytes))
    ratio = median(one / other for one, other in zip(ours, connector, strict=True))
    return Table(
        title="CPU a document in a worker of Spark",
        about=(
            f"{documents:,} documents of {WIRE_BYTES} bytes from a server that answers with prepared bytes, {rounds} "
            "pairs in turn. The worker reads them as one part, and makes Arrow batches of ref, ts, data and ttl. User "
            "and system time of each process without its start."
        ),
        header=["", "least µs", "median µs", "median of the pairs", "peak MB"],
        rows=[
            ["connector", f"{min(connector):.1f}", f"{median(connector):.1f}", "", ""],
            ["worker", f"{min(ours):.1f}", f"{median(ours):.1f}", times(ratio), f"{max(peaks):.0f}"],
        ],
        wanted="at most 1.40x the connector.",
    )
