"""Rows of sets made of others, parts of pages, and cursors at the borders of a range."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import (
    Fauna,
    create,
    data,
    documents,
    field,
    ids,
    lambda_,
    match,
    named,
    page,
    ref,
    var,
    wire,
)

_SUM = lambda_(["total", "n"], {"add": [var("total"), var("n")]})


@pytest.fixture
def six(fauna: Fauna) -> Fauna:
    """Documents 1 to 6; n is 1 2 0 1 2 0, kind is x for the first four and y for the others."""
    fauna.collection()
    fauna.index("n", values=[field("data", "n")])
    fauna.index("kind", terms=[field("data", "kind")])
    fauna.index("n_of", terms=[field("data", "kind")], values=[field("data", "n")])
    fauna.index("by_n", terms=[field("data", "n")])
    for number in range(1, 7):
        fauna.ask(create(number, {"n": number % 3, "kind": "x" if number < 5 else "y"}))
    return fauna


class TestCombined:
    """Rows with the same values are the same, whatever their documents."""

    def test_a_union_has_each_as_often_as_the_set_that_has_most(self, six: Fauna) -> None:
        assert data(six, {"union": [match("n_of", terms="y"), match("n_of", terms="x")]}) == [0, 1, 1, 2]
        assert data(six, {"union": [match("n"), match("n_of", terms="x")]}) == [0, 0, 1, 1, 2, 2]

    def test_an_intersection_as_often_as_the_one_that_has_least(self, six: Fauna) -> None:
        assert data(six, {"intersection": [match("n"), match("n_of", terms="x")]}) == [0, 1, 1, 2]

    def test_a_difference_has_what_no_other_set_has(self, six: Fauna) -> None:
        assert data(six, {"difference": [match("n_of", terms="x"), match("n_of", terms="y")]}) == [1, 1]

    @pytest.mark.parametrize("form", ["union", "intersection", "difference"])
    def test_backwards_it_has_the_same_rows(self, six: Fauna, form: str) -> None:
        both = {form: [match("n_of", terms="x"), match("n_of", terms="y")]}
        assert data(six, both, before=None) == data(six, both)

    def test_an_intersection_goes_on_at_a_cursor(self, six: Fauna) -> None:
        both = {"intersection": [match("n"), match("n_of", terms="x")]}
        first = six.ask(page(both, size=2))
        assert (first["data"], first["after"]) == ([0, 1], [1, wire(4)])
        assert data(six, both, after=[1, ref(4)]) == [1, 2]
        assert data(six, both, before=[1, ref(4)]) == [0, 1]

    def test_a_difference_without_the_right_to_its_first_set(self, six: Fauna) -> None:
        allowed = [({"collection": "c"}, {"read": True}), ({"index": "n"}, {"read": True})]
        reader = six.role("reader", *allowed)
        denied, open_ = match("n_of", terms="y"), match("n")
        assert six.error(page({"difference": [denied, open_]}), secret=reader)[:2] == (403, ["paginate"])
        assert six.ask(page({"difference": [open_, denied]}), secret=reader)["data"] == [0, 0, 1, 1, 2, 2]


class TestSources:
    def test_of_the_set_that_has_the_row(self, six: Fauna) -> None:
        both = {"union": [match("kind", terms="x"), match("kind", terms="y")]}
        shown = [each["sources"] for each in data(six, both, sources=True)]
        of_x, of_y = ([{"@set": {"match": named("indexes", "kind"), "terms": kind}}] for kind in "xy")
        assert shown == [of_x] * 4 + [of_y] * 2

    def test_of_two_sets_are_left_out(self, six: Fauna) -> None:
        assert six.error(page({"union": [match("n"), match("n_of", terms="x")]}, sources=True))[0] == 501

    def test_of_a_set_over_another(self, six: Fauna) -> None:
        (row,) = data(six, {"distinct": {"range": match("n"), "from": 1, "to": 1}}, sources=True)
        assert row == {"value": 1, "sources": [{"@set": {"match": named("indexes", "n")}}]}

    def test_of_a_document_and_of_a_list(self, six: Fauna) -> None:
        assert data(six, ref(1), sources=True) == [{"value": wire(1), "sources": [wire(1)]}]
        (shown,) = data(six, {"collections": None}, sources=True)
        assert shown["sources"] == [{"@set": None}]
        six.key("server")
        assert six.error(page({"keys": None}, sources=True))[0] == 501


class TestPartsOfPages:
    def test_take_ends_the_page_at_the_next_row(self, six: Fauna) -> None:
        taken = six.ask({"take": 2, "collection": page(documents(), size=4)})
        assert (ids(taken), taken["after"]) == ([1, 2], [wire(3)])
        whole = six.ask({"take": 4, "collection": page(documents(), size=4)})
        assert (ids(whole), whole["after"]) == ([1, 2, 3, 4], [wire(5)])

    def test_drop_begins_it_there(self, six: Fauna) -> None:
        left = six.ask({"drop": 1, "collection": page(documents(), size=2)})
        assert left == {"before": [wire(2)], "after": [wire(3)], "data": [wire(2)]}
        nothing = six.ask({"drop": 9, "collection": page(documents(), size=2)})
        assert nothing == {"before": [wire(3)], "after": [wire(3)], "data": []}

    def test_fewer_than_none(self, six: Fauna) -> None:
        source = page(documents(), size=2, after=ref(2))
        assert six.ask({"take": -1, "collection": source}) == {"before": [wire(2)], "after": [wire(2)], "data": []}
        assert six.ask({"drop": -1, "collection": source}) == six.ask(source)

    def test_map_and_filter_keep_the_places(self, six: Fauna) -> None:
        odd = {"filter": lambda_("x", {"equals": [{"modulo": [var("x"), 2]}, 0]}), "collection": page(match("n"))}
        assert six.ask({"take": 2, "collection": odd})["after"] == [2, wire(2)]
        seen = {"map": lambda_("x", 0), "collection": page(documents())}
        assert six.ask({"take": 1, "collection": seen}) == {"after": [wire(2)], "data": [0]}


class TestFilters:
    def test_keep_the_variables_of_the_place_where_they_were_made(self, six: Fauna) -> None:
        equal = {"filter": lambda_("x", {"equals": [var("x"), var("n")]}), "collection": match("n")}
        sets = {"map": lambda_("n", equal), "collection": [1, 2]}
        pages = [page({"select": place, "from": var("sets")}) for place in (0, 1)]
        found = six.ask({"let": {"sets": sets}, "in": pages})
        assert [each["data"] for each in found] == [[1, 1], [2, 2]]
        assert six.error({"select": 0, "from": sets})[0] == 501

    def test_look_at_the_time_of_the_page(self, six: Fauna) -> None:
        before = six.now()
        six.ask({"delete": ref(1)})
        there = {"filter": lambda_("x", {"exists": var("x")}), "collection": documents()}
        assert ids(six.ask({"at": before, "expr": page(there)})) == [1, 2, 3, 4, 5, 6]


class TestReduce:
    def test_of_an_array_a_page_and_a_set(self, six: Fauna) -> None:
        found = [
            six.ask({"reduce": _SUM, "initial": 1, "collection": source})
            for source in ([1, 2], [], match("n"), page(match("n"), size=3))
        ]
        assert found == [4, 1, 7, {"after": [1, wire(4)], "data": [2]}]

    def test_errors(self, six: Fauna) -> None:
        def error(source: Any) -> Any:
            return six.error({"reduce": _SUM, "initial": 0, "collection": source})[1:]

        wanted = "Array, Set, or Page expected, Integer provided."
        assert error(1) == (["collection"], "invalid argument", wanted)
        text = "Number expected, String provided."
        assert error([1, "x"]) == (["reduce", "expr", "add", 1], "invalid argument", text)


_JOIN_ERRORS: dict[str, tuple[Any, Any]] = {
    "no index": (1, (400, ["with"], "invalid argument", "Lambda or Index Ref expected, Integer provided.")),
    "a lambda that reads": (
        lambda_("n", {"get": var("n")}),
        (
            400,
            ["with"],
            "invalid argument",
            "Invalid lambda. Lambda in this context may not read, write, or call a user function.",
        ),
    ),
    "a lambda that is wrong": (
        lambda_("n", {"bogus": 1}),
        (
            400,
            ["with"],
            "invalid expression",
            "No form/function found, or invalid argument keys: { lambda, expr }.",
        ),
    ),
    "an unknown index": ({"index": "x"}, (400, ["with"], "invalid ref", "Ref refers to undefined index 'x'")),
}


class TestJoin:
    def test_leads_from_each_row_to_a_set(self, six: Fauna) -> None:
        source = match("n_of", terms="y")
        joined = {"join": source, "with": {"index": "by_n"}}
        by_lambda = {"join": source, "with": lambda_("n", match("by_n", terms=var("n")))}
        assert ids(six.ask(page(joined))) == ids(six.ask(page(by_lambda))) == [2, 3, 5, 6]
        for form in (joined, by_lambda):
            first = six.ask(page(form, size=2))
            assert (ids(first), first["after"]) == ([2, 3], [wire(5)])
            assert ids(six.ask(page(form, after=ref(5)))) == [5, 6]
            assert ids(six.ask(page(form, before=ref(5)))) == [2, 3]
        assert six.ask({"count": by_lambda}) == 4

    def test_rows_of_the_same_values_are_one(self, six: Fauna) -> None:
        joined = {"join": match("n"), "with": lambda_("_", match("n"))}
        assert data(six, joined) == [0, 1, 2]
        assert data(six, joined, after=[1, ref(1)]) == [1, 2]
        assert data(six, joined, after=[2]) == [0, 1, 2]

    def test_shows_its_source_and_what_it_is_made_with(self, six: Fauna) -> None:
        source = {"@set": {"match": named("indexes", "n")}}
        joined = {"join": match("n"), "with": {"index": "by_n"}}
        assert six.ask(joined) == {"@set": {"join": source, "with": named("indexes", "by_n")}}
        by_lambda = {"join": match("n"), "with": lambda_("n", documents())}
        shown = {"api_version": "4", "lambda": "n", "expr": documents()}
        assert six.ask(by_lambda) == {"@set": {"join": source, "with": shown}}

    @pytest.mark.parametrize(("target", "wanted"), _JOIN_ERRORS.values(), ids=_JOIN_ERRORS.keys())
    def test_errors(self, six: Fauna, target: Any, wanted: Any) -> None:
        assert six.error({"join": match("n"), "with": target}) == wanted

    def test_a_lambda_that_leads_to_no_set(self, six: Fauna) -> None:
        wanted = (400, ["paginate", "with"], "invalid argument", "Ref or Set expected, Integer provided.")
        assert six.error(page({"join": match("n"), "with": lambda_("n", var("n"))})) == wanted

    def test_what_is_left_out(self, six: Fauna) -> None:
        joined = {"join": match("n"), "with": lambda_("n", documents())}
        stored = {"join": match("n"), "with": {"query": lambda_("n", documents())}}
        combined = {"union": [joined, documents()]}
        for query in (page(joined, events=True), page(joined, sources=True), stored, combined):
            assert six.error(query)[0] == 501
        assert six.error({"range": joined, "from": 1, "to": 2})[0] == 501


_BORDERS: dict[str, tuple[Any, list[int]]] = {
    "values alone before it": ({"after": [0]}, [1, 1]),
    "with an id before it": ({"after": [0, ref(6)]}, [0, 1, 1]),
    "within it": ({"after": [1, ref(4)]}, [1]),
    "with an id behind it": ({"after": [2, ref(2)]}, []),
    "values alone behind it, backwards": ({"before": [5]}, [1, 1, 2, 2]),
    "with an id behind it, backwards": ({"before": [2, ref(5)]}, [1, 1, 2]),
    "within it, backwards": ({"before": [1, ref(4)]}, [1]),
    "before it, backwards": ({"before": [0, ref(6)]}, []),
}


class TestCursors:
    def test_what_stands_behind_the_ref_is_not_read(self, six: Fauna) -> None:
        found = six.ask(page(documents(), after=[ref(5), "x"]))
        assert found == {"before": [wire(5), "x"], "data": [wire(5), wire(6)]}
        assert data(six, match("n"), after=[2, ref(5), 7]) == [2]

    def test_an_object_stands_behind_all_numbers_and_before_all_refs(self, six: Fauna) -> None:
        cursor = {"object": {"a": 1}}
        assert six.ask(page(match("n"), after=cursor)) == {"before": [{"a": 1}], "data": []}
        assert ids(six.ask(page(documents(), after=cursor))) == [1, 2, 3, 4, 5, 6]

    def test_sets_and_lambdas(self, six: Fauna) -> None:
        assert ids(six.ask(page(documents(), after=documents()))) == [1, 2, 3, 4, 5, 6]
        assert data(six, match("n"), after=match("n")) == []
        assert six.error(page(documents(), after={"singleton": ref(1)}))[0] == 500
        assert six.error({"range": documents(), "from": {"query": lambda_("x", 1)}, "to": 1})[0] == 501

    @pytest.mark.parametrize(("cursor", "shown"), _BORDERS.values(), ids=_BORDERS.keys())
    def test_the_id_of_a_cursor_is_compared_first_with_a_range(self, six: Fauna, cursor: Any, shown: Any) -> None:
        assert data(six, {"range": match("n"), "from": 1, "to": 1}, **cursor) == shown

    def test_a_bound_with_an_id_cuts_cursors_with_lower_ones(self, six: Fauna) -> None:
        inner = {"range": match("n"), "from": [1, ref(4)], "to": [2, ref(2)]}
        assert data(six, inner) == [1, 2]
        assert data(six, inner, after=[0, ref(3)]) == [1, 2]
        assert data(six, inner, after=[0, ref(6)]) == [0, 1, 1, 2]


_EVENT = {"select": ["data", 0], "from": page(match("n"), events=True)}
_HELD: dict[str, tuple[Any, Any, bool]] = {
    "the values of an index": (1, match("n"), True),
    "no such value": (7, match("n"), False),
    "a document of a collection": (ref(2), documents(), True),
    "no such document": (ref(9), documents(), False),
    "the id of a ref": ("1", ref(1), True),
    "the collection of a ref": ({"collection": "c"}, ref(1), True),
    "the name of a collection is not found": ("c", {"collection": "c"}, False),
    "nor that of a list": ("collections", {"collections": None}, False),
    "the action of an event": ("add", _EVENT, True),
    "the values of an event": (1, _EVENT, True),
    "the ref of an event": (ref(1), _EVENT, True),
    "the elements of a page, together": ([ref(1)], page(documents(), size=1), True),
    "the cursor of a page": ([ref(2)], page(documents(), size=1), True),
    "not the elements of a page": (ref(1), page(documents(), size=1), False),
    "nothing in a lambda": (1, {"query": lambda_("x", 1)}, False),
    "a history": ("create", {"select": ["data", 0], "from": page(ref(1), events=True)}, True),
}


@pytest.mark.parametrize(("value", "container", "wanted"), _HELD.values(), ids=_HELD.keys())
def test_contains_value(six: Fauna, value: Any, container: Any, wanted: bool) -> None:
    assert six.ask({"contains_value": value, "in": container}) is wanted


def test_contains_value_in_what_holds_none(six: Fauna) -> None:
    text = "Object, Array, Page, Set, or Ref expected, Scalar provided."
    for container in (1, "x", None, ref(1, "nope"), {"index": "nope"}):
        wanted = (400, ["in"], "invalid argument", text)
        assert six.error({"contains_value": 1, "in": container}) == wanted
    assert six.error({"contains_value": 1, "in": {"events": documents()}})[0] == 501
