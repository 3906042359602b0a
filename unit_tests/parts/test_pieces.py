"""Pieces are merged into even parts, in their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from source_fauna.parts.pieces import Piece, merged


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(1, 12))
def test_nothing_is_lost_and_no_part_is_a_piece_too_large(counts: list[int], parts: int) -> None:
    pieces = [Piece(number, count) for number, count in enumerate(counts)]
    found = merged(pieces, parts)
    assert found[0].start == 0
    assert [each.start for each in found] == sorted({each.start for each in found})
    ends = [each.start for each in found[1:]] + [len(counts)]
    assert [each.count for each in found] == [
        sum(counts[each.start : end]) for each, end in zip(found, ends, strict=True)
    ]
    assert len(found) <= parts
    assert len(found) == 1 or min(each.count for each in found) > 0
    assert max(each.count for each in found) <= sum(counts) / parts + 2 * max(counts)
