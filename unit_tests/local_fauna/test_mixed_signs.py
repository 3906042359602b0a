"""The server's fault that clients must survive: events of negative and ordinary ids in one transaction.

Recordings `mixed_signs` and `negative_ids`: the ids come interleaved, and pages that are cut within lose some or fail.
"""

from __future__ import annotations

from typing import Any

from unit_tests.local_fauna.fauna import Fauna, create, documents, events, page, ref

INTERLEAVED = ["R-4", "R-3", "R1", "R-2", "R2", "R3", "R4", "R-1", "R5"]


def removed_together(fauna: Fauna, numbers: list[int]) -> Any:
    """A cursor before the one transaction in which documents of these ids were deleted."""
    fauna.collection()
    for number in numbers:
        fauna.create(number)
    before = fauna.now()
    fauna.ask({"do": [{"delete": ref(number)} for number in numbers]})
    return {"object": {"ts": before}}


def walked(fauna: Fauna, after: Any, size: int) -> tuple[list[str], int]:
    """The events of a walk in pages of this size, and the status of its last answer."""
    found: list[str] = []
    while True:
        query = page(documents(), events=True, size=size, after=after)
        if fauna.reply(query).status != 200:
            return found, fauna.reply(query).status
        shown = fauna.ask(query)
        found += events(shown)
        if "after" not in shown:
            return found, 200
        after = {"object": shown["after"]}


def test_a_page_that_holds_the_whole_transaction_has_all_of_it(fauna: Fauna) -> None:
    assert walked(fauna, removed_together(fauna, [*range(-4, 0), *range(1, 6)]), 64) == (INTERLEAVED, 200)


def test_pages_that_are_cut_within_lose_events_or_fail(fauna: Fauna) -> None:
    after = removed_together(fauna, [*range(-4, 0), *range(1, 6)])
    assert walked(fauna, after, 1) == (["R-4", "R-3", "R-2", "R-1"], 200)
    assert walked(fauna, after, 2) == (["R-4", "R-3"], 500)
    assert walked(fauna, after, 3) == (["R-4", "R-3", "R1", "R-2", "R-1"], 200)


def test_negative_ids_by_themselves_are_paged_rightly(fauna: Fauna) -> None:
    fauna.collection()
    fauna.ask({"do": [create(-1), create(-2), create(-3)]})
    assert walked(fauna, 0, 1) == (["A-3", "A-2", "A-1"], 200)
