"""Run all steps; exit code 0 when each did what it says, and nothing left behind but demo.duckdb."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from demo import fauna, show, steps
from demo.failure import StepFailed
from demo.warehouse import Warehouse

_DOCUMENTS = 6_000
_RESULT = Path("demo.duckdb")


def main() -> int:
    """Run the demo; 1 when a step fails."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="source-fauna-demo-") as folder:
            _run(Path(folder))
    except StepFailed as failure:
        print(f"\nThe demo failed. {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"Done in {time.monotonic() - began:.0f} s. Everything read is in {_RESULT}; next: README.md.")
    return 0


def _run(folder: Path) -> None:
    show.step(
        "0. A sample database",
        yourself="not needed; make local-fauna keeps this one running to try things on",
    )
    with fauna.sample(documents=_DOCUMENTS) as sample:
        show.lines(sample.said)
        steps.spec()
        destination = Warehouse(_RESULT)
        try:
            demo = steps.Demo.prepared(sample, folder=folder, destination=destination)
            steps.check(demo)
            streams = steps.discover(demo)
            steps.full_refresh(demo, streams)
            first = steps.first_incremental(demo, streams)
            steps.second_incremental(demo, streams, first)
        finally:
            destination.close()


if __name__ == "__main__":
    sys.exit(main())
