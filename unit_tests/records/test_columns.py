"""Where the value of an additional column stands, and which values its schema takes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker, validators

from source_fauna.config.column_types import COLUMN_TYPES
from source_fauna.config.config import AdditionalColumn
from source_fauna.records.columns import MISSING, column_schema, fitness, select
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
        "list": ["zero", "one"],
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
    "into an array": (("data", "list", "0"), MISSING),
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


TIME = column("string", format_="date-time")
LOCAL_TIME = column("string", format_="date-time", airbyte_type="timestamp_without_timezone")
DATE = column("string", format_="date")
CLOCK = column("string", format_="time", airbyte_type="time_with_timezone")
WHOLE_NUMBER = column("number", airbyte_type="integer")
FITNESS: list[tuple[AdditionalColumn, Any, bool]] = [
    (column("string"), "x", True),
    (column("string"), 1, False),
    (column("integer"), 2**63 - 1, True),
    (column("integer"), 1.0, False),
    (column("integer"), True, False),
    (column("number"), 1, True),
    (column("number"), 1.5, True),
    (column("number"), "NaN", False),
    (column("number"), False, False),
    (WHOLE_NUMBER, 1, True),
    (WHOLE_NUMBER, 1.5, False),
    (column("boolean"), False, True),
    (column("boolean"), 0, False),
    (column("object"), {}, True),
    (column("object"), [], False),
    (column("array"), [], True),
    (column("array"), "[]", False),
    (column("string"), None, False),
    (TIME, "2022-03-04T12:00:30Z", True),
    (TIME, "2022-03-04T12:00:30.123456789Z", True),
    (TIME, "2022-03-04T12:00:30+02:00", True),
    (TIME, "2022-03-04T12:00:30", False),
    (LOCAL_TIME, "2022-03-04T12:00:30", True),
    (LOCAL_TIME, "2022-03-04T12:00:30Z", True),
    (TIME, "2022-02-30T12:00:30Z", False),
    (TIME, "2022-03-04T24:00:00Z", False),
    (TIME, "2022-03-04T12:00:60Z", False),
    (TIME, "+20000-01-01T00:00:00Z", False),
    (TIME, "2022-03-04", False),
    (TIME, "yesterday", False),
    (TIME, 5, False),
    (DATE, "2022-03-04", True),
    (DATE, "2022-13-04", False),
    (DATE, "2022-03-04T12:00:30Z", False),
    (DATE, "+12345-01-01", False),
    (CLOCK, "12:00:30Z", True),
    (CLOCK, "12:00:30", False),
    (CLOCK, "25:00:30Z", False),
    (column("string", format_="email"), "no address", True),
    (column("integer", format_="date-time"), 5, True),
]


@pytest.mark.parametrize(("given_column", "value", "fits"), FITNESS)
def test_a_value_fits_a_column_or_not(given_column: AdditionalColumn, value: Any, fits: bool) -> None:
    assert fitness(given_column)(value) is fits


STRICT_TYPES = Draft7Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft7Validator, type_checker=STRICT_TYPES
)
TEXTS = st.one_of(
    st.text(max_size=5),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.dates().map(lambda day: day.isoformat()),
    st.times().map(lambda clock: clock.isoformat() + "+01:00"),
    st.from_regex(r"[0-9]{4}-[0-3][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z)?", fullmatch=True),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=2), inner, max_size=2)),
    max_leaves=4,
)


@given(
    given_column=st.builds(
        column,
        st.sampled_from(COLUMN_TYPES),
        format_=st.sampled_from([None, "date", "date-time", "time", "email"]),
        required=st.booleans(),
    ),
    value=VALUES,
)
def test_what_fits_validates_against_the_schema(given_column: AdditionalColumn, value: Any) -> None:
    if fitness(given_column)(value):
        checker = FormatChecker(formats=("date",))
        Validator(column_schema(given_column), format_checker=checker).validate(value)
