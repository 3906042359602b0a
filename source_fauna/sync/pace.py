"""How large a page should be, and how many walkers should work: decided from the time and size of the last pages."""

from __future__ import annotations

import math
from collections.abc import Callable

from source_fauna.database.client import Page

GROWTH = 4
"""The next page is at most so many times as large: one page is little to judge by."""

LEAST_SECONDS = 0.2
"""The last documents of a walk are shared out while a share takes at least so long: a request alone costs some 50
milliseconds, in the node or on the way to it."""

GOOD_PAGES_TO_RETRY = 20
"""After so many good pages below a size that was once too much, a larger one is tried again."""

WORTH = 1.1
"""If a further walker makes documents come at least so many times as fast, the next one is tried too."""

KEPT = 0.98
"""If a further walker makes documents come less than so many times as fast, it is taken back. On a fully used node one
walker more gains 5 %, because it works while a page is being written; measurements differ by as much."""

PAGES_TO_JUDGE = 2
"""Pages of each walker before its worth is judged."""

CALM_PAGES = 50
"""Pages before walkers grow again, after one that was not worth it and after a 429."""


class PageSize:
    """The number of documents to ask for: grows towards a time and a size of a page, halves when it was too much."""

    def __init__(self, *, start: int, most: int, target_seconds: float, target_bytes: int) -> None:
        self.current = min(start, most)
        self._most = most
        self._target_seconds = target_seconds
        self._target_bytes = target_bytes
        self._ceiling = most
        self._good_pages = 0
        self._documents_a_second = math.inf

    def learn(self, page: Page, documents: int) -> None:
        """Take one page into account; `documents` is what it held (a last, partial page tells nothing)."""
        if page.shrunk:
            self.current = self._ceiling = page.size
            self._good_pages = 0
            return
        if documents < page.size or page.size < self.current:
            return
        self._documents_a_second = page.size / max(page.seconds, 1e-6)
        self._good_pages += 1
        if self._good_pages >= GOOD_PAGES_TO_RETRY:
            self._ceiling = min(self._most, self._ceiling * 2)
            self._good_pages = 0
        share = max(page.seconds / self._target_seconds, page.length / self._target_bytes, 1 / GROWTH)
        self.current = max(1, min(int(page.size / share), self._ceiling))

    def share(self, documents: float) -> int:
        """How many documents to ask for when each walker has so many left: a page, or less, so that all end together.

        At least 1: the server answers a page of 0 documents with nothing, as if none were left. With whole pages to the
        end, a node of two cores worked with one of them only for a second.
        """
        return max(1, int(min(self.current, max(documents, self._documents_a_second * LEAST_SECONDS))))


class Walkers:
    """How many walkers a walk may use: grows while throughput grows, halves when the server says 429."""

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
        """Decide by the documents a second with the last walker against those without it."""
        if rate < self._rate_before * KEPT:
            self.allowed = max(1, self.allowed - 1)
        if rate < self._rate_before * WORTH or self.allowed == self._most:
            self._settle()
            return
        self._rate_before = rate
        self.allowed += 1
        self._judge_anew()

    def _settle(self) -> None:
        """Stay, and measure from the beginning after some pages: a database may be busy now and idle later."""
        self._calm_pages_left = CALM_PAGES
        self._rate_before = 0.0

    def _judge_anew(self) -> None:
        self._began = self._clock()
        self._pages = 0
        self._documents = 0
