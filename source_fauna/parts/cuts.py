"""Where a collection is cut: a pure planner that gives questions and takes their answers, in any order.

A question asks the server to read a page of ids and to give the count of them, every k-th, and the one that follows.
The ids given are marks: what lies between two of them is a piece of known size. While slots are idle, the widest range
that waits is halved by value, so that several questions are asked at once and clusters of ids are closed in on.
Neighbouring pieces are merged into parts at the end. Whatever the answers are, the parts are disjoint and leave no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.parts.pieces import Piece, Start, merged
from source_fauna.records.values import GREATEST_ID

QUESTION_IDS = LARGEST_PAGE - 1
"""Ids read for one question. The page has one more: the id that follows."""

LEAST_STEP = 199
"""Ids between two marks, at least: an answer of a full page then has 500 of them, some 60 KB."""

PIECES_A_PART = 20
"""A part is so many pieces or more, so that none is much larger than another."""

PART_DOCUMENTS = 100_000
"""How many documents a part holds, unless the number of parts is given."""

FEW_DOCUMENTS = 10_000
FEW_PARTS = 8
"""A collection too small for so many such parts is cut into parts of FEW_DOCUMENTS, up to this many."""


@dataclass(frozen=True, kw_only=True)
class IdPart:
    """The ids from `low` to `high`, both included, of which `count` were there."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """Read up to `size` ids from `low` to `high`, both included, and give a mark after every `step` of them."""

    low: int
    high: int
    step: int
    size: int = QUESTION_IDS


@dataclass(frozen=True, kw_only=True)
class Answer(Generic[Start]):
    """`count` elements were read; `marks` are those with the numbers step, 2 * step, …; `following` was not read.

    A `following` of None tells that there are no more up to the high end of the question.
    """

    count: int
    marks: tuple[Start, ...]
    following: Start | None


@dataclass(kw_only=True, eq=False)
class _Range:
    """Ids nobody has counted yet, from `low` to `high`. `asked` is the question that is being asked about it."""

    low: int
    high: int
    asked: Question | None = None

    @property
    def width(self) -> int:
        return self.high - self.low


class Planner:
    """Cuts the ids of a collection into `parts` parts; None: by how many documents there are.

    `slots` is how many questions may be asked at once.
    """

    def __init__(self, *, parts: int | None, slots: int) -> None:
        self._wanted = parts
        self._slots = slots
        self._ranges = [_Range(low=0, high=GREATEST_ID)]
        self._pieces: list[Piece[int]] = []
        self.count = 0

    @property
    def done(self) -> bool:
        """Whether all ids were counted."""
        return not self._ranges

    def questions(self) -> list[Question]:
        """What to ask now. Empty while all slots are busy, and when all is done."""
        idle = self._slots - sum(each.asked is not None for each in self._ranges)
        found: list[Question] = []
        while len(found) < idle:
            waiting = [each for each in self._ranges if each.asked is None]
            if not waiting:
                break
            while len(waiting) < idle - len(found) and (near := max(waiting, key=lambda each: each.width)).width > 0:
                far = _halved(near)
                self._ranges.append(far)
                waiting.append(far)
            widest = max(waiting, key=lambda each: each.width)
            widest.asked = Question(low=widest.low, high=widest.high, step=self._step())
            found.append(widest.asked)
        return found

    def answer(self, question: Question, answer: Answer[int]) -> None:
        """Take the answer to a question that was asked."""
        target = next(each for each in self._ranges if each.asked is question)
        self._ranges.remove(target)
        self.count += answer.count
        starts = [question.low, *answer.marks]
        full = question.step * len(answer.marks)
        counts = [*[question.step] * len(answer.marks), answer.count - full]
        self._pieces.extend(Piece(start=start, count=count) for start, count in zip(starts, counts, strict=True))
        if answer.following is not None:
            self._ranges.append(_Range(low=answer.following, high=question.high))

    def parts(self) -> list[IdPart]:
        """The parts, in the order of their ids: disjoint, and every id from 0 to the greatest is in one."""
        pieces = sorted(self._pieces, key=lambda each: each.start)
        kept = merged(pieces, self._wanted or usual_parts(self.count))
        ends = [each.start - 1 for each in kept[1:]] + [GREATEST_ID]
        return [IdPart(low=each.start, high=end, count=each.count) for each, end in zip(kept, ends, strict=True)]

    def _step(self) -> int:
        """As fine as the parts need by what is known of their size: what is counted so far is only the least of it."""
        parts = self._wanted or usual_parts(self.count)
        return max(LEAST_STEP, min(QUESTION_IDS // 2, self.count // (parts * PIECES_A_PART)))


def usual_parts(documents: int) -> int:
    """How many parts a collection of so many documents is cut into when nobody says."""
    return max(_share(documents, PART_DOCUMENTS), min(FEW_PARTS, _share(documents, FEW_DOCUMENTS)), 1)


def _share(documents: int, part: int) -> int:
    return -(-documents // part)


def _halved(near: _Range) -> _Range:
    """The upper half, by value, of a range that keeps its lower one."""
    middle = near.low + near.width // 2
    far = _Range(low=middle + 1, high=near.high)
    near.high = middle
    return far
