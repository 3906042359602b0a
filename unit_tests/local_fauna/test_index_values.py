"""What an index holds of a value: its place in the order, arrays, and what is null to it (recording `index`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import (
    Fauna,
    create,
    data,
    documents,
    field,
    lambda_,
    match,
    named,
    page,
    ref,
    update,
    walked,
    wire,
)

ORDERED: list[Any] = [
    {"@bytes": "AA=="}, {"@bytes": "AQ=="}, "", "a", "ä", "b", "B", "Z",
    wire(1), named("collections", "c"), {"@ts": "2020-01-01T00:00:00Z"}, {"@date": "1999-01-01"},
    {"@uuid": "123e4567-e89b-12d3-a456-426614174000"}, False, True,
]  # fmt: skip


def test_values_are_ordered_by_type_then_value(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v")])
    for number, value in enumerate(reversed([-1.5, 0, 0.5, 1, 10, *ORDERED]), 1):
        fauna.create(number, {"v": value})
    assert data(fauna, match()) == [-1.5, 0, 0.5, 1, 10, *ORDERED]


def test_reversed_values(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v", reverse=True), field("ref")])
    for number, value in enumerate([1, "a", 2], 1):
        fauna.create(number, {"v": value})
    assert data(fauna, match()) == [["a", wire(2)], [2, wire(3)], [1, wire(1)]]
    assert data(fauna, {"range": match(), "from": 2, "to": 1}) == [[2, wire(3)], [1, wire(1)]]
    assert data(fauna, {"range": match(), "from": 1, "to": 2}) == []
    assert fauna.ask(page(match(), size=1))["after"] == [2, wire(3), wire(3)]


def test_cursors_walk_through_the_events_of_reversed_values(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v", reverse=True)])
    fauna.ask({"do": [create(number, {"v": number % 3}) for number in range(1, 6)]})
    fauna.ask({"do": [update(number, {"v": number % 2}) for number in range(1, 6)]})
    every = fauna.ask(page(match(), events=True))
    assert [walked(fauna, match(), size) for size in (1, 3)] == [every, every]
    place = {"object": {"ts": every["data"][0]["ts"], "action": "add", "document": ref(4)}}
    assert data(fauna, match(), events=True, after=place)[0]["document"] in (wire(4), wire(5))


def test_arrays_give_an_entry_for_each_element_unless_mva_is_off(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v")])
    fauna.index("whole", values=[field("data", "v", mva=False)])
    fauna.create(1, {"v": [2, 1, 2]})
    assert data(fauna, match()) == [1, 2]
    assert data(fauna, match("whole")) == [[2, 1, 2]]


def test_what_has_no_entry(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v")])
    fauna.create(1)
    fauna.create(2, {"v": {"object": {"a": 1}}})
    fauna.create(3, {"v": []})
    fauna.create(4, {"v": "x" * 32_768})
    fauna.create(5, {"v": "x" * 32_767})
    assert len(data(fauna, match())) == 1


NULL_TO_AN_INDEX: dict[str, Any] = {
    "an object": {"object": {"a": 1}},
    "a set": documents(),
    "a stored lambda": {"query": lambda_("x", 1)},
    "an empty array": [],
    "a field that is not there": None,
}


class TestWhatIsNull:
    @pytest.fixture(params=NULL_TO_AN_INDEX.values(), ids=list(NULL_TO_AN_INDEX))
    def indexed(self, fauna: Fauna, request: pytest.FixtureRequest) -> Fauna:
        """Document 1, whose `v` is 1, before document 2, whose `v` is null to the index."""
        fauna.collection()
        fauna.index("i", values=[field("data", "n"), field("data", "v")])
        fauna.create(1, {"n": 1, "v": 1})
        fauna.create(2, {"n": 2, "v": request.param})
        return fauna

    def test_pages_show_null(self, indexed: Fauna) -> None:
        assert data(indexed, match()) == [[1, 1], [2, None]]

    def test_cursors_show_null_and_lead_to_the_row(self, indexed: Fauna) -> None:
        cursor = indexed.ask(page(match(), size=1))["after"]
        assert cursor == [2, None, wire(2)]
        assert data(indexed, match(), after=cursor) == [[2, None]]

    def test_events_show_null(self, indexed: Fauna) -> None:
        assert [each["data"] for each in data(indexed, match(), events=True)] == [[1, 1], [2, None]]


def test_an_object_within_an_array_that_is_kept_whole_is_refused(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "v", mva=False)])
    assert fauna.error(create(1, {"v": [1, {"object": {"a": 1}}]}))[0] == 501
