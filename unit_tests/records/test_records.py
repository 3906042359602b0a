"""Documents to records, live and removed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.records.layout import declared
from source_fauna.records.records import MOST_LEVELS, Records
from source_fauna.records.values import time_text
from unit_tests.configs import BORN, DELETED_AT, NUMBER, config
from unit_tests.refs import document_ref
from unit_tests.told import raises_config_error

COLUMNS = [BORN, NUMBER]


def records(**collection: Any) -> Records:
    return Records(layout=declared(config(**collection)))


def document(document_id: int, **members: Any) -> dict[str, Any]:
    return {"ref": document_ref(document_id), "ts": 1700000000001000, **members}


RECORDS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "all collections": (
        {},
        document(101, data={"a": 1}),
        {"ref": "101", "ts": 1700000000001000, "data": {"a": 1}, "ttl": None},
    ),
    "no data, with ttl": (
        {},
        document(201, ttl={"@ts": "2040-05-06T07:08:09.500Z"}),
        {"ref": "201", "ts": 1700000000001000, "data": {}, "ttl": "2040-05-06T07:08:09.500Z"},
    ),
    "keys of data that look like tags": (
        {},
        document(1, data={"@obj": {"@ts": "x", "b": {"@date": "2022-03-04"}}}),
        {"ref": "1", "ts": 1700000000001000, "data": {"@ts": "x", "b": "2022-03-04"}, "ttl": None},
    ),
    "columns without data": (
        {"name": "foo", "data_column": False, "additional_columns": COLUMNS},
        document(101, data={"n": 7}),
        {"ref": "101", "ts": 1700000000001000, "ttl": None, "born": None, "n": 7},
    ),
    "columns beside data": (
        {"name": "foo", "additional_columns": COLUMNS, "deletions": DELETED_AT},
        document(101, data={"n": 7, "born": {"@ts": "2022-03-04T12:00:30Z"}}),
        {
            "ref": "101",
            "ts": 1700000000001000,
            "data": {"n": 7, "born": "2022-03-04T12:00:30Z"},
            "ttl": None,
            "born": "2022-03-04T12:00:30Z",
            "n": 7,
        },
    ),
    "overlapping columns, decoded once": (
        {
            "name": "foo",
            "data_column": False,
            "additional_columns": [
                {"name": "outer", "path": ["data", "o"], "type": "object"},
                {"name": "inner", "path": ["data", "o", "@x"], "type": "array"},
            ],
        },
        document(1, data={"o": {"@obj": {"@x": [{"@obj": {"@ts": "not a tag"}}]}}}),
        {
            "ref": "1",
            "ts": 1700000000001000,
            "ttl": None,
            "outer": {"@x": [{"@ts": "not a tag"}]},
            "inner": [{"@ts": "not a tag"}],
        },
    ),
}


@pytest.mark.parametrize(("collection", "wire", "expected"), RECORDS.values(), ids=RECORDS.keys())
def test_a_document_gives_its_record_with_columns_in_order(
    collection: dict[str, Any], wire: dict[str, Any], expected: dict[str, Any]
) -> None:
    record, nulled = records(**collection).live(copy.deepcopy(wire))
    assert record == expected
    assert list(record) == list(expected)
    assert nulled == []


def test_an_optional_value_that_does_not_fit_becomes_null_and_is_told() -> None:
    record, nulled = records(name="foo", additional_columns=COLUMNS).live(
        document(1, data={"born": "long ago", "n": 1})
    )
    assert record["born"] is None
    assert record["data"]["born"] == "long ago"
    assert nulled == ["born"]


def test_a_ttl_that_no_column_can_hold_becomes_null_and_is_told() -> None:
    record, nulled = records().live(document(1, ttl={"@ts": "+20000-01-01T00:00:00Z"}))
    assert record["ttl"] is None
    assert nulled == ["ttl"]


@pytest.mark.parametrize("data", [{}, {"data": {"born": "then"}}], ids=["no data", "other data"])
def test_a_required_column_without_a_value_fails_the_stream(data: dict[str, Any]) -> None:
    with raises_config_error("The path ['data', 'n'] does not exist in document Ref(101, collection=foo)"):
        records(name="foo", additional_columns=COLUMNS).live(document(101, **data))


DAY = {"name": "day", "path": ["data", "day"], "type": "string", "format": "date"}
WORD = {"name": "word", "path": ["data", "word"], "type": "string"}
UNFIT: dict[str, tuple[dict[str, Any], Any, str]] = {
    "text for an integer": (NUMBER, "seven", "has a text there, but the column takes an integer"),
    "double for an integer": (NUMBER, 1.5, "has a number there, but the column takes an integer"),
    "boolean for an integer": (NUMBER, True, "has a boolean there, but the column takes an integer"),
    "array for an integer": (NUMBER, [1], "has an array there, but the column takes an integer"),
    "null for an integer": (NUMBER, None, "has null there, but the column takes an integer"),
    "text for a date": (DAY, "soon", "has a text of another form there, but the column takes a date"),
    "object for a date": (DAY, {"a": 1}, "has an object there, but the column takes a date"),
    "double for a number that is whole": (
        {**NUMBER, "type": "number", "airbyte_type": "integer"},
        1.5,
        "has a number there, but the column takes an integer",
    ),
    "integer for a text": (WORD, 1, "has an integer there, but the column takes a text"),
}


@pytest.mark.parametrize(("column", "value", "told"), UNFIT.values(), ids=UNFIT.keys())
def test_a_required_column_with_a_value_of_another_type_says_what_is_there(
    column: dict[str, Any], value: Any, told: str
) -> None:
    message = (
        f"Document '101' of collection 'foo' does not fit column '{column['name']}': it {told}. Correct the column's "
        "path or type, or make it not required."
    )
    with raises_config_error(message):
        records(name="foo", additional_columns=[column]).live(document(101, data={column["name"]: value}))


def test_a_whole_double_is_an_integer() -> None:
    record, nulled = records(name="foo", additional_columns=[NUMBER]).live(document(1, data={"n": 70.0}))
    assert (record["n"], type(record["n"]), record["data"], nulled) == (70, int, {"n": 70.0}, [])


def test_times_have_at_most_six_digits_outside_of_data() -> None:
    long, short = "2022-03-04T12:00:30.123456789Z", "2022-03-04T12:00:30.123456Z"
    wire = document(1, data={"born": {"@ts": long}}, ttl={"@ts": long})
    record, nulled = records(name="foo", additional_columns=[BORN]).live(wire)
    assert record == {"ref": "1", "ts": 1700000000001000, "data": {"born": long}, "ttl": short, "born": short}
    assert nulled == []


def test_a_removal_has_exactly_its_three_columns() -> None:
    record = records(deletions=DELETED_AT).deleted("103", 1700000000007000)
    assert list(record.items()) == [
        ("ref", "103"),
        ("ts", 1700000000007000),
        ("deleted_at", "2023-11-14T22:13:20.007000Z"),
    ]


TIMES = {
    1648944000000000: "2022-04-03T00:00:00.000000Z",
    1700000000007000: "2023-11-14T22:13:20.007000Z",
    0: "1970-01-01T00:00:00.000000Z",
    -1: "1969-12-31T23:59:59.999999Z",
    -62135596800000000: "0001-01-01T00:00:00.000000Z",
    253402300799999999: "9999-12-31T23:59:59.999999Z",
    253402300800000000: "+10000-01-01T00:00:00.000000Z",
    9223372036854775807: "+294247-01-10T04:00:54.775807Z",
}


@pytest.mark.parametrize(("ts", "text"), TIMES.items(), ids=TIMES.values())
def test_a_time_has_six_digits_and_a_zone_in_any_year(ts: int, text: str) -> None:
    assert time_text(ts) == text


@given(st.integers(-(2**63), 2**63 - 1))
def test_no_time_is_too_far(ts: int) -> None:
    assert time_text(ts).endswith(f"{ts % 1_000_000:06d}Z")


@pytest.mark.parametrize(("levels", "is_spelled"), [(MOST_LEVELS - 2, True), (MOST_LEVELS - 1, False)])
def test_a_null_is_what_the_caller_wants_it_to_be_but_in_records_that_are_very_deep(
    levels: int, *, is_spelled: bool
) -> None:
    value: Any = 7
    for _ in range(levels):
        value = [value]
    record, _ = Records(layout=declared(config()), null="null").live(document(1, data={"a": value}))
    assert (record["ttl"] == "null") == is_spelled
    assert (record["ttl"] is None) != is_spelled
