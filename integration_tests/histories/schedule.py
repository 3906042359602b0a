"""Actions to run at a later request of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from integration_tests.histories.operations import Expression


class Schedule:
    """Actions that wait for a request of the next runs. `pauses_writers` while nothing may be written.

    The last requests of a killed run come while the next sync is prepared: each action is done once, and whole.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._before_events: list[Callable[[], None]] = []
        self.pauses_writers = False

    def at(self, request: int, action: Callable[[], None]) -> None:
        """Do it before this request of a run, or as soon as a run gets there."""
        self._waiting.append((request, action))

    def before_events(self, action: Callable[[], None]) -> None:
        """Do it before the next request that reads events."""
        self._before_events.append(action)

    def act(self, request: int, expression: Expression) -> None:
        """Do what is due before this request is answered."""
        self._act(request, reads_events=_reads_events(expression))

    def clear(self) -> None:
        """Do what is left at once."""
        self._act(2**62, reads_events=True)

    def _act(self, request: int, *, reads_events: bool) -> None:
        with self._lock:
            due = [action for when, action in self._waiting if when <= request]
            self._waiting = [each for each in self._waiting if each[0] > request]
            if reads_events:
                due += self._before_events
                self._before_events = []
            for action in due:
                action()


def _reads_events(expression: Expression) -> bool:
    """Whether a page of events stands anywhere in the expression."""
    if isinstance(expression, dict):
        return expression.get("events") is True or any(map(_reads_events, expression.values()))
    return isinstance(expression, list) and any(map(_reads_events, expression))
