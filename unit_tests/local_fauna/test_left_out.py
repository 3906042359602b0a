"""What local_fauna leaves out is told by a 501 wherever it stands: nothing that catches errors may hide it."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, data, documents, lambda_, page, ref, var, wire

LEFT_OUT = {"reverse": documents()}

QUERIES: dict[str, Any] = {
    "beside other errors": [{"get": 1}, LEFT_OUT, {"add": ["x"]}],
    "behind an error": {"do": [{"abort": "no"}, LEFT_OUT]},
    "in a map, behind an error": {
        "map": lambda_("x", {"if": {"equals": [var("x"), 1]}, "then": {"abort": "no"}, "else": LEFT_OUT}),
        "collection": [1, 2],
    },
    "in a function": {"call": "f"},
    "in a tagged set": {"@set": {"reverse": {"@set": {"documents": wire(1)["@ref"]["collection"]}}}},
    "in a format": {"format": "%s %s", "values": [ref(1), 1e300]},
    "in a query that is wrong": {"do": [{"bogus": 1}, {"quote": 1}]},
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_in_a_query(fauna: Fauna, query: Any) -> None:
    fauna.collection()
    fauna.ask({"create_function": {"object": {"name": "f", "body": {"query": lambda_("_", LEFT_OUT)}}}})
    status, _, code, _ = fauna.error(query)
    assert (status, code) == (501, "not implemented")


def test_in_a_binding_of_an_index(fauna: Fauna) -> None:
    fauna.collection()
    text = {"query": lambda_("x", {"to_string": {"select": ["data", "n"], "from": var("x")}})}
    source = {"object": {"collection": {"collection": "c"}, "fields": {"object": {"text": text}}}}
    fauna.index("i", source=source, values=[{"object": {"binding": "text"}}])
    assert fauna.error(create(1, {"n": 1.63845098343918464e18}))[0] == 501
    fauna.create(2, {"n": 5.0})
    fauna.create(3)
    assert data(fauna, {"match": {"index": "i"}}) == ["5.0"]


def test_in_a_predicate_of_a_role(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1)
    reader = fauna.role("reader", ({"collection": "c"}, {"read": {"query": lambda_("_", {"is_empty": LEFT_OUT})}}))
    assert fauna.error(page(documents()), secret=reader)[0] == 501
