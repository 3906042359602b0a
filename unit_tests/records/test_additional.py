"""The place of an additional column's value in a document, and the values that its schema allows."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from source_fauna.config.config import AdditionalColumn
from source_fauna.records.additional import MISSING, column_schema, select
from source_fauna.records.values import decode
from unit_tests.refs import document_ref, schema_ref

FOO = schema_ref("foo")
DOCUMENT = {
    "ref": document_ref(101),
    "ts": 1700000000001000,
    "data": {
        "a": {"b": [{"@date": "2022-03-04"}], "c": None},
        "born": {"@ts": "2022-03-04T12:00:30Z"},
        "parent": {"@ref": {"id": "7", "collection": FOO, "database": {"@ref": {"id": "db"}}}},
        "list": ["zero", {"@ts": "2022-03-04T12:00:30Z"}, {"@obj": {"@sku": "A-1", "0": "by name"}}],
        "set": {"@obj": {"@set": {"documents": FOO}}},
        "query": {"@query": {"api_version": "4", "lambda": "x", "expr": {"var": "x"}}},
        "own": {"@obj": {"@ref": {"id": "1"}, "@ts": 5, "inner": {"@obj": {"@x": 1}}}},
        "one": {"only": {"deep": 1}},
    },
    "ttl": {"@ts": "2040-05-06T07:08:09.500Z"},
}

PATHS: dict[str, tuple[tuple[str, ...], Any]] = {
    "scalar": (("ts",), 1700000000001000),
    "time": (("data", "born"), "2022-03-04T12:00:30Z"),
    "ttl": (("ttl",), "2040-05-06T07:08:09.500Z"),
    "object": (("data", "a"), {"b": ["2022-03-04"], "c": None}),
    "array": (("data", "a", "b"), ["2022-03-04"]),
    "null": (("data", "a", "c"), None),
    "object of one member": (("data", "one", "only", "deep"), 1),
    "reference": (("data", "parent"), {"id": "7", "collection": "foo", "type": "document"}),
    "id of a reference": (("data", "parent", "id"), "7"),
    "collection of a reference": (("data", "parent", "collection"), {"id": "foo", "type": "collection"}),
    "name of the collection of a reference": (("data", "parent", "collection", "id"), "foo"),
    "class of the collection of a reference": (
        ("data", "parent", "collection", "collection"),
        {"id": "collections", "type": "unknown"},
    ),
    "the document's own id": (("ref", "id"), "101"),
    "stored set": (
        ("data", "set"),
        '{"@set":{"documents":{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}}}',
    ),
    "user's key that looks like a tag": (("data", "own", "@ref"), {"id": "1"}),
    "within it": (("data", "own", "@ref", "id"), "1"),
    "user's key that looks like a time": (("data", "own", "@ts"), 5),
    "object within an escaped one": (("data", "own", "inner"), {"@x": 1}),
    "member within two escaped ones": (("data", "own", "inner", "@x"), 1),
    "absent": (("data", "nope"), MISSING),
    "below absent": (("data", "nope", "x"), MISSING),
    "below a text": (("ts", "x"), MISSING),
    "below a time": (("data", "born", "@ts"), MISSING),
    "below a set": (("data", "set", "@set"), MISSING),
    "below a query": (("data", "query", "lambda"), MISSING),
    "into an array": (("data", "list", "0"), "zero"),
    "time in an array": (("data", "list", "1"), "2022-03-04T12:00:30Z"),
    "through an array": (("data", "list", "2", "@sku"), "A-1"),
    "digits into an object": (("data", "list", "2", "0"), "by name"),
    "behind the end of an array": (("data", "list", "3"), MISSING),
    "no offset into an array": (("data", "list", "first"), MISSING),
    "no offset, but digits elsewhere": (("data", "list", "٢"), MISSING),
    "a negative offset": (("data", "list", "-1"), MISSING),
    "a very large offset": (("data", "list", "9" * 5_000), MISSING),
    "the tag of a reference": (("data", "parent", "@ref"), MISSING),
    "the database of a reference": (("data", "parent", "database"), MISSING),
    "below an id": (("data", "parent", "id", "x"), MISSING),
}


@pytest.mark.parametrize(("path", "expected"), PATHS.values(), ids=PATHS.keys())
def test_a_path_walks_the_document_as_select_does(path: tuple[str, ...], expected: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    value = select(document, path)
    decode(document)
    assert value == expected


def test_the_empty_path_is_the_document() -> None:
    document = copy.deepcopy(DOCUMENT)
    assert select(document, ()) is document


def column(
    kind: str, *, format_: str | None = None, airbyte_type: str | None = None, required: bool = True
) -> AdditionalColumn:
    return AdditionalColumn(
        name="c", path=("data", "c"), type=kind, format=format_, airbyte_type=airbyte_type, required=required
    )


SCHEMAS = {
    "required": (column("integer"), {"type": "integer"}),
    "optional": (column("integer", required=False), {"type": ["null", "integer"]}),
    "with format and Airbyte type": (
        column("string", format_="date-time", airbyte_type="timestamp_with_timezone", required=False),
        {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    ),
}


@pytest.mark.parametrize(("given_column", "schema"), SCHEMAS.values(), ids=SCHEMAS.keys())
def test_schema_of_a_column(given_column: AdditionalColumn, schema: dict[str, Any]) -> None:
    assert column_schema(given_column) == schema
