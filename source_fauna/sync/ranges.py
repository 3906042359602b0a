"""A range of ids that is left of a walk: what was handed out of it, and where it is cut in two. Pure.

When a walker runs dry, the range with the most documents left is cut: at the id that lies some pages ahead of its
walker, or in the middle of what is left once that is known, which the server finds by reading ids only. So every walker
gets the same number of documents, however the ids cluster; cutting at the middle of the ids would have to search for
where they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from source_fauna.config.config import LARGEST_PAGE

CUT_MOST_IDS = LARGEST_PAGE - 1
"""The page has one more: the id to cut at."""


@dataclass(kw_only=True, eq=False)
class Range:
    """Ids from `low` to `high` that are left, both included; a high of None is open.

    `count` is how many documents they are, where that is known, and `emitted` how many were handed out. `seems_empty`
    after an empty last page, which has to be confirmed. Not `is_cuttable` when the server failed to find an id: the
    range is read all the same, by one walker.
    """

    low: int
    high: int | None = None
    count: int | None = None
    emitted: int = 0
    is_cuttable: bool = True
    seems_empty: bool = False

    def unasked(self, ahead: int) -> float:
        """How many documents nobody has asked for, when `ahead` are asked for; infinite when unknown."""
        return math.inf if self.count is None else self.count - ahead

    def ids_to_cut(self, ahead: int, chunk: int) -> int:
        """How many ids lie before the one to cut at: a chunk, or half of what nobody has asked for."""
        if self.count is None:
            return min(CUT_MOST_IDS, chunk)
        return min(CUT_MOST_IDS, ahead + (self.count - ahead + 1) // 2)

    def learn_count(self, count: int) -> None:
        """So many documents are left."""
        self.count = max(0, count)

    def cut(self, border: int, near: int) -> Range | None:
        """End before the border, with `near` documents, and give what begins there; None if it lies outside by now."""
        if border <= self.low or (self.high is not None and border > self.high):
            return None
        far = Range(low=border, high=self.high, count=None if self.count is None else max(0, self.count - near))
        self.high, self.count = border - 1, near
        return far

    def take(self, documents: list[dict[str, Any]], after: int | None) -> list[dict[str, Any]]:
        """The documents of a page that lie within, handed out now. The range begins at `after` then.

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
        """Whether a page that goes on at this id, or at none, was the last."""
        return document_id is None or (self.high is not None and document_id > self.high)


def document_id(ref: Any) -> int:
    """The id in a reference to a document."""
    return int(ref["@ref"]["id"])
