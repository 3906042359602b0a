"""How many elements lie ahead of a position, and where some of them are: by this, plans are made and counts checked.

The server reads many refs for a question and sends some marks. Where that is too much for it, or takes it too long, the
question is asked again at half the size: an answer may count fewer than were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from source_fauna.database.client import Client, Request, log_waiting
from source_fauna.database.fql import Expression
from source_fauna.parts.cuts import QUESTION_IDS, Answer
from source_fauna.parts.extents import Extent, Position


def ahead(client: Client, extent: Extent[Position], low: Position, *, step: int, size: int) -> Answer[Position]:
    """What lies ahead of `low`: up to `size` elements are counted, a mark after each `step`. Raises FaunaError."""

    def build(size: int) -> Expression:
        return extent.ahead(low, step=step, size=size)

    found = client.fetch(Request(build=build, size=size, doubted=True), on_wait=log_waiting).resource
    following = found["following"]
    return Answer(
        count=found["count"] - (following is not None),
        marks=tuple(extent.position(each) for each in found["marks"] if each is not None),
        following=None if following is None else extent.position(following),
    )


def all_ahead(client: Client, extent: Extent[Position], low: Position, *, step: int) -> Iterator[Answer[Position]]:
    """All that lies ahead of `low`, question by question. Raises FaunaError."""
    position: Position | None = low
    while position is not None:
        answer = ahead(client, extent, position, step=step, size=QUESTION_IDS)
        yield answer
        position = answer.following
