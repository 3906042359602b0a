"""Where a batch of changes ends when it may hold so many documents: a time before the entry that would be too much.

A document has one entry, at its last change. So at an earlier time there may have been more documents up to then than
there are now, and where a batch was cut is looked at again, at that time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.parts.ahead import ahead
from source_fauna.parts.cuts import QUESTION_IDS
from source_fauna.parts.extents import Entries, Entry

MOST_CUTS = 8
"""How often the end of a batch is moved towards its start."""

Seen = TypeVar("Seen")


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Finds the end of a batch after `start`. `entries` are those up to a time, at a snapshot: its arguments."""

    client: Client
    start: int
    entries: Callable[[int, int], Entries]

    def cut(self, latest: int, most: int, *, least: int) -> int:
        """A time up to which at most `most` documents changed, or a sole transaction of more. It is not below `least`.

        Where documents change all the time, they may be some more.
        """
        end = latest
        for _ in range(MOST_CUTS):
            if end <= least:
                break
            beyond = self._look(end, lambda entries: self._entry(entries, most))
            if beyond is None:
                break
            before = beyond[0] - 1
            if not self._look(before, self._anything):
                return max(least, beyond[0])
            end = max(least, before)
        return end

    def _look(self, end: int, look: Callable[[Entries], Seen]) -> Seen:
        """What is seen of the entries up to a time then; at present, where history does not reach back to it."""
        try:
            return look(self.entries(end, end))
        except FaunaError as error:
            if error.kind is not Kind.HISTORY:
                raise
        return look(self.entries(int(self.client.query(queries.now())), end))

    def _anything(self, entries: Entries) -> bool:
        return bool(self.client.query(questions.something_in(entries.first((self.start + 1, 0)))))

    def _entry(self, entries: Entries, number: int) -> Entry | None:
        """The entry of this number, counted from 0; None if there are not so many."""
        low = (self.start + 1, 0)
        while number:
            size = min(number, QUESTION_IDS)
            answer = ahead(self.client, entries, low, step=size, size=size)
            if answer.following is None:
                return None
            low, number = answer.following, number - answer.count
        return low
