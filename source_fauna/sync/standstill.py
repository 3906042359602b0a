"""No stream may ask without end: the guard beside all rules of the sync.

Each rule makes sure that its own requests end. If a rule failed to, the stream would send the same requests for ever,
hundreds a second, without any message.
"""

from __future__ import annotations

from source_fauna.errors.errors import SystemFailure

MOST_ANSWERS = 200
"""Answers in a row without a record, a new position or a wait. The rules need some ten at most: a page, its
confirmation, the id to cut a range at, and a few more while an event page grows until it holds a whole transaction."""


class Standstill:
    """Counts the answers since a stream last got on."""

    def __init__(self, *, stream: str) -> None:
        self._stream = stream
        self._answers = 0
        self._position = "its beginning"
        self._seen: set[str] = set()

    def end(self) -> None:
        """The stream has got on: a record, or a wait."""
        self._answers = 0
        self._seen.clear()

    def reach(self, position: str) -> None:
        """The stream stands at this position now. It has got on if it was never there before."""
        self._position = position
        if position not in self._seen:
            self._seen.add(position)
            self._answers = 0

    def count_answer(self) -> None:
        """An answer came. Raises a system error when there were too many that brought the stream no further."""
        self._answers += 1
        if self._answers > MOST_ANSWERS:
            raise SystemFailure(
                f"Stream '{self._stream}' stands still: {MOST_ANSWERS} answers of the database in a row have brought "
                f"it no further than {self._position}, so it would never end. This is a fault of the connector: please "
                "report it with its log."
            )
