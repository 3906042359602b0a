"""Tunings of the connector for tests: waits that take no time, pages of a fixed size, short limits."""

from __future__ import annotations

import threading
from dataclasses import replace

from source_fauna.tuning import Tuning


class Time:
    """A clock that only moves by sleeping. Time limits and back-offs work as usual, but take no time. Thread-safe.

    `slept` are the waits, in order.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 0.0
        self._lock = threading.Lock()

    def clock(self) -> float:
        """Seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        with self._lock:
            self.slept.append(float(seconds))
            self._now += seconds

    def of(self, tuning: Tuning) -> Tuning:
        """The same tuning with this clock."""
        return replace(tuning, clock=self.clock, sleep=self.sleep)


TIME = Time()
"""The time of every connector in these tests that needs none of its own."""

FAST = TIME.of(Tuning(random=lambda: 1.0))
"""The connector's defaults, except that waits take no time."""

PAGES_OF_TWO = replace(FAST, page_most_documents=2)
"""At most two documents a page, however fast the database is."""

PAGES_OF_ONE = replace(FAST, page_most_documents=1, event_page_size=1, page_target_bytes=1)
"""One document a page, and one event."""

HURRIED = Tuning(
    sleep=lambda _: None, connect_seconds=0.2, query_seconds=0.2, answer_margin_seconds=0.1, first_success_seconds=0.3
)
"""Real limits of fractions of a second, for servers that never answer."""
