"""The lines about a stream's progress in the log: one now and then, and one at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger("airbyte.source_fauna")


class Progress:
    """Counts what one stream has emitted: `documents` and `deletions`."""

    def __init__(self, *, stream: str, every_seconds: float, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._every_seconds = every_seconds
        self._clock = clock
        self._began = self._told = clock()
        self.documents = 0
        self.deletions = 0

    def tell(self, *, page_size: int, walkers: int) -> None:
        """Log a line, if the last one is long enough ago."""
        now = self._clock()
        if now - self._told < self._every_seconds:
            return
        self._told = now
        logger.info("Stream '%s': %s, pages of %d, walkers %d", self._stream, self._so_far(now), page_size, walkers)

    def close(self) -> None:
        """Log what the stream came to."""
        logger.info("Stream '%s' is done: %s", self._stream, self._so_far(self._clock()))

    def _so_far(self, now: float) -> str:
        seconds = now - self._began
        rate = (self.documents + self.deletions) / seconds if seconds > 0 else 0.0
        return f"{self.documents} documents and {self.deletions} deletions in {seconds:.1f} s ({rate:.0f} a second)"
