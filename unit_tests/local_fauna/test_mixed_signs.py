"""The server's fault that clients must survive: events of negative and ordinary ids in one transaction."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, documents, events, page, ref


@pytest.fixture
def mixed(fauna: Fauna) -> tuple[Fauna, int]:
    """Documents 1, 2, 3 and -4 deleted in one transaction, whose ts comes along."""
    fauna.collection()
    for number in (1, 2, 3, -4):
        fauna.create(number)
    last = fauna.now()
    fauna.ask({"do": [{"delete": ref(number)} for number in (1, 2, 3, -4)]})
    fauna.create(5)
    return fauna, last


def pages(fauna: Fauna, after: Any, size: int) -> Any:
    return fauna.ask(page(documents(), events=True, size=size, after=after))


def test_a_page_that_is_cut_within_is_shorter_and_goes_on_at_the_negative_id(mixed: tuple[Fauna, int]) -> None:
    fauna, before = mixed
    found = pages(fauna, {"object": {"ts": before}}, 2)
    assert events(found) == []
    assert found["after"]["document"]["@ref"]["id"] == "-4"


def test_walking_on_from_there_loses_the_ordinary_removals(mixed: tuple[Fauna, int]) -> None:
    fauna, before = mixed
    found = pages(fauna, {"object": {"ts": before}}, 2)
    assert events(pages(fauna, {"object": found["after"]}, 2)) == ["R-4", "A5"]


def test_a_page_that_begins_and_is_cut_within_is_a_500(mixed: tuple[Fauna, int]) -> None:
    fauna, before = mixed
    ts = pages(fauna, {"object": {"ts": before}}, 2)["after"]["ts"]
    cursor = {"object": {"ts": ts, "action": "remove", "document": ref(1)}}
    status, _, _, text = fauna.error(page(documents(), events=True, size=2, after=cursor))
    assert status == 500
    assert "next cursor must be a subset of the logical cursor" in text


def test_a_page_that_holds_the_whole_transaction_is_right(mixed: tuple[Fauna, int]) -> None:
    fauna, before = mixed
    assert events(pages(fauna, {"object": {"ts": before}}, 4)) == ["R-4", "R1", "R2", "R3"]


def test_negative_ids_by_themselves_are_paged_rightly(fauna: Fauna) -> None:
    fauna.collection()
    fauna.ask({"do": [create(-1), create(-2), create(-3)]})
    found = pages(fauna, 0, 1)
    assert (events(found), events(pages(fauna, {"object": found["after"]}, 2))) == (["A-3"], ["A-2", "A-1"])
