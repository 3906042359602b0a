"""The table of types, and a slow second opinion on random values."""

from __future__ import annotations

import copy
import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.records.values import decode
from unit_tests.refs import document_ref, schema_ref

COLLECTIONS = {"@ref": {"id": "collections"}}
FOO = schema_ref("foo")
SET = {"@set": {"match": schema_ref("ix", "indexes"), "terms": ["ä", 1]}}
QUERY = {"@query": {"api_version": "4", "lambda": "x", "expr": {"add": [{"var": "x"}, 1]}}}

TABLE = {
    "null": (None, None),
    "boolean": (True, True),
    "text": ('häßlich \u2028 😀 "q" \\', 'häßlich \u2028 😀 "q" \\'),
    "greatest integer": (2**63 - 1, 2**63 - 1),
    "double that is not finite": (["NaN", "-Infinity"], ["NaN", "-Infinity"]),
    "empty object": ({}, {}),
    "empty array": ([], []),
    "nested": ({"a": [1, [{"b": {"c": {}}}]]}, {"a": [1, [{"b": {"c": {}}}]]}),
    "empty key": ({"": {"": 1}}, {"": {"": 1}}),
    "document": (
        document_ref(7),
        {"id": "7", "collection": "foo", "type": "document"},
    ),
    "document of another database": (
        {"@ref": {"id": "7", "collection": FOO, "database": schema_ref("x", "databases")}},
        {"id": "7", "collection": "foo", "type": "document"},
    ),
    "collection": (FOO, {"id": "foo", "type": "collection"}),
    "database": (schema_ref("x", "databases"), {"id": "x", "type": "database"}),
    "index": (schema_ref("x", "indexes"), {"id": "x", "type": "index"}),
    "function": (schema_ref("x", "functions"), {"id": "x", "type": "function"}),
    "role": (schema_ref("x", "roles"), {"id": "x", "type": "role"}),
    "access provider": (schema_ref("x", "access_providers"), {"id": "x", "type": "access_provider"}),
    "key": (schema_ref("x", "keys"), {"id": "x", "type": "key"}),
    "token": (schema_ref("x", "tokens"), {"id": "x", "type": "token"}),
    "credential": (schema_ref("x", "credentials"), {"id": "x", "type": "credential"}),
    "another native class": (schema_ref("x", "classes"), {"id": "x", "type": "classes"}),
    "bare native reference": (COLLECTIONS, {"id": "collections", "type": "unknown"}),
    "strange parent": (
        {"@ref": {"id": "1", "collection": schema_ref("x", "indexes")}},
        {"id": "1", "type": "unknown"},
    ),
    "deeper parent": (
        {"@ref": {"id": "1", "collection": {"@ref": {"id": "2", "collection": FOO}}}},
        {"id": "1", "type": "unknown"},
    ),
    "time without fraction": ({"@ts": "2022-03-04T12:00:30Z"}, "2022-03-04T12:00:30Z"),
    "time of nine digits": ({"@ts": "2022-03-04T12:00:30.123456789Z"}, "2022-03-04T12:00:30.123456789Z"),
    "time beyond 9999": ({"@ts": "+20000-01-01T00:00:00Z"}, "+20000-01-01T00:00:00Z"),
    "date": ({"@date": "2022-03-04"}, "2022-03-04"),
    "date beyond 9999": ({"@date": "+12345-01-01"}, "+12345-01-01"),
    "bytes": ({"@bytes": "aGVsbG8/Pz8+Pj4="}, "aGVsbG8_Pz8-Pj4="),
    "no bytes": ({"@bytes": ""}, ""),
    "query": (
        QUERY,
        '{"@query":{"api_version":"4","lambda":"x","expr":{"add":[{"var":"x"},1]}}}',
    ),
    "stored set": (
        {"@obj": SET},
        '{"@set":{"match":{"@ref":{"id":"ix","collection":{"@ref":{"id":"indexes"}}}},"terms":["\\u00e4",1]}}',
    ),
    "uuid": (
        {"@uuid": "123e4567-e89b-12d3-a456-426614174000"},
        {"@uuid": "123e4567-e89b-12d3-a456-426614174000"},
    ),
    "key with an at sign": ({"@obj": {"@foo": 1, "b": 2}}, {"@foo": 1, "b": 2}),
    "single key with an at sign": (
        {"@obj": {"@foo": {"a": FOO}}},
        {"@foo": {"a": {"id": "foo", "type": "collection"}}},
    ),
    "key @set beside another": ({"@obj": {"@set": "x", "y": 1}}, {"@set": "x", "y": 1}),
    "key @set that holds a text": ({"@obj": {"@set": "x"}}, {"@set": "x"}),
    "key @ref beside another": ({"@obj": {"@ref": {"id": "1"}, "keep": 2}}, {"@ref": {"id": "1"}, "keep": 2}),
    "escape in an escape": ({"@obj": {"@a": {"@obj": {"@b": {"@ts": "t"}}}}}, {"@a": {"@b": "t"}}),
}


