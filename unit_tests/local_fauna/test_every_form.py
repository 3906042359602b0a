"""Every form with arguments that do not fit: it is answered in words, and never fails itself.

That nothing fails is seen by the log: the fixture of `conftest.py` looks into it after each test.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from local_fauna.query.compiler import _FORMS
from unit_tests.local_fauna.fauna import START, Fauna, documents, field, lambda_, match, page, ref, var

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
