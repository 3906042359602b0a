"""Standard output: every message is written whole, or the command ends with an error."""

from __future__ import annotations

import io
import os
import select
import threading

STDOUT = 1
"""The file descriptor of the standard output, whatever sys.stdout is."""


class Output(io.TextIOBase):
    """UTF-8 text on a file descriptor, for use as sys.stdout.

    Python's own stdout loses text if it is unbuffered (PYTHONUNBUFFERED=1 or `python -u`): a write that a signal
    interrupts is short, and the rest is dropped. This class writes on until the system has taken everything.

    After a write has failed, every further write raises the same OSError: what came after half a line would be read as
    part of it. Safe to use from several threads.
    """

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.is_writing = False
        """Whether a write is under way, which a signal handler must not break off."""
        self.bytes_taken = 0
        """How many bytes the reader's side has accepted so far."""
        self._descriptor = descriptor
        self._failure: OSError | None = None
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Write the whole text before returning. Raises OSError if the system refuses it, and from then on."""
        # JSON has the same escapes as Python, so a lone surrogate stays valid JSON.
        data = text.encode(errors="backslashreplace")
        with self._lock:
            if self._failure is not None:
                raise self._failure
            self.is_writing = True
            try:
                self._write_all(memoryview(data))
            except OSError as error:
                self._failure = error
                raise
            finally:
                self.is_writing = False
        return len(text)

    def _write_all(self, data: memoryview) -> None:
        while data:
            try:
                taken = os.write(self._descriptor, data)
            except BlockingIOError:
                # Another process that shares the descriptor has made it non-blocking.
                select.select([], [self._descriptor], [])
                continue
            self.bytes_taken += taken
            data = data[taken:]
