"""When a run is killed: a rule sees each message and says whether it is the last that the destination gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KillRule = Callable[[dict[str, Any]], bool]


def never(_: dict[str, Any]) -> bool:
    """Let it run to its end."""
    return False


def at_message(number: int) -> KillRule:
    """At the message of this number, the first being 1."""
    return _Count(number, lambda _: True)


def at_record(number: int) -> KillRule:
    """At the record of this number."""
    return _Count(number, lambda message: message["type"] == "RECORD")


def at_state(number: int) -> KillRule:
    """At the state of this number."""
    return _Count(number, lambda message: message["type"] == "STATE")


class _Count:
    def __init__(self, number: int, counts: KillRule) -> None:
        self._left = number
        self._counts = counts

    def __call__(self, message: dict[str, Any]) -> bool:
        self._left -= self._counts(message)
        return self._left <= 0
