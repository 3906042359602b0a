"""The console command `source-fauna`: signals, a closed output, and the CDK's entry point."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType

from source_fauna.interruption import Interruption

GRACE_SECONDS = 3.0
"""After a signal, how long the state of the last page may take to go out before the process ends without it."""

STDOUT = 1
"""Its file descriptor, whatever stands in the place of sys.stdout."""

RECURSION_LIMIT = 3_000
"""What orjson writes stops at 254 levels; the standard json that takes over then needs one call a level."""

COLLECT_AFTER = (100_000, 50, 100)
"""How many new containers, and how many collections of each younger sort, bring the next collection of garbage."""


def run(args: list[str] | None = None) -> None:
    """Run the connector with the command line's arguments."""
    if sys.stdout is None:
        # It was closed before we began: nobody would take a message.
        sys.exit(1)
    # Messages are UTF-8, whatever the locale says.
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text file, as Python makes it
    interruption = Interruption()
    _end_on_signals(interruption)
    sys.setrecursionlimit(RECURSION_LIMIT)
    # A log line that nobody takes is not worth a traceback; the next message ends the command.
    logging.raiseExceptions = False

    # Importing the CDK takes two seconds, in which a signal must already end the process without a traceback.
    from source_fauna.ending import execute  # noqa: PLC0415
    from source_fauna.source import SourceFauna  # noqa: PLC0415

    _collect_seldom()
    try:
        execute(SourceFauna(interruption=interruption), sys.argv[1:] if args is None else args)
    except OSError as error:
        _end_without_output(error)


def _end_without_output(error: OSError) -> None:
    """End when messages cannot be written: quietly if the platform went away, else with the reason."""
    # What is still buffered has nowhere to go; the CDK leaves its own buffer in the place of both streams.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
    if not isinstance(error, BrokenPipeError) and sys.stderr is not None:
        sys.stderr.write(f"The messages cannot be written: {os.strerror(error.errno or 0)}\n")
    sys.exit(1)


def _collect_seldom() -> None:
    """Spare a read the search for garbage, which took half of its time.

    What the imports made stays for good, and documents hold no cycles: they go as soon as they are written.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _end_on_signals(interruption: Interruption) -> None:
    """Stop on SIGTERM and SIGINT, with what a sync still has to say, but within GRACE_SECONDS in any case."""

    def stop(number: int, _frame: FrameType | None) -> None:
        if not interruption.awaited:
            # No sync is running yet: nothing is lost by ending at once.
            raise SystemExit(128 + number)
        interruption.request(128 + number)

    # Python calls `stop` when the main thread comes back from where it is: a host name that is looked up, a full
    # pipe. The interpreter itself writes the signal's number to the pipe, at once.
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_end_after_signal, args=(reader,), daemon=True, name="signals").start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _end_after_signal(reader: int) -> None:
    number = os.read(reader, 1)[0]
    time.sleep(GRACE_SECONDS)
    os._exit(128 + number)
