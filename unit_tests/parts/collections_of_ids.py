"""Ids of a collection too large to be held: runs of them, each from a first id on in even steps."""

from __future__ import annotations

import bisect
import itertools
import random
from dataclasses import dataclass

from source_fauna.parts.cuts import Answer, Question


@dataclass(frozen=True)
class Run:
    """`count` ids, `step` apart, from `first` on."""

    first: int
    step: int
    count: int

    @property
    def last(self) -> int:
        return self.first + self.step * (self.count - 1)


class Ids:
    """Ids by runs that do not overlap."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = sorted((each for each in runs if each.count), key=lambda each: each.first)
        self._before = [0, *itertools.accumulate(each.count for each in self._runs)]
        self._lasts = [each.last for each in self._runs]

    @property
    def count(self) -> int:
        return self._before[-1]

    def rank(self, document_id: int) -> int:
        """How many ids are smaller."""
        number = bisect.bisect_left(self._lasts, document_id)
        if number == len(self._runs):
            return self.count
        run = self._runs[number]
        return self._before[number] + max(0, -(-(document_id - run.first) // run.step))

    def at(self, rank: int) -> int:
        """The id of this rank."""
        number = bisect.bisect_right(self._before, rank) - 1
        return self._runs[number].first + self._runs[number].step * (rank - self._before[number])

    def answer(self, question: Question) -> Answer[int]:
        """What the server would answer."""
        low, high = self.rank(question.low), self.rank(question.high + 1)
        end = min(low + question.size, high)
        marks = tuple(self.at(each) for each in range(low + question.step, end, question.step))
        return Answer(count=end - low, marks=marks, following=self.at(end) if end < high else None)


FIRST_ID = 345_112_704_901_382_144


def shapes(count: int) -> dict[str, Ids]:
    """Collections of so many documents, whose ids cluster in every way that was seen."""
    chance = random.Random(5)
    tenth = count // 10
    return {
        "even": Ids([Run(FIRST_ID, 1_000_000_000_000_000 // count, count)]),
        "by hand": Ids([Run(1, 1, count)]),
        "both": Ids([Run(1, 1, tenth), Run(FIRST_ID, 4_194_304, count - tenth)]),
        "bursts": Ids([Run(FIRST_ID + each * 10**13 * 3, chance.randrange(1, 1_000), tenth) for each in range(10)]),
        "spread": Ids([Run(7, (2**63 - 8) // count, count)]),
        "one far": Ids([Run(1, 1, count - 1), Run(2**63 - 1, 1, 1)]),
    }
