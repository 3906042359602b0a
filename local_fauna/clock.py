"""The one transaction clock: strictly rising microseconds, movable by tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECOND = 1_000_000


def wall_micros() -> int:
    """Microseconds since 1970 UTC by this machine's clock."""
    return time.time_ns() // 1000


class Clock:
    """Hands out snapshots and commit times; each is greater than every one before it.

    Tests move it with `advance`, `rewind` and `lag`. It is not thread-safe: the engine's lock guards it.
    """

    def __init__(self, *, wall: Callable[[], int] = wall_micros) -> None:
        self._wall = wall
        self._offset = 0
        self._last = 0
        self._lag = 0

    def now(self) -> int:
        """The snapshot of a new query, in microseconds: later than every commit, unless the clock lags."""
        self._last = max(self._wall() + self._offset, self._last + 1)
        return self._last - self._lag

    def commit(self) -> int:
        """The time of a new transaction, in microseconds."""
        self._last = max(self._wall() + self._offset, self._last + 1)
        return self._last

    def advance(self, *, seconds: float) -> None:
        """Move the clock forward, to let a ttl pass or history fall below the minimum valid time."""
        self._offset += round(seconds * _SECOND)

    def rewind(self, *, seconds: float) -> None:
        """Set the clock back before times it has already given, as when a database is restored from an older copy."""
        moved = round(seconds * _SECOND)
        self._offset -= moved
        self._last -= moved

    def lag(self, *, seconds: float) -> None:
        """Let snapshots be this much older than the commits, like those of a node that lags. 0 ends it."""
        self._lag = round(seconds * _SECOND)

    def raise_to(self, micros: int) -> None:
        """Make every later time at least this, as a node does when a client sends a later transaction time."""
        self._last = max(self._last, micros - 1)
