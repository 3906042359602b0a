"""Records with found columns: each value of a document, in its column and in `data`."""

from __future__ import annotations

import copy
import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import FormatChecker

from source_fauna.records.inference import Found, FoundColumn, choose, infer
from source_fauna.records.layout import Layout
from source_fauna.records.names import column_names
from source_fauna.records.records import Records
from source_fauna.records.types import (
    ARRAY,
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIMESTAMP,
    ColumnType,
    as_text,
)
from source_fauna.records.values import decode, unescaped
from unit_tests.configs import config
from unit_tests.records.validation import Validator
from unit_tests.records.wire import documents
from unit_tests.refs import document_ref

TS = 1700000000001000


def document(**data: Any) -> dict[str, Any]:
    return {"ref": document_ref(1), "ts": TS, "data": data}


def read(layout: Layout, wire: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    record, nulled = Records(layout=layout).live(copy.deepcopy(wire))
    return record, list(nulled)


def layout(*types: ColumnType, **more: Any) -> Layout:
    """The columns a, b, c … of these types."""
    columns = (FoundColumn(name=name, field=name, type=each) for name, each in zip("abcdefgh", types, strict=False))
    return Layout(found=tuple(columns), **more)


FITTING: dict[str, tuple[ColumnType, Any, Any]] = {
    "absent": (INTEGER, None, None),
    "absent time": (TIMESTAMP, None, None),
    "integer": (INTEGER, 7, 7),
    "whole double": (INTEGER, 70.0, 70),
    "long in a number": (NUMBER, 7, 7),
    "text": (STRING, "x", "x"),
    "number in a text": (STRING, 1.5, "1.5"),
    "time in a text": (STRING, {"@ts": "2022-03-04T12:00:30.123456789Z"}, "2022-03-04T12:00:30.123456789Z"),
    "object in a text": (STRING, {"a": [{"@date": "2022-03-04"}]}, '{"a":["2022-03-04"]}'),
    "bytes": (STRING, {"@bytes": "aGVsbG8/Pz8+Pj4="}, "aGVsbG8_Pz8-Pj4="),
    "uuid": (STRING, {"@uuid": "123e4567-e89b-12d3-a456-426614174000"}, "123e4567-e89b-12d3-a456-426614174000"),
    "boolean": (BOOLEAN, True, True),
    "time": (TIMESTAMP, {"@ts": "2022-03-04T12:00:30Z"}, "2022-03-04T12:00:30Z"),
    "time with nanoseconds": (TIMESTAMP, {"@ts": "2022-03-04T12:00:30.123456789Z"}, "2022-03-04T12:00:30.123456Z"),
    "text that is a time": (TIMESTAMP, "2022-03-04T12:00:30Z", "2022-03-04T12:00:30Z"),
    "date": (DATE, {"@date": "2022-03-04"}, "2022-03-04"),
    "object": (OBJECT, {"at": {"@ts": "2022-03-04T12:00:30Z"}}, {"at": "2022-03-04T12:00:30Z"}),
    "escaped object": (OBJECT, {"@obj": {"@ts": "mine"}}, {"@ts": "mine"}),
    "reference": (OBJECT, document_ref(7), {"id": "7", "collection": "foo", "type": "document"}),
    "array": (ARRAY, [{"@obj": {"@set": "mine"}}], [{"@set": "mine"}]),
}


@pytest.mark.parametrize("has_data", [True, False], ids=["with data", "without"])
@pytest.mark.parametrize(("column_type", "wire", "expected"), FITTING.values(), ids=FITTING.keys())
def test_a_value_stands_in_its_column(column_type: ColumnType, wire: Any, expected: Any, has_data: bool) -> None:
    given_document = document() if wire is None else document(a=wire)
    record, nulled = read(layout(column_type, data=has_data), given_document)
    assert orjson.dumps(record.pop("a")) == orjson.dumps(expected)
    data = {"data": decode(copy.deepcopy(given_document))["data"]} if has_data else {}
    assert record == {"ref": "1", "ts": TS, "ttl": None, **data}
    assert nulled == []


MISFITS: dict[str, tuple[ColumnType, Any]] = {
    "text in an integer": (INTEGER, "7"),
    "double in an integer": (INTEGER, 7.5),
    "not a number in a number": (NUMBER, "NaN"),
    "integer in a boolean": (BOOLEAN, 1),
    "time in a date": (DATE, {"@ts": "2022-03-04T12:00:30Z"}),
    "date in a time": (TIMESTAMP, {"@date": "2022-03-04"}),
    "time beyond the year 9999": (TIMESTAMP, {"@ts": "+20000-01-01T00:00:00Z"}),
    "time before the first year": (TIMESTAMP, {"@ts": "0000-01-01T00:00:00Z"}),
    "object in a time": (TIMESTAMP, {"a": 1}),
    "user's own key like a tag": (TIMESTAMP, {"@obj": {"@ts": "2022-03-04T12:00:30Z"}}),
    "array in an object": (OBJECT, [1]),
    "object in an array": (ARRAY, {"a": 1}),
}


@pytest.mark.parametrize(("column_type", "wire"), MISFITS.values(), ids=MISFITS.keys())
def test_a_value_that_does_not_fit_is_null_and_told_and_whole_in_data(column_type: ColumnType, wire: Any) -> None:
    record, nulled = read(layout(column_type), document(a=wire))
    assert (record["a"], nulled) == (None, ["a"])
    assert record["data"] == {"a": decode([copy.deepcopy(wire)])[0]}


def test_what_does_not_fit_is_told_once() -> None:
    wire = document(a="soon", b=7, c=True, d={"@ts": "+20000-01-01T00:00:00Z"})
    columns = layout(INTEGER, TIMESTAMP, DATE, TIMESTAMP, BOOLEAN)
    record, nulled = Records(layout=columns, null="null").live(wire)
    assert [record[name] for name in "abcde"] == ["null"] * 5
    assert sorted(nulled) == ["a", "b", "c", "d"]


def test_fields_that_look_like_tags_are_no_tags_when_only_they_are_read() -> None:
    wire = {"ref": document_ref(1), "ts": TS, "data": {"@obj": {"@ts": "mine", "b": 1}}}
    columns = Layout(data=False, ttl=False, found=(FoundColumn(name="@ts", field="@ts", type=STRING),))
    assert read(columns, wire) == ({"ref": "1", "ts": TS, "@ts": "mine"}, [])


def test_a_record_without_any_column_is_its_ref_and_ts() -> None:
    wire = document(a={"@ts": "2022-03-04T12:00:30Z"})
    assert read(Layout(data=False, ttl=False), wire) == ({"ref": "1", "ts": TS}, [])


def test_additional_and_found_columns_share_what_they_hold() -> None:
    """A value in two columns is decoded once, with or without the column `data`."""
    inner = {"name": "inner", "path": ["data", "a", "@x"], "type": "array", "required": False}
    other = {"name": "other", "path": ["data", "z", "0"], "type": "string", "required": False}
    additional = config(name="foo", additional_columns=[inner, other]).additional_columns
    wire = document(a={"@obj": {"@x": [{"@obj": {"@ts": "no tag"}}]}}, b=1, z=[{"@date": "2022-03-04"}])
    expected = {"inner": [{"@ts": "no tag"}], "other": "2022-03-04", "a": {"@x": [{"@ts": "no tag"}]}, "b": 1}
    for has_data in (True, False):
        columns = layout(OBJECT, INTEGER, data=has_data, ttl=False, additional=additional)
        record, nulled = read(columns, wire)
        record.pop("data", None)
        assert (record, nulled) == ({"ref": "1", "ts": TS, **expected}, [])


@pytest.mark.parametrize("path", [[], ["data"]], ids=["the document", "its data"])
def test_an_additional_column_may_ask_for_all_that_is_not_emitted(path: list[str]) -> None:
    every = {"name": "every", "path": path, "type": "object"}
    additional = config(name="foo", additional_columns=[every]).additional_columns
    record, _ = read(layout(STRING, data=False, additional=additional), document(a={"@date": "2022-03-04"}, b=1))
    held = record["every"] if path else record["every"]["data"]
    assert (held, record["a"]) == ({"a": "2022-03-04", "b": 1}, "2022-03-04")


def test_a_deletion_has_its_found_columns_as_nulls() -> None:
    columns = layout(INTEGER, OBJECT, deletion_column="deleted_at")
    assert list(Records(layout=columns).deleted("7", TS).items()) == [
        ("ref", "7"),
        ("ts", TS),
        ("a", None),
        ("b", None),
        ("deleted_at", "2023-11-14T22:13:20.001000Z"),
    ]


def found_in(sample: list[Any]) -> Found:
    return choose(infer(sample), column_names())


def exact(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@given(st.lists(documents(), max_size=4), documents())
def test_every_record_validates_and_the_columns_and_data_lose_nothing(sample: list[Any], later: dict[str, Any]) -> None:
    """The documents include one whose shape is not in the sample."""
    columns = Layout(found=found_in(sample).columns)
    validator = Validator(columns.schema, format_checker=FormatChecker(formats=("date",)))
    for wire in [*sample, later]:
        record, nulled = read(columns, wire)
        validator.validate(record)
        assert exact(record["data"]) == exact(decode(copy.deepcopy(wire)).get("data", {}))
        assert [column.name for column in columns.found if not _is_whole(column, record, nulled)] == []


@given(st.lists(documents(), max_size=4))
def test_columns_alone_lose_nothing_but_what_is_told(sample: list[Any]) -> None:
    found = found_in(sample)
    columns = Layout(data=False, found=found.columns)
    for wire in sample:
        whole, _ = read(Layout(found=found.columns), wire)
        record, nulled = read(columns, wire)
        assert exact({"data": whole["data"], **record}) == exact(whole)
        assert set(nulled) <= {"ttl"}
        held = {column.field for column in found.columns} | set(found.hidden)
        assert len(set(unescaped(wire.get("data", {}))) - held) <= found.unnamed


def _is_whole(column: FoundColumn, record: dict[str, Any], nulled: list[str]) -> bool:
    """Whether the column has the value from `data` in its type's form, or the record says that it was nulled."""
    value, held = record["data"].get(column.field), record[column.name]
    if column.name in nulled:
        return value is not None and held is None
    if value is not None and column.type == STRING:
        return bool(held == as_text(value))
    if value is not None and column.type == TIMESTAMP:
        return bool(held == re.sub(r"(\.\d{6})\d+", r"\1", value))
    return bool(held == value)
