"""The lines about a stream's progress in the log: one now and then, and one at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger("airbyte.source_fauna")

_UNITS = (("h", 3_600.0), ("min", 60.0), ("s", 1.0))


class Progress:
    """Counts what one stream has emitted: `documents` and `deletions`.

    `expected` is how many documents the sync will emit, once that is known.
    """

    def __init__(self, *, stream: str, every_seconds: float, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._every_seconds = every_seconds
        self._clock = clock
        self._began = self._told = clock()
        self.documents = 0
        self.deletions = 0
        self.expected: int | None = None

    def tell(self, *, page_size: int, walkers: int) -> None:
        """Log a line, if the last one is long enough ago."""
        now = self._clock()
        if now - self._told < self._every_seconds:
            return
        self._told = now
        logger.info(
            "Stream '%s': %s%s, pages of %d, walkers %d",
            self._stream,
            self._so_far(now),
            self._ahead(now),
            page_size,
            walkers,
        )

    def close(self) -> None:
        """Log what the stream came to."""
        logger.info("Stream '%s' is done: %s", self._stream, self._so_far(self._clock()))

    def _so_far(self, now: float) -> str:
        seconds = now - self._began
        rate = (self.documents + self.deletions) / seconds if seconds > 0 else 0.0
        return f"{self.documents} documents and {self.deletions} deletions in {seconds:.1f} s ({rate:.0f} a second)"

    def _ahead(self, now: float) -> str:
        """How much of what is expected was read, and how long the rest will take at the pace so far."""
        if not self.expected or not self.documents or self.documents > self.expected:
            return ""
        left = (now - self._began) * (self.expected - self.documents) / self.documents
        return f", {100 * self.documents // self.expected} % of {self.expected}, about {_duration(left)} left"


def _duration(seconds: float) -> str:
    """A duration in the largest unit of which it has at least two, or in seconds."""
    name, unit = next((each for each in _UNITS if seconds >= 2 * each[1]), _UNITS[-1])
    return f"{seconds / unit:.0f} {name}"
