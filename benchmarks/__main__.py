"""`python -m benchmarks [NAME…] [--quick]`: measure, print, and write the tables to benchmarks/results.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from benchmarks.columns import columns
from benchmarks.cpu import cpu
from benchmarks.decoding import decoding
from benchmarks.many import collections
from benchmarks.memory import memory
from benchmarks.refresh import real, refresh
from benchmarks.results import record
from benchmarks.stages import stages
from benchmarks.startup import startup
from benchmarks.tables import Table, machine
from benchmarks.walkers import walkers
from benchmarks.worker import worker

BENCHMARKS: Mapping[str, Callable[..., Table | None]] = {
    "cpu": cpu,
    "spark": worker,
    "columns": columns,
    "stages": stages,
    "decoding": decoding,
    "memory": memory,
    "startup": startup,
    "refresh": refresh,
    "collections": collections,
    "walkers": walkers,
    "real": real,
}

NEEDS: Mapping[str, str] = {
    "spark": "make test-spark first, which makes the environment with Arrow",
    "real": "set FAUNA_URL and FAUNA_SECRET to measure a real database",
}
"""What a benchmark needs that gives no table."""


def main() -> None:
    """Run the benchmarks that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="fewer documents and rounds; results.md is left as it is")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    for name in options.names or BENCHMARKS:
        before = machine()
        table = BENCHMARKS[name](quick=options.quick)
        if table is None:
            print(f"{name}: {NEEDS[name]}.\n", flush=True)
            continue
        section = f"{table.markdown()}\nMachine: {before}.\n"
        print(section, flush=True)
        if not options.quick:
            record(table.title, section)


if __name__ == "__main__":
    main()
