"""local_fauna with documents, in a process of its own: `python -m benchmarks.stand_in DOCUMENTS`.

It prints its address when it is filled. Each line on standard input is a latency in milliseconds that holds from then
on, and is answered by a line; the end of standard input ends it.
"""

from __future__ import annotations

import sys

from benchmarks.database import SECRET, creations
from benchmarks.documents import COLLECTION, bursts
from local_fauna import LocalFauna


def main() -> None:
    """Serve until standard input is closed."""
    with LocalFauna(secret=SECRET) as fauna:
        for query in creations(COLLECTION, bursts(int(sys.argv[1]))):
            fauna.query(query)
        print(fauna.url, flush=True)
        for line in sys.stdin:
            fauna.latency_seconds = float(line) / 1000
            print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
