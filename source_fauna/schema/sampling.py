"""A sample of the documents of a collection: from all over it, at one snapshot, in at most five requests.

First its first and last documents, then those next to them, then those on both sides of an id in the middle of the
widest gap between them, and so on. Ids are made in order of time, so old and new shapes are both seen. Nothing is
random: an unchanged collection gives the same sample each time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from source_fauna.database import queries
from source_fauna.database.client import Client, Page, Request, log_waiting
from source_fauna.database.fql import Expression
from source_fauna.tuning import Tuning

MOST_REQUESTS = 5

FIRST_SIZE = 32
"""Documents of each end in the first request, which tells how large documents are."""

TARGET_BYTES = Tuning.page_target_bytes
MOST_BYTES = 4 * TARGET_BYTES
"""Bytes of one answer: what it should have, and beyond which it is not read."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Ids of which no document was seen yet: from `low` to `high`, both included; a high of None is open."""

    low: int
    high: int | None = None

    @property
    def width(self) -> float:
        """How far its ends are apart."""
        return math.inf if self.high is None else self.high - self.low

    def halves(self) -> tuple[Gap, Gap]:
        """The gaps below and above an id in its middle half. It has an end, and more ids than one.

        That id is the one with the most zero bits at its end. It stays the same when the collection grows by some
        documents, so the next discover sees the same old documents, and finds the same columns.
        """
        assert self.high is not None  # noqa: S101 - the last document was seen with the first ones
        quarter = (self.high - self.low) // 4
        below, last = self.low + quarter, self.high - quarter
        digits = (below ^ last).bit_length() - 1
        middle = last >> digits << digits
        return Gap(low=self.low, high=middle - 1), Gap(low=middle, high=self.high)


def sampled(
    client: Client, collection: str, *, wanted: int, snapshot: int | None = None, first_size: int = FIRST_SIZE
) -> Iterator[dict[str, Any]]:
    """About so many documents as the server sends them, each once; a small collection comes whole. Raises FaunaError.

    They are those of the snapshot (microseconds); None: of the present, which the first request pins.
    """
    gaps = [Gap(low=0)]
    size = max(1, min(first_size, wanted // (2 * MOST_REQUESTS)))
    seen = spent = 0
    while gaps and seen < wanted and spent < MOST_REQUESTS:
        gap = max(gaps, key=lambda each: each.width)
        gaps.remove(gap)
        # The ends of the collection are read twice: few documents, of unknown size, and then as many as may be.
        below, above = (gap, gap) if spent < 2 or gap.width == 0 else gap.halves()
        page, requests = _ask(client, collection, below=below, above=above, snapshot=snapshot, size=size)
        spent += requests
        snapshot = page.resource["ts"]
        documents, left = _read(page.resource["page"], below=below, above=above)
        gaps += left
        yield from documents
        seen += len(documents)
        if documents:
            fair = (wanted - seen) / (2 * max(1, MOST_REQUESTS - spent))
            bearable = TARGET_BYTES / (2 * page.length / len(documents))
            size = max(1, math.ceil(min(fair, bearable)))


def _ask(
    client: Client, collection: str, *, below: Gap, above: Gap, snapshot: int | None, size: int
) -> tuple[Page, int]:
    """A page of the last documents of one gap, and of the first ones of the other, and how many requests it took.

    Those that the database could not answer at the moment do not count, for the same sample must come of them.
    """
    sizes = set()

    def build(size: int) -> Expression:
        sizes.add(size)
        return queries.sample_pages(
            snapshot, collection, below=(below.low, below.high), above=(above.low, above.high), size=size
        )

    request = Request(build=build, size=size, most_bytes=MOST_BYTES, doubted=True)
    page = client.fetch(request, on_wait=partial(log_waiting, about=f"Collection '{collection}': "))
    return page, len(sizes)


def _read(pages: Any, *, below: Gap, above: Gap) -> tuple[list[dict[str, Any]], list[Gap]]:
    """The documents of both pages, each once, and the gaps that they leave."""
    first: list[dict[str, Any]] = pages["first"]["data"]
    last: list[dict[str, Any]] = pages["last"]["data"]
    begin = _id(pages["first"]["after"][0]) if "after" in pages["first"] else None
    end = _id(pages["last"]["before"][0]) - 1 if "before" in pages["last"] else None
    if below is not above:
        lower = [] if end is None else [Gap(low=below.low, high=end)]
        upper = [] if begin is None else [Gap(low=begin, high=above.high)]
        return [*last, *first], [*lower, *upper]
    if begin is None or end is None:
        return first, []
    unread = [each for each in last if _id(each["ref"]) >= begin]
    return [*first, *unread], [Gap(low=begin, high=end)] if begin <= end else []


def _id(ref: Any) -> int:
    return int(ref["@ref"]["id"])
