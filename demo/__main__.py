"""Run all steps; exit code 0 when each did what it says, and nothing left behind but demo.duckdb."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

from demo import fauna, show, steps
from demo.failure import StepFailed
from demo.warehouse import Warehouse

if TYPE_CHECKING:
    from types import FrameType

_DOCUMENTS = 6_000
_WIDTH = 114
_RESULT = Path("demo.duckdb")
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CLOSING = f"""
    Done in {{seconds:.0f}} s. {_RESULT} holds what was read: authors, books and orders as they are in Fauna now, and
    in books_records and orders_records every record that came, those of deletions too. To look into it:
      .venv/bin/python -c "import duckdb; duckdb.connect('{_RESULT}').sql('FROM books').show()"
    Next: README.md.
"""


class _Stopped(BaseException):
    """A signal asked the demo to stop. It derives from BaseException, so that no error handler catches it."""


_came: list[int] = []
"""The signal that asked for the end, if one did."""


def main() -> int:
    """Run the demo; 1 when a step fails, 128 and its number after a signal, 0 when the reader of the output is gone."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="source-fauna-demo-") as folder:
            _run(Path(folder))
        show.lines(_CLOSING.format(seconds=time.monotonic() - began))
    except StepFailed as failure:
        print(f"\nThe demo failed. {failure}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # As after `make demo | head`. The remaining output must still be written somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except BaseException:
        # If a signal interrupts a statement, DuckDB raises an error of its own.
        if not _came:
            raise
        return 128 + _came[0]
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    for each in _ENDING:
        # A second signal must not interrupt the shutdown that the first one started.
        signal.signal(each, _pass_over)
    _came.append(number)
    raise _Stopped


def _pass_over(number: int, frame: FrameType | None) -> None:
    del number, frame


def _run(folder: Path) -> None:
    show.step("0. A sample database", yourself="make local-fauna")
    with fauna.sample(documents=_DOCUMENTS) as sample:
        show.lines(textwrap.fill(sample.said, _WIDTH, break_on_hyphens=False))
        show.lines("make local-fauna, in a terminal of its own, keeps such a one running for the lines below.")
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
