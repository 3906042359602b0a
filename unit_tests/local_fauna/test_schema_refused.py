"""What a schema document must be, and how it is refused (recording `errors`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, data, field, match, page

_ANY = {"collections": None}


REFUSED: dict[str, tuple[Any, list[tuple[Any, str]]]] = {
    "no name": ({"create_collection": {"object": {}}}, [(["name"], "value required")]),
    "a name of another type": ({"create_collection": {"object": {"name": 1}}}, [(["name"], "invalid type")]),
    "a bad name": ({"create_collection": {"object": {"name": "a b"}}}, [(["name"], "invalid characters")]),
    "days of another type": (
        {"create_collection": {"object": {"name": "d", "history_days": "x"}}},
        [(["history_days"], "invalid type")],
    ),
    "an index without a source": ({"create_index": {"object": {"name": "i"}}}, [(["source"], "value required")]),
    "an index of an unknown collection": (
        {"create_index": {"object": {"name": "i", "source": {"collection": "nope"}}}},
        [(["source"], "invalid reference")],
    ),
    "a function without a body": ({"create_function": {"object": {"name": "f"}}}, [(["body"], "value required")]),
    "values that are no objects": (
        {"create_index": {"object": {"name": "i", "source": "_", "values": [field("ts"), 1, "ts"]}}},
        [(["values"], "invalid type")],
    ),
    "terms that are no array": (
        {"create_index": {"object": {"name": "i", "source": "_", "terms": 1}}},
        [(["terms"], "invalid type")],
    ),
    "a binding that is no name": (
        {"create_index": {"object": {"name": "i", "source": "_", "values": {"object": {"binding": [1]}}}}},
        [(["binding"], "invalid type")],
    ),
    "fields of a source that are no object": (
        {"create_index": {"object": {"name": "i", "source": {"object": {"collection": "_", "fields": 1}}}}},
        [(["fields"], "invalid type")],
    ),
    "privileges that are no objects": (
        {"create_role": {"object": {"name": "r", "privileges": [1]}}},
        [(["privileges", 0], "invalid type")],
    ),
    "actions that are no object": (
        {"create_role": {"object": {"name": "r", "privileges": [{"object": {"resource": _ANY, "actions": 5}}]}}},
        [(["privileges", 0, "actions"], "invalid type")],
    ),
    "members that are no objects": (
        {"create_role": {"object": {"name": "r", "privileges": [], "membership": "x"}}},
        [(["membership"], "invalid type")],
    ),
}


@pytest.mark.parametrize(("query", "wanted"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(fauna: Fauna, query: Any, wanted: Any) -> None:
    assert fauna.failures(query) == wanted


def test_a_key_of_an_unknown_role_is_refused_by_name(fauna: Fauna) -> None:
    assert fauna.error({"create_key": {"object": {"role": "x"}}})[0] == 501


def test_items_that_are_no_objects_are_told_by_their_type(fauna: Fauna) -> None:
    query = {"create_index": {"object": {"name": "i", "source": "_", "values": [1]}}}
    (error,) = json.loads(fauna.reply(query).body)["errors"]
    assert (error["position"], error["code"]) == (["create_index"], "validation failed")
    assert error["failures"][0]["description"] == "Invalid type Long, expected type Term."


def test_a_single_object_stands_for_an_array_of_one(fauna: Fauna) -> None:
    fauna.collection()
    made = fauna.index("i", values=field("data", "n"), terms=field("data", "m"))
    assert (made["values"], made["terms"]) == ({"field": ["data", "n"]}, {"field": ["data", "m"]})
    fauna.create(1, {"n": 5, "m": 6})
    assert data(fauna, match(terms=6)) == [5]
    privilege = {"object": {"resource": {"index": "i"}, "actions": {"object": {"unrestricted_read": True}}}}
    fauna.ask({"create_role": {"object": {"name": "r", "privileges": privilege}}})
    assert fauna.ask(page(match(terms=6)), secret=fauna.key({"role": "r"}))["data"] == [5]
