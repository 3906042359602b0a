"""Forms that need no storage: a query and its value, or its error (recording `errors`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, lambda_, var

_DOUBLED = lambda_("x", {"multiply": [var("x"), 2]})
_BIG = 9223372036854775807

VALUES: dict[str, tuple[Any, Any]] = {
    "a number is itself": (1, 1),
    "an array": ([1, 2.5, "x", None, True], [1, 2.5, "x", None, True]),
    "let sees earlier bindings": ({"let": [{"a": 1}, {"b": var("a")}], "in": [var("b"), var("a")]}, [1, 1]),
    "let as an object": ({"let": {"a": 1, "b": var("a")}, "in": var("b")}, 1),
    "an inner let hides": ({"let": {"a": 1}, "in": [{"let": {"a": 2}, "in": var("a")}, var("a")]}, [2, 1]),
    "if is lazy": ({"if": True, "then": 1, "else": {"abort": "no"}}, 1),
    "do gives the last": ({"do": [1, 2, 3]}, 3),
    "and stops early": ({"and": [False, {"abort": "no"}]}, False),
    "or stops early": ({"or": [True, {"abort": "no"}]}, True),
    "add wraps round": ({"add": [_BIG, 1]}, -_BIG - 1),
    "multiply wraps round": ({"multiply": [_BIG, 2]}, -2),
    "integers divide whole": ({"divide": [-7, 2]}, -3),
    "doubles divide": ({"divide": [7.0, 2]}, 3.5),
    "remainder keeps the sign": ({"modulo": [-7, 2]}, -1),
    "1 equals 1.0": ({"equals": [1, 1.0]}, True),
    "0 is not -0.0": ({"equals": [0, -0.0]}, False),
    "objects are equal by members": ({"equals": [{"object": {"a": 1}}, {"object": {"a": 1}}]}, True),
    "a string is no number": ({"equals": ["1", 1]}, False),
    "lt over several": ({"lt": [1, 2, 3]}, True),
    "gte": ({"gte": [2, 2, 1]}, True),
    "concat": ({"concat": ["a", "b"], "separator": "-"}, "a-b"),
    "format": ({"format": "%s is %d of %s%%", "values": ["a", 1, 2.0]}, "a is 1 of 2.0%"),
    "format a ref as JSON of version 2.1": (
        {"format": "%@", "values": [{"collections": None}]},
        '{"@ref":{"id":"classes"}}',
    ),
    "format a ref as JSON of this version": (
        {"format": "%^", "values": [{"collections": None}]},
        '{"@ref":{"id":"collections"}}',
    ),
    "to_string of a time": ({"to_string": {"time": "2022-07-22T13:34:16.881Z"}}, "2022-07-22T13:34:16.881Z"),
    "to_string of null": ({"to_string": None}, "null"),
    "map": ({"map": _DOUBLED, "collection": [1, 2]}, [2, 4]),
    "map by a pattern": (
        {"map": lambda_(["a", "_"], var("a")), "collection": [[1, 2], [3, 4]]},
        [1, 3],
    ),
    "foreach gives its collection": ({"foreach": lambda_("x", 0), "collection": [1, 2]}, [1, 2]),
    "filter": ({"filter": lambda_("x", {"gt": [var("x"), 1]}), "collection": [1, 2]}, [2]),
    "take and drop": ({"take": 1, "collection": {"drop": 1, "collection": [1, 2, 3]}}, [2]),
    "append and prepend": ({"append": [3], "collection": {"prepend": [1], "collection": [2]}}, [1, 2, 3]),
    "count an array": ({"count": [1, 2]}, 2),
    "select by a string": ({"select": "a", "from": {"object": {"a": 1}}}, 1),
    "select by a path": ({"select": ["a", 1, "b"], "from": {"object": {"a": [0, {"object": {"b": 2}}]}}}, 2),
    "select nothing": ({"select": [], "from": 5}, 5),
    "select a null": ({"select": "a", "from": {"object": {"a": None}}, "default": 1}, None),
    "select a default": ({"select": "b", "from": {"object": {"a": None}}, "default": 1}, 1),
    "the default is lazy": ({"select": 0, "from": [1], "default": {"abort": "no"}}, 1),
    "the id of a native ref": ({"select": "id", "from": {"collections": None}}, "collections"),
    "contains_path": ({"contains_path": ["a", 0], "in": {"object": {"a": [1]}}}, True),
    "contains_path misses": ({"contains_path": "b", "in": {"object": {"a": [1]}}}, False),
    "is_null": ({"is_null": None}, True),
    "merge": ({"merge": {"object": {"a": 1, "b": 2}}, "with": {"object": {"b": None, "c": 3}}}, {"a": 1, "c": 3}),
    "epoch": ({"epoch": 1658504456881001, "unit": "microsecond"}, {"@ts": "2022-07-22T15:40:56.881001Z"}),
    "to_micros cuts": ({"to_micros": {"@ts": "2022-07-22T13:34:16.881001999Z"}}, 1658496856881001),
    "to_micros of micros": ({"to_micros": 5}, 5),
    "time with an offset": ({"time": "2022-03-04T12:00+0100"}, {"@ts": "2022-03-04T11:00:00Z"}),
    "time_add": (
        {"time_add": {"@ts": "2022-03-04T12:00:00Z"}, "offset": 2, "unit": "days"},
        {"@ts": "2022-03-06T12:00:00Z"},
    ),
    "the object form nests": ({"object": {"a": {"object": {"b": {"add": [1, 1]}}}}}, {"a": {"b": 2}}),
    "an unknown tag is an object": ({"object": {"@foo": 1, "b": 2}}, {"@obj": {"@foo": 1, "b": 2}}),
    "@obj within an object is the object": ({"object": {"@obj": {"a": [1]}}}, {"a": [1]}),
    "a stored lambda echoes": (
        {"query": lambda_("x", var("x"))},
        {"@query": {"api_version": "4", "lambda": "x", "expr": {"var": "x"}}},
    ),
    "an unresolved ref echoes": (
        {"ref": {"collection": "nope"}, "id": "7"},
        {
            "@ref": {
                "id": "7",
                "collection": {"@ref": {"id": "nope", "collection": {"@ref": {"id": "collections"}}}},
            }
        },
    ),
    "an unresolved ref does not exist": ({"exists": {"ref": {"collection": "nope"}, "id": "7"}}, False),
    "uppercase": ({"uppercase": "aß"}, "ASS"),
    "is_string": ({"is_string": "a"}, True),
}


@pytest.mark.parametrize(("query", "expected"), VALUES.values(), ids=VALUES.keys())
def test_value(fauna: Fauna, query: Any, expected: Any) -> None:
    found = fauna.ask(query)
    assert (found, repr(found)) == (expected, repr(expected))


_UNKNOWN = "No form/function found, or invalid argument keys: "
ERRORS: dict[str, tuple[Any, tuple[int, Any, str, str]]] = {
    "an unknown form": (
        {"paginate": 1, "after": 1, "before": 2},
        (400, [], "invalid expression", _UNKNOWN + "{ paginate, after, before }."),
    ),
    "an unknown form that never runs": (
        {"if": True, "then": 1, "else": {"foo": 1}},
        (400, ["else"], "invalid expression", _UNKNOWN + "{ foo }."),
    ),
    "a lambda by itself": (
        {"lambda": "x", "expr": 1},
        (400, [], "invalid expression", _UNKNOWN + "{ lambda, expr }."),
    ),
    "a lambda's variable outside": (
        [{"map": lambda_("x", 1), "collection": []}, var("x")],
        (400, [1], "invalid expression", "Variable 'x' is not defined."),
    ),
    "a path that leads nowhere": (
        {"do": [{"select": ["a", "b"], "from": {"object": {}}}]},
        (404, ["do", 0, "from"], "value not found", "Value not found at path [a,b]."),
    ),
    "select from an unresolved ref": (
        {"select": "id", "from": {"collection": "nope"}, "default": 1},
        (400, ["from"], "invalid ref", "Ref refers to undefined collection 'nope'"),
    ),
    "a failing from is not defaulted": (
        {"select": "a", "from": {"select": "b", "from": {"object": {}}}, "default": 1},
        (404, ["from", "from"], "value not found", "Value not found at path [b]."),
    ),
    "if of a number": (
        {"if": 1, "then": 1, "else": 2},
        (400, ["if"], "invalid argument", "Boolean expected, Integer provided."),
    ),
    "format a ref": (
        {"format": "%s", "values": [{"collections": None}]},
        (400, ["values", 0], "invalid argument", "Cannot cast Collection Ref to String."),
    ),
    "a tag in an object that is none": (
        {"object": {"@date": "2022-07-22"}},
        (400, [], "invalid expression", "Object expected, Date provided."),
    ),
    "one over a zero double": (
        {"divide": [1.0, 0.0]},
        (400, [], "invalid argument", "Illegal division by zero."),
    ),
    "to_string of an object": (
        {"to_string": {"object": {}}},
        (400, [], "invalid argument", "Cannot cast Object to String."),
    ),
    "to_micros of a date": (
        {"to_micros": {"@date": "2022-01-01"}},
        (400, ["to_micros"], "invalid argument", "Time expected, Date provided."),
    ),
    "at of a string": ({"at": "x", "expr": 1}, (400, ["at"], "invalid argument", "Time expected, String provided.")),
    "no time": ({"@ts": "hello"}, (400, [], "invalid expression", "Invalid time.")),
    "no date": ({"@date": "2022-02-30"}, (400, [], "invalid expression", "Invalid date.")),
    "no ref": ({"@ref": 1}, (400, [], "invalid expression", "Invalid ref.")),
    "no id": (
        {"@ref": {"id": "x", "collection": {"@ref": {"id": "c", "collection": {"@ref": {"id": "collections"}}}}}},
        (400, [], "invalid expression", "Number or numeric String expected, non-numeric 'x' provided."),
    ),
    "an id beyond int64": (
        {"ref": {"collection": "c"}, "id": "9223372036854775808"},
        (400, ["id"], "invalid argument", "The id provided is too large: '9223372036854775808'"),
    ),
    "documents of a string": (
        {"documents": "c"},
        (400, ["documents"], "invalid argument", "Collection Ref expected, String provided."),
    ),
    "a function that is not there": (
        {"call": {"function": "f"}, "arguments": []},
        (400, ["call"], "invalid ref", "Ref refers to undefined function 'f'"),
    ),
    "a form that only the real one has": (
        {"quote": 1},
        (501, [], "not implemented", "The form { quote } is not implemented by local_fauna."),
    ),
}


@pytest.mark.parametrize(("query", "expected"), ERRORS.values(), ids=ERRORS.keys())
def test_error(fauna: Fauna, query: Any, expected: Any) -> None:
    assert fauna.error(query) == expected


_NO_PATH = {"select": [True], "from": {"abort": "no"}}
SIBLINGS: dict[str, tuple[Any, list[Any]]] = {
    "elements of an array": ([{"abort": "one"}, 2, {"abort": "two"}], [[0], [2]]),
    "path and source of a select": (_NO_PATH, [["from"]]),
    "a computed path": ({**_NO_PATH, "select": {"abort": "no"}}, [["select"], ["from"]]),
    "the default of a select is not asked": ({**_NO_PATH, "default": {"abort": "no"}}, [["from"]]),
    "index and terms of a match": ({"match": {"index": "nope"}, "terms": {"abort": "no"}}, [["match"], ["terms"]]),
    "the name of an index and terms": ({"match": "nope", "terms": {"abort": "no"}}, [["index"], ["terms"]]),
    "an error of the whole query is told alone": (
        [{"abort": "one"}, {"map": lambda_("x", 0), "collection": [0] * 100_001}],
        [None],
    ),
}


@pytest.mark.parametrize(("query", "positions"), SIBLINGS.values(), ids=SIBLINGS.keys())
def test_siblings_tell_all_their_errors(fauna: Fauna, query: Any, positions: Any) -> None:
    errors = json.loads(fauna.reply(query).body)["errors"]
    assert [error.get("position") for error in errors] == positions


def test_a_map_that_is_too_wide(fauna: Fauna) -> None:
    query = {"map": lambda_("x", 0), "collection": [0] * 100_001}
    wanted = "Query exceeds max width. Max: 100000, current: 100001."
    assert fauna.error(query) == (400, None, "bad request", wanted)
