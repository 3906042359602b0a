"""A wish to stop, from a signal or a test: it wakes every wait of a sync."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Interrupted(Exception):
    """Raised from a wait or a retry when the sync is asked to stop."""


class Interruption:
    """Set once, from any thread or from a signal handler; `exit_code` is then what the process ends with."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._wakers: list[Callable[[], None]] = []
        self.exit_code: int | None = None

    @property
    def requested(self) -> bool:
        """Whether the sync was asked to stop."""
        return self._event.is_set()

    @property
    def awaited(self) -> bool:
        """Whether someone looks for it, so that asking is enough to stop."""
        return bool(self._wakers)

    def request(self, exit_code: int) -> None:
        """Ask the sync to stop, to end with this exit code."""
        self.exit_code = exit_code
        self._event.set()
        for waker in self._wakers:
            waker()

    def wake(self, waker: Callable[[], None]) -> None:
        """Call `waker` when a stop is asked for; it must be safe within a signal handler."""
        self._wakers.append(waker)

    def release(self, waker: Callable[[], None]) -> None:
        """No longer call `waker`."""
        self._wakers.remove(waker)

    def wait(self, seconds: float) -> None:
        """Sleep; raises Interrupted as soon as a stop is asked for."""
        if self._event.wait(seconds):
            raise Interrupted
