"""A clock for tests. Only the test moves it, and code that sleeps with it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Clock:
    """Seconds since the test began. A sleep only moves this clock, and is recorded in `slept`."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
