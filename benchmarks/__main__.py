"""`python -m benchmarks [NAME…] [--quick]`: measure, print, and write benchmarks/results.md when all were measured."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.cpu import cpu
from benchmarks.decoding import decoding
from benchmarks.many import collections
from benchmarks.memory import memory
from benchmarks.refresh import real, refresh
from benchmarks.stages import stages
from benchmarks.startup import startup
from benchmarks.tables import Table, machine
from benchmarks.walkers import walkers

RESULTS = Path(__file__).with_name("results.md")

BENCHMARKS: Mapping[str, Callable[..., Table | None]] = {
    "cpu": cpu,
    "stages": stages,
    "decoding": decoding,
    "memory": memory,
    "startup": startup,
    "refresh": refresh,
    "collections": collections,
    "walkers": walkers,
    "real": real,
}


def main() -> None:
    """Run the benchmarks that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="fewer documents and rounds; results.md is left as it is")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    before = machine()
    print(f"{before}\n", flush=True)
    sections = []
    for name in options.names or BENCHMARKS:
        table = BENCHMARKS[name](quick=options.quick)
        if table is None:
            print(f"{name}: set FAUNA_URL and FAUNA_SECRET to measure a real database.\n", flush=True)
            continue
        sections.append(table.markdown())
        print(sections[-1], flush=True)
    if not options.names and not options.quick:
        head = "# Benchmarks\n\nWritten by `make benchmark`. Ratios within a table were measured side by side.\n"
        RESULTS.write_text("\n".join([head, f"{before}.\n", *sections]), encoding="utf-8")


if __name__ == "__main__":
    main()
