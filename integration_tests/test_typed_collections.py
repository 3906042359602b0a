"""Typed collections: what their definition says of fields, and what the sample adds, from discover to the records."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness.connector import command, configured, discover, full_refresh, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, create_wired, ref
from integration_tests.harness.strikes import refusal, strikes
from unit_tests.records.validation import Validator

pytestmark = pytest.mark.local_only
"""Only local_fauna can type a collection: a real server does it by a schema in FQL v10."""

FOUND = {"column_mode": "found"}
OURS = ["ref", "ts", "data", "ttl"]
UUID = "123e4567-e89b-12d3-a456-426614174000"
NANOS, MICROS = "2022-03-04T12:00:30.123456789Z", "2022-03-04T12:00:30.123456Z"
REF = {"id": "7", "collection": "foo", "type": "document"}
ARRAY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING = (
    {"type": ["null", kind]} for kind in ("array", "boolean", "integer", "number", "object", "string")
)
DATE = {"type": ["null", "string"], "format": "date"}
TIME = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}

FIELDS: dict[str, tuple[str, Any, Any, dict[str, Any]]] = {
    "text": ("String", "Zoë", "Zoë", STRING),
    "int": ("Int", 7, 7, INTEGER),
    "long": ("Long", 2**63 - 1, 2**63 - 1, INTEGER),
    "double": ("Double", 1.5, 1.5, NUMBER),
    "number": ("Number", 7, 7, NUMBER),
    "flag": ("Boolean", False, False, BOOLEAN),
    "at": ("Time", {"@ts": NANOS}, MICROS, TIME),
    "day": ("Date", {"@date": "2022-03-04"}, "2022-03-04", DATE),
    "bytes": ("Bytes", {"@bytes": "aGVsbG8/Pz8+Pj4="}, "aGVsbG8_Pz8-Pj4=", STRING),
    "uuid": ("UUID", {"@uuid": UUID}, UUID, STRING),
    "other": ("Ref<foo>", ref("foo", 7), REF, OBJECT),
    "maybe": ("Ref<foo>?", ref("foo", 7), REF, OBJECT),
    "list": ("Array<String>?", ["a"], ["a"], ARRAY),
    "map": ("{ name: String, city: String? }?", {"name": "a"}, {"name": "a"}, OBJECT),
    "either": ("Int | Double | Null", 7, 7, NUMBER),
    "mixed": ("Int | String", 7, "7", STRING),
    "moment": ("Time | Date", {"@date": "2022-03-04"}, "2022-03-04", STRING),
    "any": ("Any", True, True, BOOLEAN),
    "literal": ('"open" | "closed"', "open", "open", STRING),
}
"""For each field its signature, a value, the value of its column, and the type of its column."""


def type_collection(fauna: Fauna, signatures: dict[str, str], *, wildcard: str | None = None) -> None:
    assert fauna.local is not None
    fields = {name: {"signature": signature} for name, signature in signatures.items()}
    fauna.local.type_collection("foo", fields=fields, wildcard=wildcard)


def found(config: dict[str, Any]) -> dict[str, Any]:
    """The columns that a discover finds, by name."""
    (stream,) = discover(config)
    return {name: each for name, each in stream["json_schema"]["properties"].items() if name not in OURS}


def records(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a full refresh, all valid, which an incremental sync has as well."""
    (stream,) = discover(config)
    whole = full_refresh(config).succeed().records()
    for record in whole:
        Validator(stream["json_schema"]).validate(record)
    assert incremental(config).succeed().records() == whole
    return whole


def test_every_signature_has_a_column_of_its_type_which_takes_its_values(fauna: Fauna) -> None:
    fauna.collection("foo")
    type_collection(fauna, {name: signature for name, (signature, *_) in FIELDS.items()})
    fauna.write(create_wired("foo", 1, {name: stored for name, (_, stored, *_) in FIELDS.items()}))
    config = fauna.config(columns=FOUND)
    assert found(config) == {name: each for name, (*_, each) in FIELDS.items()}
    (record,) = records(config)
    assert {name: record[name] for name in FIELDS} == {name: value for name, (_, _, value, _) in FIELDS.items()}


