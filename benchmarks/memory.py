"""Peak memory of a read, which must not grow with the collection."""

from __future__ import annotations

import sys

from benchmarks.children import run
from benchmarks.database import prepared
from benchmarks.documents import COLLECTION
from benchmarks.tables import Table, times

TELL = "import sys; from benchmarks.report import peak; sys.stderr.write(str(peak()))"


def memory(*, quick: bool) -> Table:
    """Peak resident memory of the process, of the whole and of what it begins with."""
    sizes = (10_000, 50_000) if quick else (10_000, 100_000, 1_000_000)
    rows = []
    for name, code in (("Python", ""), ("the CDK's entry point", "import airbyte_cdk.entrypoint")):
        said = run([sys.executable, "-c", f"{code}\n{TELL}"]).said
        rows.append([f"{name} alone", f"{float(said):.0f}", ""])
    before = 0.0
    for documents in sizes:
        with prepared(documents) as database:
            peak = max(database.read([COLLECTION]).peak for _ in range(1 if documents > 100_000 else 3))
        rows.append([f"{documents:,} documents", f"{peak:.0f}", times(peak / before) if before else ""])
        before = peak
    return Table(
        title="Memory",
        about="Peak resident memory, from a server that answers with prepared bytes at once; the most of three reads.",
        header=["", "MB", "against the line before"],
        rows=rows,
        wanted="1 million within 10 % of 100 thousand, and below 150 MB.",
    )
