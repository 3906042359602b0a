"""Pieces of a sequence, merged into parts of about the same size. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Start = TypeVar("Start")


@dataclass(frozen=True)
class Piece(Generic[Start]):
    """`count` elements from `start` to where the next piece starts. It may hold none."""

    start: Start
    count: int


def merged(pieces: Sequence[Piece[Start]], parts: int) -> list[Piece[Start]]:
    """Neighbours as at most so many pieces, each as near to an equal share as their borders allow.

    None of them is empty, but for a sole one; the first starts where the first piece did.
    """
    whole = sum(each.count for each in pieces)
    found: list[Piece[Start]] = []
    start, counted, given = pieces[0].start, 0, 0
    for piece in pieces:
        goal = whole * (len(found) + 1) / parts
        past = given + counted + piece.count - goal
        if counted > 0 and past > 0 and goal - given - counted < past:
            found.append(Piece(start, counted))
            start, counted, given = piece.start, 0, given + counted
        counted += piece.count
    if counted > 0 or not found:
        found.append(Piece(start, counted))
    return found
