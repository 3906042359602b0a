"""Lines in the log during a check or discover that takes long, so that it does not look as if it hung."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger("airbyte.source_fauna")


class Progress:
    """Logs what is being done, at most once in `every_seconds`. `clock` gives seconds of any origin."""

    def __init__(self, *, every_seconds: float, clock: Callable[[], float]) -> None:
        self._every_seconds = every_seconds
        self._clock = clock
        self._told = clock()

    def tell(self, doing: str, done: int, total: int | None = None) -> None:
        """Log a line, if the last one is long enough ago. `doing` is a clause such as "Reading definitions"."""
        now = self._clock()
        if now - self._told < self._every_seconds:
            return
        self._told = now
        if total is None:
            logger.info("%s: %d so far.", doing, done)
        else:
            logger.info("%s: %d of %d.", doing, done, total)
