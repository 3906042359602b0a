"""The console command `source-fauna`: signals, a closed output, and the CDK's entry point."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from source_fauna.interruption import Interruption

GRACE_SECONDS = 4.0
"""After a signal, how long the state of the last page may take to go out before the process ends without it."""


def run(args: list[str] | None = None) -> None:
    """Run the connector with the command line's arguments."""
    interruption = Interruption()

    def stop(number: int, _frame: FrameType | None) -> None:
        exit_code = 128 + number
        if not interruption.awaited:
            # No sync is running yet: nothing is lost by ending at once.
            raise SystemExit(exit_code)
        watchdog = threading.Timer(GRACE_SECONDS, os._exit, [exit_code])
        watchdog.daemon = True
        watchdog.start()
        interruption.request(exit_code)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    # Importing the CDK takes two seconds, in which a signal must already end the process without a traceback.
    from airbyte_cdk.entrypoint import launch  # noqa: PLC0415

    from source_fauna.source import SourceFauna  # noqa: PLC0415

    try:
        launch(SourceFauna(interruption=interruption), sys.argv[1:] if args is None else args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The platform went away; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
