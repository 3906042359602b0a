"""How many walkers should work: decided from the time and size of the last pages."""

from __future__ import annotations

from collections.abc import Callable

from source_fauna.database.client import Page

WORTH = 1.1
"""If a further walker makes documents come at least so many times as fast, the next one is tried too."""

KEPT = 0.98
"""If a further walker makes documents come less than so many times as fast, it is taken back. On a fully used node one
walker more gains 5 %, because it works while a page is being written; measurements differ by as much."""

PAGES_TO_JUDGE = 2
"""The number of pages for each walker before the throughput is judged."""

CALM_PAGES = 50
"""The number of pages before another walker is tried, after one that did not pay and after a 429."""


class Walkers:
    """How many walkers a walk may use. It grows while the throughput grows, and halves after a 429 from the server."""

    def __init__(self, *, first: int, most: int, clock: Callable[[], float]) -> None:
        self.allowed = min(first, most)
        self._most = most
        self._clock = clock
        self._calm_pages_left = 0
        self._rate_before = 0.0
        self._judge_anew()

    def learn(self, page: Page, documents: int) -> None:
        """Take one page into account."""
        if page.throttled:
            self.allowed = max(1, self.allowed // 2)
            self._settle()
        elif self._calm_pages_left > 0:
            self._calm_pages_left -= 1
            if self._calm_pages_left == 0:
                self._judge_anew()
        else:
            self._pages += 1
            self._documents += documents
            if self._pages >= PAGES_TO_JUDGE * self.allowed:
                self._judge(self._documents / max(self._clock() - self._began, 1e-6))

    def _judge(self, rate: float) -> None:
        """Compare the throughput (documents a second) with the last walker to that without it, and decide."""
        if rate < self._rate_before * KEPT:
            self.allowed = max(1, self.allowed - 1)
        if rate < self._rate_before * WORTH or self.allowed == self._most:
            self._settle()
            return
        self._rate_before = rate
        self.allowed += 1
        self._judge_anew()

    def _settle(self) -> None:
        """Keep the number for some pages, and then measure again: a database may be busy now and idle later."""
        self._calm_pages_left = CALM_PAGES
        self._rate_before = 0.0

    def _judge_anew(self) -> None:
        self._began = self._clock()
        self._pages = 0
        self._documents = 0
