"""The ranges of ids that are left of a walk: who reads which, how many documents are left, and where to cut. Pure.

When a walker has nothing to do, the range with the most unread documents is cut in two. The server finds the place by
reading ids only: some pages ahead of the walker, or the middle of the rest once its length is known. So every walker
gets the same number of documents, however the ids cluster. Cutting at the middle of the ids themselves would first have
to search for where the ids are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.state.state import IdRange, in_order

CUT_MOST_IDS = LARGEST_PAGE - 1
"""The page that finds a cut has one id more: the one to cut at."""


@dataclass(kw_only=True, eq=False)
class Range:
    """Ids from `low` to `high` that are left, both included. A `high` of None is open.

    count         how many documents are left, where that is known
    emitted       how many documents were handed out
    asked         the size of the page that is being read, or 0
    is_being_cut  the server was asked where to cut
    is_cuttable   False after the server failed to find a place: one walker reads the range alone
    seems_empty   the last page was empty, which still has to be confirmed
    """

    low: int
    high: int | None = None
    count: int | None = None
    emitted: int = 0
    asked: int = 0
    is_being_cut: bool = False
    is_cuttable: bool = True
    seems_empty: bool = False

    @property
    def unasked(self) -> float:
        """How many documents nobody has asked for yet; infinite when unknown."""
        return math.inf if self.count is None else self.count - self.asked

    def ids_to_cut(self, chunk: int) -> int:
        """How many ids lie before the cut: a chunk, or half of the documents not yet requested. At least 1."""
        if self.count is None:
            return min(CUT_MOST_IDS, chunk)
        return max(1, min(CUT_MOST_IDS, self.asked + (self.count - self.asked + 1) // 2))

    def learn_count(self, count: int) -> None:
        """So many documents are left."""
        self.count = max(0, count)

    def cut(self, border: int, near: int) -> Range | None:
        """End before the border, with `near` documents, and return the range that begins there.

        None if the border lies outside: the walker has passed it meanwhile.
        """
        if border <= self.low or (self.high is not None and border > self.high):
            return None
        near = max(0, near)
        far = Range(low=border, high=self.high, count=None if self.count is None else max(0, self.count - near))
        self.high, self.count = border - 1, near
        return far

    def take(self, documents: list[dict[str, Any]], after: int | None) -> list[dict[str, Any]]:
        """The documents of a page that lie within the range. They count as handed out; the range begins at `after`.

        The page may have been asked for before the range was cut.
        """
        if self.high is not None and documents and document_id(documents[-1]["ref"]) > self.high:
            documents = [each for each in documents if document_id(each["ref"]) <= self.high]
        self.emitted += len(documents)
        if self.count is not None:
            self.count = max(0, self.count - len(documents))
        if after is not None:
            self.low = after
        return documents

    def ends_before(self, document_id: int | None) -> bool:
        """Whether a page that continues at this id, or at none, was the last one."""
        return document_id is None or (self.high is not None and document_id > self.high)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The question where to cut a range: `ids` ahead of where it began when `emitted` documents were handed out."""

    target: Range
    ids: int
    emitted: int


class Ranges:
    """All ranges of a walk."""

    def __init__(self, ranges: Iterable[IdRange]) -> None:
        self._ranges = [Range(low=each.low, high=each.high) for each in ranges]

    @property
    def left(self) -> tuple[IdRange, ...]:
        """What was not handed out yet; empty when the walk is done."""
        return in_order(IdRange(low=each.low, high=each.high) for each in self._ranges)

    @property
    def count(self) -> int | None:
        """How many documents are left; None until the end of the last range is known."""
        counts = [each.count for each in self._ranges]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def unasked(self) -> float:
        """How many documents nobody has asked for yet; infinite when unknown."""
        return sum(each.unasked for each in self._ranges)

    @property
    def seem_empty(self) -> bool:
        """Whether the last pages of all ranges were empty."""
        return all(each.seems_empty for each in self._ranges)

    def waiting(self) -> list[Range]:
        """The ranges that no walker reads at the moment."""
        return [each for each in self._ranges if not each.asked and not each.seems_empty]

    def widest(self, more_than: float) -> Range | None:
        """The range with the most documents not yet requested, if there are more than this and it can be cut."""
        cuttable = [
            each for each in self._ranges if each.is_cuttable and not each.is_being_cut and not each.seems_empty
        ]
        widest = max(cuttable, key=lambda each: each.unasked, default=None)
        return widest if widest and widest.unasked > more_than else None

    def begin_cut(self, target: Range, chunk: int) -> Cut:
        """The question where to cut the range, which is now being asked."""
        target.is_being_cut = True
        return Cut(target=target, ids=target.ids_to_cut(chunk), emitted=target.emitted)

    def cut(self, asked: Cut, *, border: int | None, count: int) -> None:
        """Cut a range at the id that the server found after `count` ids, or learn that there were no more."""
        target, passed = asked.target, asked.target.emitted - asked.emitted
        target.is_being_cut = False
        if border is None:
            target.learn_count(count - passed)
        elif target in self._ranges:
            far = target.cut(border, count - passed)
            self._ranges.extend([far] if far else [])

    def take(self, target: Range, documents: list[dict[str, Any]], after: int | None) -> list[dict[str, Any]]:
        """The documents of a page that are to be handed out. An empty last page only makes the range seem empty."""
        target.asked = 0
        if not documents and after is None:
            target.seems_empty = True
            return []
        documents = target.take(documents, after)
        if target.ends_before(after):
            self._ranges.remove(target)
        return documents

    def forget_requests(self) -> None:
        """Nothing is asked for any more: what was in flight is dropped."""
        for each in self._ranges:
            each.asked, each.is_being_cut = 0, False

    def read_again(self) -> None:
        """The empty pages were not confirmed: their ranges are read again."""
        for each in self._ranges:
            each.seems_empty = False

    def finish(self) -> None:
        """Nothing is left."""
        self._ranges.clear()


def document_id(ref: Any) -> int:
    """The id in a reference to a document."""
    return int(ref["@ref"]["id"])
