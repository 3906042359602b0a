"""Numbers, strings, times, tags and paths: a query and its value or its error (recordings `values`, `errors`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, lambda_, var

NOON = {"@ts": "2022-03-04T12:30:45.678901Z"}
TICKET = "Please create a ticket at https://support.fauna.com"
OBJECT = {"object": {"a": 1, "b": [2, 3]}}

_INFINITY = {"multiply": [1e308, 10.0]}
VALUES: dict[str, tuple[Any, Any]] = {
    "subtract": ({"subtract": [5, 2, 1]}, 2),
    "a single number": ({"add": 5}, 5),
    "not a number": ({"subtract": [_INFINITY, _INFINITY]}, "NaN"),
    "minus infinity": ({"multiply": [1e308, -10.0]}, "-Infinity"),
    "remainder of doubles": ({"modulo": [7.5, 2]}, 1.5),
    "min and max": ([{"min": [3, 1.5]}, {"max": [3, 1.5]}], [1.5, 3]),
    "bits": ([{"bitand": [6, 3]}, {"bitor": [6, 3]}, {"bitxor": [6, 3]}, {"bitnot": 0}], [2, 7, 5, -1]),
    "abs, sign": ([{"abs": -2}, {"sign": -2.5}], [2, -1]),
    "ceil, floor": ([{"ceil": 1.2}, {"floor": 1.8}, {"floor": 2}], [2.0, 1.0, 2]),
    "sqrt": ({"sqrt": 16}, 4.0),
    "round": ([{"round": 1.256}, {"round": 1.5, "precision": 0}, {"round": 55, "precision": -1}], [1.26, 2.0, 60]),
    "round beyond nine digits": ({"round": 1.2345, "precision": 12}, 1.234499999896856),
    "round what is too large": ([{"round": 1e300}, {"round": _INFINITY}], [9.315605757223324e18, 9.315605757223324e18]),
    "round a negative number": ([{"round": -1.255}, {"round": -1.5, "precision": 0}], [-1.24, -1.0]),
    "round more digits than there are": ([{"round": 5, "precision": -400}, {"round": 7, "precision": 2}], [0, 7]),
    "trunc": (
        [{"trunc": 1.239}, {"trunc": -1.239}, {"trunc": 155, "precision": -1}, {"trunc": 155.5, "precision": -1}],
        [1.23, -1.23, 150, 150.0],
    ),
    "trunc an integer": ([{"trunc": 3}, {"trunc": 3, "precision": 5}], [3, 3]),
    "trunc more digits than there are": ({"trunc": 1.5, "precision": -400}, "NaN"),
    "an integer is rounded to be compared with a double": (
        [{"gt": [2**53 + 1, float(2**53)]}, {"lt": [2**53 + 1, float(2**53)]}, {"lte": [2.0**63, 2**63 - 1]}],
        [False, False, True],
    ),
    "integers are not": ([{"lt": [2**53, 2**53 + 1]}, {"gt": [-(2**62), -(2**62) - 1]}], [True, True]),
    "doubles out of the reach of integers": ([{"gt": [1e300, 2**62]}, {"lt": [-1e300, -(2**62)]}], [True, True]),
    "casefold": ([{"casefold": "Straße \u0130"}, {"casefold": ["A", 1, None]}], ["strasse i\u0307", ["a", 1, None]]),
    "casefold drops what cannot be seen": ({"casefold": "s\u00adi\u200dX\ufe0f"}, "six"),
    "casefold by a form": ({"casefold": "\u00c9", "normalizer": "NFD"}, "E\u0301"),
    "to_number of zeros": ([{"to_number": "-00012"}, {"to_number": "-0"}, {"to_number": "0.0"}], [-12, -0.0, 0]),
    "a step that 32 bits do not hold": ({"select": [2**32 + 1], "from": [1, 2]}, 2),
    "objects are compared by name and value, in the order of names": (
        [
            {"lt": [{"object": {"b": 1, "a": 2}}, {"object": {"a": 2, "b": 3}}]},
            {"lt": [{"object": {"a": 1}}, {"object": {"a": 1, "b": 0}}]},
            {"gt": [{"object": {"b": 0}}, {"object": {"a": 9}}]},
            {"lt": [[9], {"object": {}}]},
        ],
        [True, True, True, True],
    ),
    "the text of large doubles of few digits": (
        [{"to_string": value} for value in (1e16, -2.5e17, 9007199254740991.0)],
        ["1.0E16", "-2.5E17", "9.007199254740991E15"],
    ),
    "lt of times": ({"lt": [{"@ts": "2020-01-01T00:00:00Z"}, NOON]}, True),
    "case": ([{"lowercase": "AbC"}, {"titlecase": "one two"}], ["abc", "One Two"]),
    "trims": ([{"trim": " a "}, {"ltrim": " a "}, {"rtrim": " a "}], ["a", "a ", " a"]),
    "length counts characters": ({"length": "äß\U0001f600"}, 3),
    "search": (
        [
            {"containsstr": "abc", "search": "b"},
            {"startswith": "abc", "search": "b"},
            {"endswith": "abc", "search": "c"},
            {"findstr": "abcabc", "find": "c", "start": 3},
            {"findstr": "abc", "find": "x"},
        ],
        [True, False, True, 5, -1],
    ),
    "replacestr": ({"replacestr": "aba", "find": "a", "replace": "c"}, "cbc"),
    "substring": (
        [{"substring": "abcd", "start": 1, "length": 2}, {"substring": "abcd", "start": -2}],
        ["bc", "cd"],
    ),
    "repeat and space": ([{"repeat": "ab"}, {"repeat": "a", "number": 3}, {"space": 2}], ["abab", "aaa", "  "]),
    "to_string": (
        [{"to_string": value} for value in (1.5, True, {"@date": "2022-01-02"}, 7)],
        ["1.5", "true", "2022-01-02", "7"],
    ),
    "to_number": ([{"to_number": "12"}, {"to_number": "-150.5"}, {"to_number": 3}], [12, -150.5, 3]),
    "format a double": ({"format": "%f %d", "values": [1.5, 2]}, "1.500000 2"),
    "parts of a time": (
        [{part: NOON} for part in ("year", "month", "day_of_month", "hour", "minute", "second")],
        [2022, 3, 4, 12, 30, 45],
    ),
    "parts of a time by its calendar": (
        [{"day_of_week": NOON}, {"day_of_year": NOON}, {"year": 0}],
        [5, 63, 1970],
    ),
    "seconds and milliseconds": ([{"to_seconds": NOON}, {"to_millis": NOON}], [1646397045, 1646397045678]),
    "to_date and to_time": (
        [{"to_date": NOON}, {"to_time": {"@date": "2022-03-04"}}],
        [{"@date": "2022-03-04"}, {"@ts": "2022-03-04T00:00:00Z"}],
    ),
    "time_subtract from a date": (
        {"time_subtract": {"@date": "2022-03-01"}, "offset": 1, "unit": "day"},
        {"@date": "2022-02-28"},
    ),
    "time_diff": ({"time_diff": {"@date": "2022-03-01"}, "other": {"@date": "2022-03-03"}, "unit": "days"}, 2),
    "date": ({"date": "2022-03-04"}, {"@date": "2022-03-04"}),
    "a native ref by @ref": ({"@ref": {"id": "classes"}}, {"@ref": {"id": "collections"}}),
    "an object by @obj is an expression": ({"@obj": {"object": {"a": {"add": [1, 1]}}}}, {"a": 2}),
    "a lambda by @query": (
        {"@query": {"lambda": "x", "expr": 1, "api_version": "3"}},
        {"@query": {"api_version": "3", "lambda": "x", "expr": 1}},
    ),
    "contains": ({"contains": ["b", 1], "in": OBJECT}, True),
    "contains_field": ([{"contains_field": "a", "in": OBJECT}, {"contains_field": "c", "in": OBJECT}], [True, False]),
    "contains_value": ([{"contains_value": 1, "in": OBJECT}, {"contains_value": 3, "in": [1, 2]}], [True, False]),
    "to_array and to_object": (
        [{"to_array": {"object": {"a": 1}}}, {"to_object": [["a", 1]]}],
        [[["a", 1]], {"a": 1}],
    ),
    "sums": ([{"sum": [1, 2.5]}, {"mean": [1, 2]}, {"count": []}], [3.5, 1.5, 0]),
    "emptiness": ([{"is_empty": []}, {"is_nonempty": [1]}], [True, True]),
    "all and any": ([{"all": [True, False]}, {"any": [True, False]}], [False, True]),
    "reverse": ({"reverse": [1, 2]}, [2, 1]),
    "take more than there is": ({"take": 5, "collection": [1]}, [1]),
    "and of one": ({"and": True}, True),
    "do of one": ({"do": [5]}, 5),
    "types": (
        [
            {"is_integer": 1},
            {"is_double": 1},
            {"is_ref": {"collections": None}},
            {"is_collection": {"collection": "c"}},
        ],
        [True, False, True, False],
    ),
}


@pytest.mark.parametrize(("query", "expected"), VALUES.values(), ids=VALUES.keys())
def test_value(fauna: Fauna, query: Any, expected: Any) -> None:
    found = fauna.ask(query)
    assert (found, repr(found)) == (expected, repr(expected))


ERRORS: dict[str, tuple[Any, tuple[int, Any, str, str]]] = {
    "remainder by zero": ({"modulo": [1, 0]}, (400, [], "invalid argument", "Illegal division by zero.")),
    "no numbers": ({"add": []}, (400, ["add"], "invalid argument", "Non-empty array expected.")),
    "a UUID that is none": ({"@uuid": "x"}, (400, [], "invalid expression", "Invalid UUID.")),
    "an object that is none": ({"@obj": 1}, (400, [], "invalid expression", "Invalid object.")),
    "a ref of another database": (
        {"@ref": {"id": "c", "collection": {"@ref": {"id": "collections"}}, "database": {"@ref": {"id": "d"}}}},
        (501, [], "not implemented", "A ref into another database is not implemented by local_fauna."),
    ),
    "a document of a key": (
        {"@ref": {"id": "1", "collection": {"id": "5", "collection": {"id": "keys"}}}},
        (501, [], "not implemented", "What is wrong with this ref is not implemented by local_fauna."),
    ),
    "a document of a document": ({"@ref": "classes/c/1/2"}, (400, [], "invalid expression", "Invalid ref.")),
    "a document of an index": ({"@ref": "indexes/i/1"}, (400, [], "invalid expression", "Invalid ref.")),
    "a path that begins nowhere": ({"@ref": "nope/c"}, (400, [], "invalid expression", "Invalid ref.")),
    "a variable that is no name": (
        {"var": 1},
        (400, ["var"], "invalid expression", "String expected, Integer provided."),
    ),
    "a time that is none": ({"time": "x"}, (400, [], "invalid argument", "Cannot cast 'x' to a time.")),
    "a path of a double": (
        {"select": [1.5], "from": [1]},
        (400, ["select", 0], "invalid argument", "String or Integer expected, Double provided."),
    ),
    "a filter over a number": (
        {"filter": lambda_("x", True), "collection": 1},
        (400, ["collection"], "invalid argument", "Array, Set, or Page expected, Integer provided."),
    ),
    "a pattern over a number": (
        {"map": lambda_(["a", "b"], var("a")), "collection": [1]},
        (400, ["map", "lambda"], "invalid argument", "Lambda expects an array with 2 elements. Array contains 1."),
    ),
    "sum of strings": ({"sum": ["a"]}, (400, ["sum"], "invalid argument", "Number expected, String provided.")),
    "casefold of an array": (
        {"casefold": [["a"]]},
        (400, ["casefold", 0], "invalid argument", "Scalar expected, Array provided."),
    ),
    "a normalizer that is none": (
        {"casefold": "a", "normalizer": "x"},
        (
            400,
            ["normalizer"],
            "invalid argument",
            "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD' expected, String provided.",
        ),
    ),
    "casefold of an iota of its own": (
        {"casefold": "a\u0345"},
        (
            501,
            None,
            "not implemented",
            "Folding a text with a Greek iota subscript of its own is not implemented by local_fauna.",
        ),
    ),
    "bytes that are none": (
        {"@bytes": "a!"},
        (
            500,
            None,
            "internal server error",
            f"java.lang.IllegalArgumentException: Illegal base64 character 21 {TICKET}",
        ),
    ),
}


@pytest.mark.parametrize(("query", "expected"), ERRORS.values(), ids=ERRORS.keys())
def test_error(fauna: Fauna, query: Any, expected: Any) -> None:
    assert fauna.error(query) == expected
