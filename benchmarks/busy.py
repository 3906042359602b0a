"""How busy the walkers of a read are: the requests in flight, compared to the most that were allowed at that time.

While the connector writes records, no walker could make it faster. So a walker without a request counts as idle only
while the connector waits for an answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from source_fauna.database.client import Client, Page, Request
from source_fauna.sync.fetch import Answer, Fetcher, Notice
from source_fauna.sync.pace import Walkers


class Busy:
    """Sums up, over time, walkers allowed and requests in flight, from the first request to the end of the last."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._then: float | None = None
        self._in_flight = 0
        self._waiting = False
        self._allowed = 1
        self._possible = self._used = 0.0
        self._at_last_answer = (0.0, 0.0)
        self.requests = 0

    @property
    def idle(self) -> float:
        """The share of the walkers' time in which they had no request in flight."""
        possible, used = self._at_last_answer
        return 1 - used / possible if possible else 0.0

    def begin(self) -> None:
        """A request goes out."""
        with self._lock:
            self._pass()
            self._in_flight += 1
            self.requests += 1

    def end(self) -> None:
        """An answer is there."""
        with self._lock:
            self._pass()
            self._in_flight -= 1
            self._at_last_answer = (self._possible, self._used)

    def allow(self, walkers: int) -> None:
        """From now on so many walkers may work."""
        with self._lock:
            self._pass()
            self._allowed = walkers

    def wait(self, waiting: bool) -> None:  # noqa: FBT001 - a state, told as it is
        """The connector begins or ends to wait for an answer."""
        with self._lock:
            self._pass()
            self._waiting = waiting

    def _pass(self) -> None:
        now = self._clock()
        if self._then is not None:
            # Requests of a removed walker may still run. They must not count as negative idleness.
            possible = max(self._allowed, self._in_flight)
            self._possible += possible * (now - self._then)
            self._used += (self._in_flight if self._waiting else possible) * (now - self._then)
        self._then = now


def watched_client(busy: Busy) -> type[Client]:
    """The connector's client, which reports every request."""

    class WatchedClient(Client):
        def fetch(self, request: Request, **others: Any) -> Page:
            busy.begin()
            try:
                return super().fetch(request, **others)
            finally:
                busy.end()

    return WatchedClient


def watched_fetcher(busy: Busy) -> type[Fetcher]:
    """The connector's Fetcher, which reports when the emitting thread waits."""

    class WatchedFetcher(Fetcher):
        def take(self) -> Answer | Notice | None:
            busy.wait(True)  # noqa: FBT003
            try:
                return super().take()
            finally:
                busy.wait(False)  # noqa: FBT003

    return WatchedFetcher


def watched_walkers(busy: Busy) -> type[Walkers]:
    """The connector's Walkers, which report how many are allowed."""

    class WatchedWalkers(Walkers):
        def learn(self, *arguments: Any) -> None:
            super().learn(*arguments)
            busy.allow(self.allowed)

    return WatchedWalkers
