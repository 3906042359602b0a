"""The console command `source-fauna`: its output, its signals, and the CDK's entry point."""

from __future__ import annotations

import logging
import os
import sys

from source_fauna.garbage import collect_seldom
from source_fauna.interruption import Interruption
from source_fauna.output import STDOUT, Output
from source_fauna.signals import Signals, end_by_signal

RECURSION_LIMIT = 3_000
"""orjson writes up to 254 levels. The standard json module writes deeper values, and needs one call a level."""


def run(args: list[str] | None = None) -> None:
    """Run the connector with the arguments of the command line."""
    if sys.stdout is None:
        # The output was closed before the process began, so nobody would receive a message.
        sys.exit(1)
    output = Output(STDOUT)
    sys.stdout = sys.__stdout__ = output  # type: ignore[assignment,misc]  # the CDK writes to both
    interruption = Interruption()
    signals = Signals(interruption=interruption, output=output, end=end_by_signal)
    signals.install()
    sys.setrecursionlimit(RECURSION_LIMIT)
    # A log line that cannot be written needs no traceback: the next message ends the command.
    logging.raiseExceptions = False
    try:
        _execute(interruption, sys.argv[1:] if args is None else args)
    except OSError as error:
        _end_without_output(error)
    finally:
        if signals.number is not None:
            end_by_signal(signals.number)


def _execute(interruption: Interruption, args: list[str]) -> None:
    # Importing the CDK takes two seconds. A signal in that time must already end the process without a traceback.
    from source_fauna.ending import execute  # noqa: PLC0415
    from source_fauna.source import SourceFauna  # noqa: PLC0415

    collect_seldom()
    execute(SourceFauna(interruption=interruption), args)


def _end_without_output(error: OSError) -> None:
    """End when messages cannot be written: quietly if the reader went away, else with the reason."""
    # The CDK leaves its own buffer in place of both streams, and Python would flush it at exit.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if not isinstance(error, BrokenPipeError) and sys.stderr is not None:
        sys.stderr.write(f"The messages cannot be written: {os.strerror(error.errno or 0)}\n")
    sys.exit(1)
