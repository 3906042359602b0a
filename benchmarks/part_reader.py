"""A worker of Spark that reads all documents as one part: `python -m benchmarks.part_reader PORT DOCUMENTS`.

It needs pyarrow, so the Python of `.venv-spark`. It prints the CPU seconds of the read without its start, the rows, and
the most memory that the process had, in MB.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time

from benchmarks.documents import COLLECTION, TIMESTAMP
from source_fauna.config.config import parse_config
from source_fauna.parts.arrow import DATA, REF, TS, TTL
from source_fauna.parts.part import Documents
from source_fauna.records.values import GREATEST_ID
from source_fauna.spark.rows import rows


def main() -> None:
    """Read the part, and tell what it cost."""
    port, count = map(int, sys.argv[1:])
    address = {"domain": "127.0.0.1", "port": port, "scheme": "http", "secret": "benchmark"}
    config = parse_config({**address, "collection": {"name": COLLECTION}})
    part = Documents(collection=COLLECTION, snapshot=TIMESTAMP, low=0, high=GREATEST_ID, count=count)
    # Spark has imported it before it reads.
    importlib.import_module("pyarrow")
    began = time.process_time()
    read = sum(batch.num_rows for batch in rows(config, [REF, TS, DATA, TTL], part))
    cpu = time.process_time() - began
    print(f"{cpu:.3f} {read} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f}")


if __name__ == "__main__":
    main()
