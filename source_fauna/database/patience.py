"""How long requests may fail before their error counts: one budget for a database that does not answer.

A request that fails while others succeed has the budget for itself. When nothing succeeds, all have it in common:
what begins after half an hour of outage is tried once, and not for another half hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

QUIET_SECONDS = 300.0
"""More than the longest wait and the longest answer together: whoever still asks has told of the outage since."""


class Patience:
    """The budget, by `clock`: `first_seconds` for a database that has never answered, else `outage_seconds`.

    Thread-safe.
    """

    def __init__(self, *, first_seconds: float, outage_seconds: float, clock: Callable[[], float]) -> None:
        self._first_seconds = first_seconds
        self._outage_seconds = outage_seconds
        self._clock = clock
        self._has_answered = False
        self._failing: _Failing | None = None
        self._lock = threading.Lock()

    def left(self, started: float) -> float:
        """How long a request that was started then may still fail; below 0 when it has failed too long."""
        with self._lock:
            failing = self._failing_at(self._clock())
            since = min(started, failing.since) if failing else started
            budget = self._outage_seconds if self._has_answered else self._first_seconds
            return budget - (self._clock() - since)

    def answered(self) -> None:
        """The database has answered a request."""
        with self._lock:
            self._has_answered = True
            self._failing = None

    def failed(self) -> None:
        """A request failed in a way that may pass."""
        with self._lock:
            now = self._clock()
            failing = self._failing_at(now)
            self._failing = _Failing(since=failing.since if failing else now, last=now)

    def _failing_at(self, now: float) -> _Failing | None:
        """The outage that is going on; one of which nothing was heard for long is over."""
        return self._failing if self._failing and now - self._failing.last <= QUIET_SECONDS else None


@dataclass(frozen=True, kw_only=True)
class _Failing:
    since: float
    last: float
