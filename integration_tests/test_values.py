"""Every type of value, from a stored document to its record: what tables downstream hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from faunadb import query as q

from integration_tests.harness.connector import full_refresh
from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.fql import ref


def obj(**members: Any) -> dict[str, Any]:
    return {"object": members}


def tagged(**members: Any) -> dict[str, Any]:
    """An object whose keys begin with @."""
    return {"object": {f"@{key}" if key != "keep" else key: value for key, value in members.items()}}


def native(kind: str, name: str) -> dict[str, Any]:
    return {"@ref": {"id": name, "collection": {"@ref": {"id": kind}}}}


LAMBDA = {"lambda": "x", "expr": {"var": "x"}}
IX_REF = '{"@ref":{"id":"foo_ts","collection":{"@ref":{"id":"indexes"}}}}'

ROWS: dict[str, tuple[Any, Any]] = {
    "true": (True, True),
    "text": ("Zoë \u0000 😀", "Zoë \u0000 😀"),
    "array": ([1, "a", [True]], [1, "a", [True]]),
    "object": (obj(a=obj(b=1)), {"a": {"b": 1}}),
    "empty object and array": (obj(a=obj(), b=[]), {"a": {}, "b": []}),
    "greatest integer": (2**63 - 1, 2**63 - 1),
    "least integer": (-(2**63), -(2**63)),
    "double without a fraction": (1.0, 1.0),
    "negative zero": (-0.0, -0.0),
    "great double": (1e300, 1e300),
    "least double": (5e-324, 5e-324),
    "infinity": ({"multiply": [1e308, 10.0]}, "Infinity"),
    "minus infinity": ({"multiply": [-1e308, 10.0]}, "-Infinity"),
    "not a number": ({"subtract": [{"multiply": [1e308, 10.0]}, {"multiply": [1e308, 10.0]}]}, "NaN"),
    "document": (
        {"ref": {"collection": "foo"}, "id": "7"},
        {"id": "7", "collection": "foo", "type": "document"},
    ),
    "collection": ({"collection": "foo"}, {"id": "foo", "type": "collection"}),
    "index": ({"index": "foo_ts"}, {"id": "foo_ts", "type": "index"}),
    "function": ({"function": "f"}, {"id": "f", "type": "function"}),
    "role": ({"role": "r"}, {"id": "r", "type": "role"}),
    "key": (native("keys", "123"), {"id": "123", "type": "key"}),
    "token": (native("tokens", "123"), {"id": "123", "type": "token"}),
    "credential": (native("credentials", "123"), {"id": "123", "type": "credential"}),
    "all collections": ({"collections": None}, {"id": "collections", "type": "unknown"}),
    "whole second": ({"@ts": "2022-03-04T12:00:30Z"}, "2022-03-04T12:00:30Z"),
    "milliseconds": ({"@ts": "2022-03-04T12:00:30.120Z"}, "2022-03-04T12:00:30.120Z"),
    "microseconds": ({"@ts": "2022-03-04T12:00:30.123456Z"}, "2022-03-04T12:00:30.123456Z"),
    "nanoseconds": ({"@ts": "2022-03-04T12:00:30.123456789Z"}, "2022-03-04T12:00:30.123456789Z"),
    "year 20000": ({"@ts": "+20000-01-01T00:00:00Z"}, "+20000-01-01T00:00:00Z"),
    "date": ({"@date": "2022-03-04"}, "2022-03-04"),
    "bytes": ({"@bytes": "aGVsbG8/Pz8+Pj4="}, "aGVsbG8_Pz8-Pj4="),
    "query": (
        {"query": LAMBDA},
        '{"@query":{"api_version":"4","lambda":"x","expr":{"var":"x"}}}',
    ),
    "stored set": ({"match": {"index": "foo_ts"}}, f'{{"@set":{{"match":{IX_REF}}}}}'),
    "uuid": (
        {"@uuid": "123e4567-e89b-12d3-a456-426614174000"},
        {"@uuid": "123e4567-e89b-12d3-a456-426614174000"},
    ),
    "key with an at": (tagged(foo=1, keep=2), {"@foo": 1, "keep": 2}),
    "key like a set": (tagged(set="x", keep=1), {"@set": "x", "keep": 1}),
    "key like a ref": (tagged(ref=obj(id="1"), keep=2), {"@ref": {"id": "1"}, "keep": 2}),
    "values below a key with an at": (
        tagged(foo=obj(at={"@ts": "2022-03-04T12:00:30Z"}), keep={"@bytes": "Pz8="}),
        {"@foo": {"at": "2022-03-04T12:00:30Z"}, "keep": "Pz8="},
    ),
}


@pytest.fixture(scope="module")
def values() -> Iterator[dict[str, Any]]:
    """The records of one document for each row, by its id."""
    with fresh_database() as fauna:
        fauna.collection("foo")
        fauna.query(q.create_function({"name": "f", "body": q.query(q.lambda_("x", q.var("x")))}))
        fauna.query(q.create_role({"name": "r", "privileges": []}))
        for number, (stored, _) in enumerate(ROWS.values(), start=1):
            fauna.write({"create": ref("foo", number), "params": obj(data=obj(v=stored))})
        run = full_refresh(fauna.config()).succeed()
        yield {record["ref"]: record["data"].get("v") for record in run.records()}


@pytest.mark.parametrize("name", ROWS)
def test_value_becomes_its_record_value(values: dict[str, Any], name: str) -> None:
    expected = ROWS[name][1]
    got = values[str(1 + list(ROWS).index(name))]
    # As JSON text 1 and 1.0, 0.0 and -0.0 differ.
    assert exact(got) == exact(expected)


def exact(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def test_document_without_data_and_ttl_has_an_empty_object(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(q.create(ref("foo", 1), {}))
    (record,) = full_refresh(fauna.config()).succeed().records()
    assert record == {"ref": "1", "ts": ts, "data": {}, "ttl": None}


@pytest.mark.parametrize("written", ["2040-05-06T07:08:09Z", "2040-05-06T07:08:09.500Z", "2040-05-06T07:08:09.500001Z"])
def test_ttl_is_its_text(fauna: Fauna, written: str) -> None:
    fauna.collection("foo")
    fauna.write(q.create(ref("foo", 1), {"ttl": q.time(written)}))
    (record,) = full_refresh(fauna.config()).succeed().records()
    assert record["ttl"] == written


def test_ttl_beyond_the_year_9999_is_null_and_told(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write({"create": ref("foo", 1), "params": obj(ttl={"@ts": "+20000-01-01T00:00:00Z"})})
    (record,) = full_refresh(fauna.config()).succeed().of("RECORD")
    assert record["data"]["ttl"] is None
    change = {"field": "ttl", "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}
    assert record["meta"]["changes"] == [change]


def test_keys_keep_the_order_of_the_schema(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(q.create(ref("foo", 1), {"data": {"z": 1, "a": 2}, "ttl": q.time("2040-05-06T07:08:09Z")}))
    (record,) = full_refresh(fauna.config()).succeed().records()
    assert list(record) == ["ref", "ts", "data", "ttl"]
