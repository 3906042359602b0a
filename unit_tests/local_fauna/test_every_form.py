"""Every form is honoured with each of its arguments, or refused by name; and none fails on arguments that do not fit.

The fixture of `conftest.py` checks the log after each test, so a form that fails by a bug fails the test.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from local_fauna.query.compiler import _FORMS
from unit_tests.local_fauna.fauna import START, Fauna, create, documents, field, lambda_, match, page, params, ref, var
from unit_tests.local_fauna.fql_forms import HONOURED, REFUSED, Form

FORMS = sorted(map(sorted, _FORMS))
CURSOR = {"object": {"ts": START, "action": "add", "document": ref(1)}}
DEEP = {"@ref": {"id": "1", "collection": {"id": "5", "collection": {"id": "keys"}}}}

ARGUMENTS: dict[str, Any] = {
    "null": None,
    "true": True,
    "an integer": 1,
    "the greatest integer": 2**63 - 1,
    "a double": -1.5,
    "an infinity": {"divide": [1.0, 0.0]},
    "a text": "x",
    "the name of a collection": "c",
    "digits without end": "9" * 5000,
    "an empty array": [],
    "nested arrays": [[], [1, ["a"]]],
    "an object": {"object": {"data": {"object": {"a": [1]}}, "name": "n", "values": [1], "action": []}},
    "a cursor of events": CURSOR,
    "a ref": ref(1),
    "an unknown ref": ref(1, "nope"),
    "a ref that cannot be": DEEP,
    "a collection": {"collection": "c"},
    "an unknown index": {"index": "nope"},
    "a native ref": {"tokens": None},
    "a set": documents(),
    "a set in reverse order": match(),
    "the history of a document": {"events": ref(1)},
    "a page": page(documents()),
    "a document": {"get": ref(1)},
    "a lambda": lambda_("x", var("x")),
    "a lambda of other parameters": lambda_(["x", ["y"], 5], 1),
    "a stored lambda": {"query": lambda_(["x"], var("x"))},
    "a far time": {"@ts": "+999999999-12-31T23:59:59Z"},
    "a far date": {"@date": "-999999999-01-01"},
    "bytes": {"@bytes": "AA=="},
}


@pytest.fixture
def furnished(fauna: Fauna) -> Fauna:
    fauna.collection()
    fauna.index("i", values=[field("data", "a", reverse=True)])
    fauna.create(1, {"a": [1, "x", None]})
    return fauna


@pytest.mark.parametrize("argument", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_with_one_value_for_all_its_arguments(furnished: Fauna, argument: Any) -> None:
    for form in FORMS:
        assert furnished.reply(dict.fromkeys(form, argument)).body.startswith((b'{"resource"', b'{"errors"'))


@pytest.mark.parametrize("seed", range(5), ids="run {}".format)
def test_with_arguments_by_chance(furnished: Fauna, seed: int) -> None:
    chance, values = random.Random(seed), list(ARGUMENTS.values())
    for form in FORMS * 3:
        query = {key: chance.choice(values) for key in form}
        assert furnished.reply(query).body.startswith((b'{"resource"', b'{"errors"'))


def _name(form: Form) -> str:
    return " ".join(form.required)


@pytest.mark.parametrize("form", REFUSED, ids=_name)
def test_a_form_that_is_left_out_is_refused_by_name_whatever_it_is_given(furnished: Fauna, form: Form) -> None:
    for keys in form.spellings():
        status, _, code, text = furnished.error(dict.fromkeys(keys))
        assert (status, code) == (501, "not implemented")
        assert form.required[0] in text or "another database" in text


def test_the_table_holds_every_form_that_is_known() -> None:
    known = {frozenset(keys) for form in HONOURED for keys in form.spellings()}
    refused = {frozenset(keys) for form in REFUSED for keys in form.spellings()}
    assert not known & refused
    assert known <= set(_FORMS)
    assert set(_FORMS) - known <= refused


def test_no_other_set_of_arguments_is_a_form(furnished: Fauna) -> None:
    for form in HONOURED:
        keys = (*form.required, *form.optional, "bogus")
        text = f"No form/function found, or invalid argument keys: {{ {', '.join(keys)} }}."
        assert furnished.error(dict.fromkeys(keys)) == (400, [], "invalid expression", text)


_SHOWN = {"object": {"a": 1, "b": [[1], [2]]}}
_DATED = {"update": ref(1), "params": params({"b": 2})}
_PAGES = {
    "ts": (page(documents(), ts=START), page(documents())),
    "size": (page(documents(), size=1), page(documents())),
    "events": (page(documents(), events=True), page(documents())),
    "sources": (page(documents(), sources=True), page(documents())),
}
EFFECTS: dict[tuple[str, str], tuple[Any, Any]] = {
    ("call", "arguments"): ({"call": "echo", "arguments": 1}, {"call": "echo"}),
    ("select", "all"): (
        {"select": "b", "from": _SHOWN, "all": True},
        {"select": "b", "from": _SHOWN},
    ),
    ("select", "default"): ({"select": "x", "from": _SHOWN, "default": 1}, {"select": "x", "from": _SHOWN}),
    ("merge", "lambda"): (
        {"merge": _SHOWN, "with": _SHOWN, "lambda": lambda_(["k", "a", "b"], 0)},
        {"merge": _SHOWN, "with": _SHOWN},
    ),
    ("concat", "separator"): ({"concat": ["a", "b"], "separator": "-"}, {"concat": ["a", "b"]}),
    ("findstr", "start"): ({"findstr": "aba", "find": "a", "start": 1}, {"findstr": "aba", "find": "a"}),
    ("repeat", "number"): ({"repeat": "a", "number": 3}, {"repeat": "a"}),
    ("substring", "start"): ({"substring": "abc", "start": 1}, {"substring": "abc"}),
    ("substring", "length"): ({"substring": "abc", "length": 1}, {"substring": "abc"}),
    ("casefold", "normalizer"): ({"casefold": "A", "normalizer": "NFC"}, {"casefold": "A"}),
    ("trunc", "precision"): ({"trunc": 1.2345, "precision": 3}, {"trunc": 1.2345}),
    ("round", "precision"): ({"round": 1.2345, "precision": 3}, {"round": 1.2345}),
    ("match", "terms"): ({"match": {"index": "i"}, "terms": 1}, {"match": {"index": "i"}}),
    ("get", "ts"): ({"get": ref(1), "ts": START}, {"get": ref(1)}),
    ("exists", "ts"): ({"exists": ref(1), "ts": START}, {"exists": ref(1)}),
    ("create", "params"): (create(9, {"a": 1}), {"create": ref(8)}),
    ("update", "params"): (_DATED, {"update": ref(1)}),
    ("replace", "params"): ({"replace": ref(1), "params": params({"c": 1})}, {"replace": ref(1)}),
    ("insert", "params"): (
        {"insert": ref(7), "ts": START, "action": "create", "params": params({"c": 1})},
        {"insert": ref(7), "ts": START, "action": "create"},
    ),
    **{("paginate", argument): queries for argument, queries in _PAGES.items()},
}
"""For each argument that may be missing, a query with it and one without that are answered otherwise."""
_WITHOUT_EFFECT = {("select_all", "default"), ("select_as_index", "default")}
"""Arguments that the database itself accepts and ignores: what is not found is an empty array."""


@pytest.mark.parametrize("queries", EFFECTS.values(), ids=map(" ".join, EFFECTS))
def test_every_argument_makes_a_difference(furnished: Fauna, queries: Any) -> None:
    furnished.ask({"create_function": {"object": {"name": "echo", "body": {"query": lambda_("x", var("x"))}}}})
    furnished.create(2)
    with_it, without = (furnished.reply({"do": [query]}).body for query in queries)
    assert with_it != without


def test_no_argument_is_forgotten() -> None:
    optional = {(form.required[0], argument) for form in HONOURED for argument in form.optional}
    assert optional == set(EFFECTS) | _WITHOUT_EFFECT
