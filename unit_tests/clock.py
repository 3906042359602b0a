"""A clock for tests: nothing moves it but they themselves, and what sleeps by it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Clock:
    """Seconds since the test began. A sleep takes its time on this clock alone, and is remembered in `slept`."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
