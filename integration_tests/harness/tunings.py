"""The connector's measures for tests: waits that take no time, and pages of a fixed size."""

from __future__ import annotations

import time
from dataclasses import replace

from source_fauna.tuning import Tuning


class Time:
    """A clock that sleeping moves at once, so that budgets and back-offs are what they are without the wait."""

    def __init__(self) -> None:
        self._slept = 0.0

    def clock(self) -> float:
        """Seconds."""
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._slept += seconds


TIME = Time()
"""The time of every connector in these tests."""

FAST = Tuning(clock=TIME.clock, sleep=TIME.sleep, random=lambda: 1.0)
"""The connector as it is, but for the time that its waits take."""

PAGES_OF_TWO = replace(FAST, page_most_documents=2)
"""At most two documents a page, however fast the database is."""

PAGES_OF_ONE = replace(FAST, page_most_documents=1, event_page_size=1, page_target_bytes=1)
"""One document a page, and one event."""
