"""SIGTERM and SIGINT end the command: soon, without a traceback, and with what a sync still has to say."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from source_fauna.interruption import Interruption
from source_fauna.output import Output

GRACE_SECONDS = 3.0
"""The time after a signal in which the state of the last page may go out. Then the process ends without it."""

STALLED_SECONDS = 0.5
"""If nothing happens for so long after a signal, nothing will: the process ends before the grace is over."""

STOPPING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """What happens on SIGTERM and SIGINT. `number` is the first signal that came, None before.

    `end` ends the process by a signal.
    """

    def __init__(
        self,
        *,
        interruption: Interruption,
        output: Output,
        end: Callable[[int], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.number: int | None = None
        self._interruption = interruption
        self._output = output
        self._end = end
        self._clock = clock
        self._sleep = sleep
        self._ends_a_sync = False

    def install(self) -> None:
        """Handle both signals from now on. Call it in the main thread.

        A signal that the parent process has told this one to ignore stays ignored, as for any other command: a shell
        does so to the background jobs of a script, which Ctrl-C is not meant for.
        """
        # Python runs `stop` only when the main thread is back in Python code. It may hang in a host name look-up until
        # then. So a thread watches too: the interpreter itself writes each signal's number to this pipe, at once.
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        threading.Thread(target=self._watch, args=(reader,), daemon=True, name="signals").start()
        for number in STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.stop)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """The signal handler: ask a sync to stop, or end any other command by SystemExit."""
        if self.number is not None:
            return
        self.number = number
        if self._interruption.awaited:
            self._ends_a_sync = True
            self._interruption.request(128 + number)
        elif not self._output.is_writing:
            raise SystemExit(128 + number)
        # An exception in the middle of a write would break a line. The watching thread ends the process then.

    def _watch(self, reader: int) -> None:
        number = os.read(reader, 1)[0]
        self.wait_for_the_end()
        self._end(number)

    def wait_for_the_end(self) -> None:
        """Return when the process may end: all output is written, nobody reads it, or the grace period is over."""
        # The main thread may be too busy yet to have run `stop`.
        is_sync = self._interruption.awaited
        ends = self._clock() + GRACE_SECONDS
        while (left := ends - self._clock()) > 0:
            taken = self._output.bytes_taken
            self._sleep(min(left, STALLED_SECONDS))
            is_stuck = self._output.is_writing and self._output.bytes_taken == taken
            if is_stuck or not (is_sync or self._ends_a_sync):
                return


def end_by_signal(number: int) -> None:
    """End this process as an unhandled signal would. May be called from any thread.

    Tools such as PyAirbyte take an end by SIGTERM for a stop that they asked for, and the exit code 143 for a failure.
    The system does not end process 1 of a container by its own signal; it ends with 128 and the number.
    """
    if os.getpid() != 1:
        # Not signal.signal, which works in the main thread only. Imported here to spare each start the time.
        import ctypes  # noqa: PLC0415

        ctypes.pythonapi.PyOS_setsig(number, int(signal.SIG_DFL))
        os.kill(os.getpid(), number)
    os._exit(128 + number)
