"""Which values a column takes, what they are in it, and what its schema says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import FormatChecker

from source_fauna.config.column_types import COLUMN_TYPES
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
    conversion,
    conversion_of_all,
    has_format,
    in_micros,
    plain_type,
    type_in,
)
from unit_tests.records.validation import Validator

TIME = ColumnType("string", "date-time")
LOCAL_TIME = ColumnType("string", "date-time", "timestamp_without_timezone")
CLOCK = ColumnType("string", "time", "time_with_timezone")
WHOLE_NUMBER = ColumnType("number", None, "integer")
AS_THEY_ARE: list[tuple[ColumnType, Any]] = [
    (STRING, "x"),
    (INTEGER, 2**63 - 1),
    (NUMBER, 1),
    (NUMBER, 1.5),
    (WHOLE_NUMBER, 1),
    (BOOLEAN, False),
    (OBJECT, {}),
    (ARRAY, []),
    (TIME, "2022-03-04T12:00:30Z"),
    (TIME, "2022-03-04T12:00:30.123456Z"),
    (TIME, "2022-03-04T12:00:30+02:00"),
    (LOCAL_TIME, "2022-03-04T12:00:30"),
    (LOCAL_TIME, "2022-03-04T12:00:30Z"),
    (DATE, "2022-03-04"),
    (CLOCK, "12:00:30Z"),
    (CLOCK, "12:00:30.123456789Z"),
    (ColumnType("string", "email"), "no address"),
    (ColumnType("integer", "date-time"), 5),
]


@pytest.mark.parametrize(("column_type", "value"), AS_THEY_ARE)
def test_a_value_that_fits_stays_as_it_is(column_type: ColumnType, value: Any) -> None:
    fitting = conversion(column_type)(value)
    assert fitting is value
    assert plain_type(column_type) is (float if value == 1 and column_type is NUMBER else type(value))


CHANGED: list[tuple[ColumnType, Any, Any]] = [
    (INTEGER, 70.0, 70),
    (INTEGER, -0.0, 0),
    (INTEGER, -(2.0**63), -(2**63)),
    (WHOLE_NUMBER, 70.0, 70),
    (TIME, "2022-03-04T12:00:30.123456789Z", "2022-03-04T12:00:30.123456Z"),
    (TIME, "2022-03-04T12:00:30.1234567+02:00", "2022-03-04T12:00:30.123456+02:00"),
    (LOCAL_TIME, "2022-03-04T12:00:30.999999999", "2022-03-04T12:00:30.999999"),
]


@pytest.mark.parametrize(("column_type", "value", "expected"), CHANGED)
def test_a_value_is_changed_where_that_makes_it_fit(column_type: ColumnType, value: Any, expected: Any) -> None:
    fitting = conversion(column_type)(value)
    assert (fitting, type(fitting)) == (expected, type(expected))


MISFITS: list[tuple[ColumnType, Any]] = [
    (STRING, 1),
    (INTEGER, 1.5),
    (INTEGER, 2.0**63),
    (INTEGER, 1e300),
    (INTEGER, "70"),
    (INTEGER, True),
    (NUMBER, "NaN"),
    (NUMBER, False),
    (WHOLE_NUMBER, 1.5),
    (BOOLEAN, 0),
    (OBJECT, []),
    (ARRAY, "[]"),
    (STRING, None),
    (TIME, "2022-03-04T12:00:30"),
    (TIME, "2022-02-30T12:00:30Z"),
    (TIME, "2022-03-04T24:00:00Z"),
    (TIME, "2022-03-04T12:00:60Z"),
    (TIME, "+20000-01-01T00:00:00Z"),
    (TIME, "2022-03-04"),
    (TIME, "yesterday"),
    (TIME, 5),
    (DATE, "2022-13-04"),
    (DATE, "2022-03-04T12:00:30Z"),
    (DATE, "+12345-01-01"),
    (CLOCK, "12:00:30"),
    (CLOCK, "25:00:30Z"),
]


@pytest.mark.parametrize(("column_type", "value"), MISFITS)
def test_a_value_of_another_type_does_not_fit(column_type: ColumnType, value: Any) -> None:
    assert conversion(column_type)(value) is None
    assert plain_type(column_type) is not type(value) or has_format(column_type)


TEXTS_OF_ALL: list[tuple[Any, str]] = [
    ("as it is", "as it is"),
    (1, "1"),
    (1.0, "1.0"),
    (True, "true"),
    ([1, {"a": "é"}], '[1,{"a":"é"}]'),
    ({"id": "7", "collection": "foo", "type": "document"}, '{"id":"7","collection":"foo","type":"document"}'),
    ({"@uuid": "123e4567-e89b-12d3-a456-426614174000"}, "123e4567-e89b-12d3-a456-426614174000"),
    ({"@uuid": "a", "b": 1}, '{"@uuid":"a","b":1}'),
]


@pytest.mark.parametrize(("value", "text"), TEXTS_OF_ALL)
def test_a_string_column_that_was_found_takes_any_value_as_text(value: Any, text: str) -> None:
    assert conversion_of_all(STRING)(value) == text


def test_more_levels_than_orjson_writes_are_json_too() -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    assert conversion_of_all(STRING)(deep) == "[" * 400 + "1" + "]" * 400


def test_other_columns_that_were_found_take_what_fits() -> None:
    assert conversion_of_all(INTEGER)(70.0) == 70
    assert conversion_of_all(INTEGER)("70") is None
    assert conversion_of_all(DATE)(["2022-03-04"]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2040-05-06T07:08:09Z", "2040-05-06T07:08:09Z"),
        ("2040-05-06T07:08:09.500Z", "2040-05-06T07:08:09.500Z"),
        ("2040-05-06T07:08:09.500001Z", "2040-05-06T07:08:09.500001Z"),
        ("2040-05-06T07:08:09.500001999Z", "2040-05-06T07:08:09.500001Z"),
    ],
)
def test_a_time_has_at_most_six_digits_of_fraction(text: str, expected: str) -> None:
    assert in_micros(text) == expected


@pytest.mark.parametrize("column_type", [INTEGER, NUMBER, STRING, BOOLEAN, TIMESTAMP, DATE, OBJECT, ARRAY])
def test_a_declared_type_is_read_from_the_catalog_as_it_was_declared(column_type: ColumnType) -> None:
    assert type_in(column_type.schema()) == column_type
    assert type_in(column_type.schema(nullable=False)) == column_type


@pytest.mark.parametrize(
    "schema", [True, {}, {"type": ["integer", "string"]}, {"oneOf": [{"type": "integer"}]}, {"type": "decimal"}]
)
def test_a_type_that_discover_never_declares_holds_texts(schema: Any) -> None:
    assert type_in(schema) == STRING


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
    column_type=st.builds(
        ColumnType, st.sampled_from(COLUMN_TYPES), st.sampled_from([None, "date", "date-time", "time", "email"])
    ),
    value=VALUES,
)
def test_what_fits_validates_against_the_schema(column_type: ColumnType, value: Any) -> None:
    checker = FormatChecker(formats=("date",))
    for convert in (conversion(column_type), conversion_of_all(column_type)):
        fitting = convert(value)
        if fitting is not None:
            Validator(column_type.schema(), format_checker=checker).validate(fitting)