def test_an_empty_collection_has_the_columns_of_its_definition_and_they_are_filled_later(fauna: Fauna) -> None:
    assert fauna.local is not None
    fauna.collection("foo")
    type_collection(fauna, {"n": "Int", "at": "Time?", "any": "Any", "nothing": "Null"})
    config = fauna.config(columns=FOUND)
    assert found(config) == {"at": TIME, "n": INTEGER}
    catalog = configured(config, foo="incremental")
    first = read(config, catalog)
    assert first.succeed().records() == []
    ts = fauna.write(create_wired("foo", 1, {"n": 1, "at": {"@ts": NANOS}, "any": True}))
    (record,) = read(config, catalog, first.state).succeed().records()
    assert record == {
        "ref": "1",
        "ts": ts,
        "data": {"n": 1, "at": NANOS, "any": True},
        "ttl": None,
        "at": MICROS,
        "n": 1,
    }
    assert found(config) == {"any": BOOLEAN, "at": TIME, "n": INTEGER}


def test_documents_that_were_made_before_the_collection_was_typed_widen_its_columns(fauna: Fauna) -> None:
    """The server keeps them as they are. A field that no document has any more keeps the column of its definition."""
    fauna.collection("foo")
    fauna.write(create_wired("foo", 1, {"n": "seven", "total": 1, "at": "soon", "tags": {"a": 1}, "older": 1}))
    type_collection(fauna, {"n": "Int", "total": "Double", "at": "Time", "tags": "Array<String>", "never": "Boolean"})
    fauna.write(create_wired("foo", 2, {"n": 7, "total": 1.5, "at": {"@ts": NANOS}, "tags": ["a"]}))
    config = fauna.config(columns=FOUND)
    columns = {"at": STRING, "n": STRING, "never": BOOLEAN, "older": INTEGER, "tags": STRING, "total": NUMBER}
    assert found(config) == columns
    assert [[record[name] for name in columns] for record in records(config)] == [
        ["soon", "seven", None, 1, '{"a":1}', 1],
        [NANOS, "7", None, None, '["a"]', 1.5],
    ]


def test_with_a_wildcard_the_sample_finds_further_fields(fauna: Fauna) -> None:
    fauna.collection("foo")
    type_collection(fauna, {"Name": "String", "n": "Int"}, wildcard="Any")
    fauna.write(create("foo", 1, {"Name": "a", "n": 1, "more": [1]}), create("foo", 2, {"Name": "b", "name": "c"}))
    config = fauna.config(columns=FOUND)
    assert found(config) == {"more": ARRAY, "n": INTEGER, "Name": STRING}
    assert [(record["Name"], record["n"], record["more"]) for record in records(config)] == [
        ("a", 1, [1]),
        ("b", None, None),
    ]
    command("discover", config=config).succeed().warn("take their name for that of another column: 'name'.")


def test_what_a_definition_says_in_another_form_says_nothing(fauna: Fauna) -> None:
    assert fauna.local is not None
    fauna.collection("foo")
    fields = {
        "a": {"signature": 7},
        "b": "String",
        "c": {},
        "d": {"signature": "Future<Int>"},
        "n": {"signature": "Int"},
    }
    fauna.local.type_collection("foo", fields=fields, wildcard="Any")
    fauna.write(create("foo", 1, {"a": 1.5}))
    assert found(fauna.config(columns=FOUND)) == {"a": NUMBER, "n": INTEGER}


def test_a_collection_that_cannot_be_sampled_has_the_columns_of_its_definition(fauna: Fauna) -> None:
    assert fauna.local is not None
    fauna.collection("foo")
    type_collection(fauna, {"n": "Int"})
    fauna.write(create("foo", 1, {"n": 1, "more": 1}))
    fault = refusal(400, "bad request", "Transaction does too much compute: got 12012, limit: 12000")
    with strikes(fauna.local, fault, when=lambda expression: "before" in str(expression)):
        assert found(fauna.config(columns=FOUND)) == {"n": INTEGER}
