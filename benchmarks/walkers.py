"""How busy the walkers of a walk are, for several distributions of ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.database import Database, prepared, stand_in
from benchmarks.documents import COLLECTION
from benchmarks.tables import Table

LATENCY_MS = 10
NODE = ("--request-ms", "45", "--document-us", "240")
"""What was measured on a real node: one walker gets 1,048 documents a second in pages of 64, 3,900 in 2,000."""


def walkers(*, quick: bool) -> Table:
    """The share of the walkers' time without a request, where the connector waited for one."""
    documents = 15_000 if quick else 50_000
    flags = ("--bursts", "--latency-ms", str(LATENCY_MS))
    rows = []
    for name, server in (
        (f"local_fauna, {LATENCY_MS} ms", _stand_in(documents)),
        (f"prepared bytes, {LATENCY_MS} ms", prepared(documents, *flags)),
        (f"prepared bytes at the pace of a node, {LATENCY_MS} ms", prepared(documents, *flags, *NODE)),
    ):
        with server as database:
            best = min((database.read([COLLECTION]) for _ in range(2 if quick else 4)), key=lambda report: report.idle)
            rows.append([name, f"{best.requests}", f"{database.documents / best.wall:,.0f}", f"{best.idle:.0%}"])
    return Table(
        title="Walkers",
        about=(
            f"Ids 1 to 1,000 and {documents:,} of 18 digits in three bursts. Idle is a walker that is allowed, has no "
            "request in flight, and for whose page the connector waits (while it writes, it waits for none)."
        ),
        header=["", "requests", "documents a second", "idle"],
        rows=rows,
        wanted="idle for less than 10 % of the walk, where the database is the slower part: not in the second line.",
    )


@contextmanager
def _stand_in(documents: int) -> Iterator[Database]:
    with stand_in(documents) as server:
        server.wait_before_answers(LATENCY_MS)
        yield server.database
