"""A request to stop a sync, made by a signal or a test. It ends every wait of the sync."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Interrupted(Exception):
    """The sync was asked to stop during a wait or between two attempts."""


class Interruption:
    """A request to stop, from any thread or a signal handler. The process then ends with `exit_code`."""

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
        """Whether a sync is running that will notice a request by itself."""
        return bool(self._wakers)

    def request(self, exit_code: int) -> None:
        """Ask the sync to stop and to end with this exit code."""
        self.exit_code = exit_code
        self._event.set()
        for waker in self._wakers:
            waker()

    def wake(self, waker: Callable[[], None]) -> None:
        """Call `waker` when a stop is requested. It runs in the signal handler, so it must be safe there."""
        self._wakers.append(waker)

    def release(self, waker: Callable[[], None]) -> None:
        """Do not call `waker` any more."""
        self._wakers.remove(waker)

    def check(self) -> None:
        """Raises Interrupted if a stop was requested."""
        if self.requested:
            raise Interrupted

    def wait(self, seconds: float) -> None:
        """Sleep for so many seconds. Raises Interrupted as soon as a stop is requested."""
        if self._event.wait(seconds):
            raise Interrupted