@pytest.mark.parametrize(("wire", "expected"), TABLE.values(), ids=TABLE.keys())
@pytest.mark.parametrize(
    "place",
    [lambda v: v, lambda v: {"k": v, "other": 1}, lambda v: [0, v]],
    ids=["bare", "member", "element"],
)
def test_each_value_has_its_record_value_anywhere(place: Any, wire: Any, expected: Any) -> None:
    assert decode(place(copy.deepcopy(wire))) == place(expected)


@pytest.mark.parametrize(
    "text",
    ["1.0", "-0.0", "1e+300", "5e-324", "9223372036854775807", "-9223372036854775808"],
)
def test_numbers_keep_their_type_and_digits(text: str) -> None:
    decoded = decode(orjson.loads(f'{{"n":{text}}}'))["n"]
    expected = json.loads(text)
    assert (type(decoded), repr(decoded)) == (type(expected), repr(expected))


def test_members_keep_their_order_and_containers_are_changed_in_place() -> None:
    wire: dict[str, Any] = {"z": {"@ts": "t"}, "a": [{"@date": "d"}], "m": 1}
    inner = wire["a"]
    decoded = decode(wire)
    assert decoded is wire
    assert decoded["a"] is inner
    assert list(decoded.items()) == [("z", "t"), ("a", ["d"]), ("m", 1)]


def test_a_tagged_value_is_left_as_it_came() -> None:
    tagged = document_ref(7)
    decode({"a": tagged})
    assert tagged == document_ref(7)


@pytest.mark.parametrize("levels", [100, 900, 20_000])
@pytest.mark.parametrize(("opening", "closing"), [([], None), ({}, "k")], ids=["arrays", "objects"])
def test_depth_has_no_limit(levels: int, opening: Any, closing: str | None) -> None:
    root: Any = copy.copy(opening)
    node = root
    for _ in range(levels):
        child = copy.copy(opening)
        if closing is None:
            node.append(child)
        else:
            node[closing] = child
        node = child
    if closing is None:
        node.append({"@ts": "deep"})
    else:
        node[closing] = {"@ts": "deep"}
    node_out = decode(root)
    for _ in range(levels + 1):
        node_out = node_out[0 if closing is None else closing]
    assert node_out == "deep"


def slow(value: Any) -> Any:
    """Decode by the same table, written anew: from the bottom up, copying, and calling itself."""
    if isinstance(value, list):
        return [slow(element) for element in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("@ref", content)]:
            decoded: Any = slow_reference(content)
        case [("@ts" | "@date", str(text))]:
            decoded = text
        case [("@bytes", str(text))]:
            decoded = text.replace("+", "-").replace("/", "_")
        case [("@query" | "@set", _)]:
            decoded = json.dumps(value, separators=(",", ":"))
        case [("@uuid", _)]:
            decoded = value
        case [("@obj", {"@set": dict(), **rest} as content)] if not rest:
            decoded = json.dumps(content, separators=(",", ":"))
        case [("@obj", content)]:
            decoded = {key: slow(member) for key, member in content.items()}
        case members:
            decoded = {key: slow(member) for key, member in members}
    return decoded


KNOWN_CLASSES = {"collections": "collection", "indexes": "index", "roles": "role", "keys": "key"}


def slow_reference(content: dict[str, Any]) -> dict[str, Any]:
    ids = []
    node: dict[str, Any] | None = content
    while node is not None:
        ids.append(node["id"])
        node = node["collection"]["@ref"] if "collection" in node else None
    match ids:
        case [document, collection, "collections"]:
            return {"id": document, "collection": collection, "type": "document"}
        case [name, native_class]:
            return {"id": name, "type": KNOWN_CLASSES.get(native_class, native_class)}
        case _:
            return {"id": ids[0], "type": "unknown"}


def reference(names: list[str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@ref": {"id": names[-1]}}
    for name in reversed(names[:-1]):
        node = {"@ref": {"id": name, "collection": node}}
    return node


NAMES = st.sampled_from(["collections", "indexes", "roles", "keys", "classes", "foo", "7"])
REFERENCES = st.lists(NAMES, min_size=1, max_size=4).map(reference)
PLAIN_KEYS = st.text(max_size=3).filter(lambda key: not key.startswith("@"))
USER_KEYS = st.one_of(PLAIN_KEYS, st.sampled_from(["@ref", "@ts", "@set", "@obj", "@foo", "@query"]))


def containers(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    escaped = st.dictionaries(USER_KEYS, values, min_size=1, max_size=3)
    return st.one_of(
        st.lists(values, max_size=4),
        st.dictionaries(PLAIN_KEYS, values, max_size=4),
        escaped.map(lambda content: {"@obj": content}),
        values.map(lambda value: {"@query": {"api_version": "4", "lambda": "x", "expr": value}}),
        values.map(lambda value: {"@obj": {"@set": {"match": value}}}),
    )


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    REFERENCES,
    st.sampled_from([{"@ts": "2022-03-04T12:00:30Z"}, {"@date": "0001-01-01"}, {"@bytes": "+/+="}, {"@uuid": "u"}]),
)


@given(st.recursive(LEAVES, containers, max_leaves=25))
def test_the_quick_and_the_slow_way_agree(wire: Any) -> None:
    expected = slow(wire)
    assert json.dumps(decode(copy.deepcopy(wire))) == json.dumps(expected)
