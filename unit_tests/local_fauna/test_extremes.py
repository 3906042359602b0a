"""Numbers and times at their ends, and beyond: a value, or words, never a fault of the interpreter."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, documents, page, ref

INFINITY = {"multiply": [1e308, 10.0]}
NOT_A_NUMBER = {"subtract": [INFINITY, INFINITY]}
FAR = {"@ts": "+999999999-01-01T00:00:00Z"}
MOST = 2**63 - 1

VALUES: dict[str, tuple[Any, Any]] = {
    "ceil and floor of an infinity": ([{"ceil": INFINITY}, {"floor": INFINITY}], ["Infinity", "Infinity"]),
    "ceil and floor of no number": ([{"ceil": NOT_A_NUMBER}, {"floor": NOT_A_NUMBER}], ["NaN", "NaN"]),
    "the remainder of an infinity": ({"modulo": [INFINITY, 2]}, "NaN"),
    "the remainder by an infinity": ({"modulo": [5.0, INFINITY]}, 5.0),
    "format an infinity": ({"format": "%f %s", "values": [INFINITY, INFINITY]}, "Infinity Infinity"),
    "to_number of the ends": ([{"to_number": str(MOST)}, {"to_number": str(-(2**63))}], [MOST, -(2**63)]),
    "sum wraps round": ({"sum": [MOST, 1]}, -(2**63)),
    "the micros of a far time wrap round": ({"to_micros": FAR}, -5489308872242814976),
    "a far time echoes": (FAR, FAR),
    "a far time in another": ({"time_subtract": FAR, "offset": 0, "unit": "days"}, FAR),
}


@pytest.mark.parametrize(("query", "expected"), VALUES.values(), ids=VALUES.keys())
def test_value(fauna: Fauna, query: Any, expected: Any) -> None:
    assert fauna.ask(query) == expected


# What the real database says of these is not known.
BEYOND: dict[str, Any] = {
    "a number of 20 digits": {"to_number": str(2**63)},
    "a number of 5000 digits": {"to_number": "1" * 5000},
    "a number of zeros without end": {"to_number": "0" * 5000 + "7"},
    "a number with an exponent": {"to_number": "1e2"},
    "at a far time": {"at": FAR, "expr": 1},
    "history at a far time": {"insert": ref(1), "ts": FAR, "action": "create"},
    "events after a far time": page(documents(), events=True, after=FAR),
    "events after a far date": page(documents(), events=True, after={"@date": "+999999999-01-01"}),
    "the text of a large double": {"to_string": 1.63845098343918464e18},
    "the text of a larger one": {"format": "%s", "values": [2.2619e21]},
    "a format with flags": {"format": "%05d", "values": 1},
}


@pytest.mark.parametrize("query", BEYOND.values(), ids=BEYOND.keys())
def test_what_64_bits_do_not_hold_is_refused(fauna: Fauna, query: Any) -> None:
    fauna.collection()
    assert fauna.error(query)[::2] == (501, "not implemented")


def test_a_far_ttl_is_kept(fauna: Fauna) -> None:
    fauna.collection()
    assert fauna.ask(create(1, ttl=FAR))["ttl"] == FAR
