"""Pages of Documents(c) and of ranges over it (recording `documents`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, documents, ids, named, page, ref, wire

BIG = 4611686018427387904


@pytest.fixture
def ten(fauna: Fauna) -> Fauna:
    """Documents 1, 7, 9, 10, 33 and a large one, made out of order; -5 is never listed."""
    fauna.collection()
    fauna.collection("other")
    for number in (9, 10, 1, BIG, 7, 33, -5):
        fauna.create(number)
    return fauna


ALL = [1, 7, 9, 10, 33, BIG]
FORWARD: dict[str, tuple[Any, list[int], Any]] = {
    "a ref": (ref(9), [9, 10], [wire(9)]),
    "a ref in an array": ([ref(9)], [9, 10], [wire(9)]),
    "an id that never was": ([ref(8)], [9, 10], [wire(8)]),
    "a ref of another collection": (ref(8, "other"), [9, 10], [wire(8, "other")]),
    "a negative id": (ref(-7), [], [wire(-7)]),
    "beyond the last": (ref(BIG + 1), [], [wire(BIG + 1)]),
    "a number": (9, [1, 7], [9]),
    "a string": ("9", [1, 7], ["9"]),
    "null": (None, [], [None]),
    "a collection, by its internal number": ({"collection": "c"}, [BIG], [named("collections", "c")]),
}


@pytest.mark.parametrize(("after", "shown", "before"), FORWARD.values(), ids=FORWARD.keys())
def test_after(ten: Fauna, after: Any, shown: list[int], before: Any) -> None:
    found = ten.ask(page(documents(), size=2, after=after))
    assert (ids(found), found["before"]) == (shown, before)


@pytest.mark.parametrize("after", [[], {"object": {"x": 1}}], ids=["an empty array", "an object"])
def test_after_that_means_the_beginning(ten: Fauna, after: Any) -> None:
    assert ids(ten.ask(page(documents(), after=after))) == ALL


def test_before_null_is_the_last_page(ten: Fauna) -> None:
    found = ten.ask(page(documents(), size=2, before=None))
    assert (ids(found), found["before"], found["after"]) == ([33, BIG], [wire(33)], [None])


def test_before_null_is_the_last_page_of_a_range_too(ten: Fauna) -> None:
    within = {"range": documents(), "from": ref(7), "to": ref(33)}
    found = ten.ask(page(within, size=2, before=None))
    assert (ids(found), found["before"], found["after"]) == ([10, 33], [wire(10)], [None])


def test_before_is_exclusive_and_ascending(ten: Fauna) -> None:
    found = ten.ask(page(documents(), size=2, before=ref(9)))
    assert (ids(found), found["after"]) == ([1, 7], [wire(9)])
    assert "before" not in found


def test_the_cursor_form(ten: Fauna) -> None:
    found = ten.ask(page(documents(), size=2, cursor={"object": {"before": ref(10)}}))
    assert ids(found) == [7, 9]


def test_an_unknown_collection_in_a_cursor(ten: Fauna) -> None:
    wanted = (400, ["after"], "invalid ref", "Ref refers to undefined collection 'nope'")
    assert ten.error(page(documents(), after=ref(1, "nope"))) == wanted


SIZES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({"size": 0}, {"data": []}),
    "less than nothing": ({"size": -1}, {"data": []}),
    "nothing after a cursor": ({"size": 0, "after": ref(9)}, {"data": [], "before": [wire(9)], "after": [wire(9)]}),
    "nothing before a cursor": ({"size": 0, "before": ref(9)}, {"data": [], "before": [wire(9)], "after": [wire(9)]}),
}


@pytest.mark.parametrize(("options", "shown"), SIZES.values(), ids=SIZES.keys())
def test_sizes_without_elements(ten: Fauna, options: Any, shown: Any) -> None:
    assert ten.ask(page(documents(), **options)) == shown


def test_the_default_size_is_64(fauna: Fauna) -> None:
    fauna.collection()
    fauna.ask({"do": [create(number) for number in range(1, 71)]})
    found = fauna.ask(page(documents()))
    assert (len(found["data"]), found["after"]) == (64, [wire(65)])


RANGES: dict[str, tuple[Any, Any, list[int]]] = {
    "both ends inclusive": ([ref(7)], [ref(33)], [7, 9, 10, 33]),
    "bounds need not exist": ([ref(8)], [ref(32)], [9, 10]),
    "open": ([], [], ALL),
    "open below": ([], [ref(9)], [1, 7, 9]),
    "bare refs": (ref(9), ref(9), [9]),
    "the wrong way round": ([ref(33)], [ref(7)], []),
    "from null": (None, [], []),
    "to null": ([ref(33)], None, [33, BIG]),
}


@pytest.mark.parametrize(("low", "high", "shown"), RANGES.values(), ids=RANGES.keys())
def test_range(ten: Fauna, low: Any, high: Any, shown: list[int]) -> None:
    assert ids(ten.ask(page({"range": documents(), "from": low, "to": high}))) == shown


def test_a_cursor_is_cut_to_the_range(ten: Fauna) -> None:
    span = {"range": documents(), "from": [ref(7)], "to": [ref(10)]}
    assert ids(ten.ask(page(span, after=ref(1)))) == [7, 9, 10]
    assert ids(ten.ask(page(span, before=ref(BIG)))) == [7, 9, 10]
    assert ids(ten.ask(page(span, after=ref(33)))) == []


def test_a_range_has_no_events(ten: Fauna) -> None:
    span = {"range": documents(), "from": [], "to": []}
    assert ten.error(page(span, events=True))[3] == "Set does not support events history."


def test_a_range_bound_of_an_unknown_collection_is_a_500(ten: Fauna) -> None:
    status, position, code, _ = ten.error(page({"range": documents(), "from": [ref(1, "nope")], "to": []}))
    assert (status, position, code) == (500, None, "internal server error")


def test_a_negative_id_is_found_by_get_alone(ten: Fauna) -> None:
    assert ten.ask({"get": ref(-5)})["ref"] == wire(-5)
    assert ids(ten.ask(page(documents()))) == ALL
    assert ten.ask({"count": documents()}) == len(ALL)


def test_get_and_exists_of_a_set(ten: Fauna) -> None:
    assert ten.ask({"get": documents()})["ref"] == wire(1)
    assert ten.ask({"exists": documents()}) is True
    assert ten.ask({"exists": documents("other")}) is False
    assert ten.error({"get": documents("other")}) == (404, [], "instance not found", "Set not found.")


def test_union_intersection_difference(ten: Fauna) -> None:
    low = {"range": documents(), "from": [], "to": [ref(10)]}
    high = {"range": documents(), "from": [ref(9)], "to": []}
    assert ids(ten.ask(page({"union": [high, low]}))) == ALL
    assert ids(ten.ask(page({"intersection": [low, high]}))) == [9, 10]
    assert ids(ten.ask(page({"difference": [low, high]}))) == [1, 7]
    walked = ten.ask(page({"union": [high, low]}, size=2, after=ref(9)))
    assert (ids(walked), walked["after"]) == ([9, 10], [wire(33)])


def test_sources_tell_where_a_row_comes_from(ten: Fauna) -> None:
    found = ten.ask(page(documents(), size=1, sources=True))
    # The row comes from an index of the server's own, which has no name to be shown.
    assert found["data"] == [{"value": wire(1), "sources": [{"@set": None}]}]


def test_singleton(ten: Fauna) -> None:
    assert ids(ten.ask(page({"singleton": ref(9)}))) == [9]
    assert ids(ten.ask(page({"singleton": ref(8)}))) == []


def test_filter_on_a_set_fills_its_pages_after_filtering(ten: Fauna) -> None:
    odd = {"lambda": "x", "expr": {"not": {"equals": [{"select": "id", "from": {"var": "x"}}, "7"]}}}
    found = ten.ask(page({"filter": odd, "collection": documents()}, size=2))
    assert (ids(found), found["after"]) == ([1, 9], [wire(10)])


def test_filter_on_a_page_keeps_its_cursors(ten: Fauna) -> None:
    none = {"lambda": "x", "expr": False}
    found = ten.ask({"filter": none, "collection": page(documents(), size=2)})
    assert found == {"data": [], "after": [wire(9)]}
