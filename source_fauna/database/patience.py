"""How long requests may fail before their error is raised: one budget for the whole database.

While other requests succeed, a failing request has the budget for itself. While none succeeds, all requests share it:
a request that begins after an outage of half an hour is tried once, and not for another half hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

QUIET_SECONDS = 300.0
"""An outage is over after this many seconds without a failure. It is longer than the longest wait plus the longest
answer, so each request that still fails reports a failure within this time."""


class Patience:
    """The budget in seconds: `first_seconds` until the database has answered once, then `outage_seconds`.

    Safe to use from several threads.
    """

    def __init__(self, *, first_seconds: float, outage_seconds: float, clock: Callable[[], float]) -> None:
        self._first_seconds = first_seconds
        self._outage_seconds = outage_seconds
        self._clock = clock
        self._has_answered = False
        self._failing: _Failing | None = None
        self._lock = threading.Lock()

    def left(self, started: float) -> float:
        """How many more seconds a request with this start time may fail. Negative if it has failed for too long."""
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

    def heard(self) -> None:
        """Something has answered what is too long to tell whether it is the database. The outage is over, if any."""
        with self._lock:
            self._failing = None

    def failed(self) -> None:
        """A request failed for a temporary reason."""
        with self._lock:
            now = self._clock()
            failing = self._failing_at(now)
            self._failing = _Failing(since=failing.since if failing else now, last=now)

    def _failing_at(self, now: float) -> _Failing | None:
        """The current outage, or None if there is none or it is over."""
        return self._failing if self._failing and now - self._failing.last <= QUIET_SECONDS else None


@dataclass(frozen=True, kw_only=True)
class _Failing:
    since: float
    last: float
