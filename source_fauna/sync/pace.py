"""How large a page and how many walkers: pure decisions from what the last pages cost."""

from __future__ import annotations

from collections.abc import Callable

from source_fauna.client import Page
from source_fauna.tuning import Tuning

GROWTH = 4
"""A page grows at most this many times at once: one page is little to judge by."""

GOOD_PAGES_TO_RETRY = 20
"""After so many good pages below a size that was once too much, a larger one is tried again."""

WORTH = 1.1
"""A further walker stays when documents come this many times as fast; a full node gains 5 % from a third."""

PAGES_TO_JUDGE = 2
"""Pages of each walker before its worth is judged."""


CALM_PAGES = 50
"""Pages without a 429 before walkers grow again."""


class PageSize:
    """The number of documents to ask for: grows towards a time and a size of a page, halves when it was too much."""

    def __init__(self, *, start: int, most: int, tuning: Tuning, most_bytes: int) -> None:
        self.current = min(start, most)
        self._most = most
        self._target_seconds = tuning.page_target_seconds
        self._target_bytes = most_bytes
        self._ceiling = most
        self._good_pages = 0

    def learn(self, page: Page, documents: int) -> None:
        """Take one page into account; `documents` is what it held (a last, partial page tells nothing)."""
        if page.shrunk:
            self.current = self._ceiling = page.size
            self._good_pages = 0
            return
        if documents < page.size or page.size < self.current:
            return
        self._good_pages += 1
        if self._good_pages >= GOOD_PAGES_TO_RETRY:
            self._ceiling = min(self._most, self._ceiling * 2)
            self._good_pages = 0
        share = max(page.seconds / self._target_seconds, page.length / self._target_bytes, 1 / GROWTH)
        self.current = max(1, min(int(page.size / share), self._ceiling))


class Walkers:
    """How many walkers a walk may use: grows from one while throughput grows, halves when the server says 429."""

    def __init__(self, *, most: int, clock: Callable[[], float]) -> None:
        self.allowed = 1
        self._most = most
        self._clock = clock
        self._growing = most > 1
        self._rate_before = 0.0
        self._calm_pages_left = 0
        self._restart()

    def _restart(self) -> None:
        self._began = self._clock()
        self._pages = 0
        self._documents = 0

    def learn(self, page: Page, documents: int) -> None:
        """Take one page into account."""
        if page.throttled:
            self.allowed = max(1, self.allowed // 2)
            self._growing = False
            self._calm_pages_left = CALM_PAGES
            return
        if not self._growing:
            self._recover()
            return
        self._pages += 1
        self._documents += documents
        if self._pages < PAGES_TO_JUDGE * self.allowed:
            return
        rate = self._documents / max(self._clock() - self._began, 1e-6)
        if rate < self._rate_before * WORTH:
            self._growing = False
            return
        self._rate_before = rate
        self.allowed += 1
        self._growing = self.allowed < self._most
        self._restart()

    def _recover(self) -> None:
        """Some calm pages after the last 429, grow again from where that left off."""
        if self._calm_pages_left == 0:
            return
        self._calm_pages_left -= 1
        if self._calm_pages_left == 0:
            self._growing = self.allowed < self._most
            self._rate_before = 0.0
            self._restart()
