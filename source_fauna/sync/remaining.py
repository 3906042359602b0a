"""How many documents a walk has to read: counted beside it, so that progress can be told early. Pure.

A count reads ids only. It costs a node about 5 us a document, and a read of the document 80 us and more (bootstrap.md).
It is asked for in pieces, so that no request takes long.
"""

from __future__ import annotations

from collections.abc import Sequence

from source_fauna.state.state import IdRange

SECONDS_PER_ID = 5e-6
MOST_SHARE = 0.05
"""The share of the time of the sync that a count may cost."""


class Remaining:
    """Counts what a walk has left, once it has handed out `from_documents`.

    It is given answers, and says what to ask next.
    """

    def __init__(self, *, from_documents: int) -> None:
        self._from_documents = from_documents
        self._taken = 0
        self._seconds = 0.0
        self._taken_at_start = 0
        self._counted = 0
        self._uncounted: list[IdRange] | None = None
        self._is_abandoned = False

    @property
    def left(self) -> int | None:
        """How many documents the walk has still to hand out; None while that is unknown."""
        if self._uncounted is None or self._uncounted or self._is_abandoned:
            return None
        return max(0, self._taken_at_start + self._counted - self._taken)

    def take(self, documents: int, *, seconds: float) -> None:
        """The walk handed out so many documents, of a page that took so long to read."""
        self._taken += documents
        self._seconds += seconds

    def next_piece(self, left: Sequence[IdRange]) -> IdRange | None:
        """The range of ids to count next, whose first ids are counted; None if there is nothing to count.

        `left` is what the walk has not handed out yet.
        """
        if self._is_abandoned:
            return None
        if self._uncounted is None:
            if not self._is_worth_it:
                return None
            self._taken_at_start, self._uncounted = self._taken, list(left)
        return self._uncounted[0] if self._uncounted else None

    def count(self, ids: int, *, after: int | None) -> None:
        """So many ids lie in the piece. Its range goes on at the id `after`, or ends with the piece."""
        assert self._uncounted is not None  # noqa: S101 - a piece was asked for
        self._counted += ids
        piece = self._uncounted.pop(0)
        if after is not None:
            self._uncounted.insert(0, IdRange(low=after, high=piece.high))

    def abandon(self) -> None:
        """Stop counting, because the database does not answer counts."""
        self._is_abandoned = True

    @property
    def _is_worth_it(self) -> bool:
        """Whether there are enough documents to tell progress of, and a count is cheap beside them."""
        return self._taken >= self._from_documents and SECONDS_PER_ID * self._taken <= MOST_SHARE * self._seconds
