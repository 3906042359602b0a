"""How long requests may fail before their error counts: one budget for a database that does not answer.

A request that fails while others succeed has the budget for itself. When nothing succeeds, all have it in common:
what begins after half an hour of outage is tried once, and not for another half hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Patience:
    """Seconds of `clock`: `first` for a database that has never answered, `outage` for one that has. Thread-safe."""

    def __init__(self, *, first: float, outage: float, clock: Callable[[], float]) -> None:
        self._first = first
        self._outage = outage
        self._clock = clock
        self._has_answered = False
        self._failing_since: float | None = None
        self._lock = threading.Lock()

    def left(self, started: float) -> float:
        """How long a request that was started then may still fail; below 0 when it has failed too long."""
        with self._lock:
            since = started if self._failing_since is None else min(started, self._failing_since)
            return (self._outage if self._has_answered else self._first) - (self._clock() - since)

    def answered(self) -> None:
        """The database has answered a request."""
        with self._lock:
            self._has_answered = True
            self._failing_since = None

    def failed(self) -> None:
        """A request failed in a way that may pass."""
        with self._lock:
            if self._failing_since is None:
                self._failing_since = self._clock()
