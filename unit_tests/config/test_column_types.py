"""Column types that no destination supports, and parts of column types that destinations ignore."""

from __future__ import annotations

import pytest

from source_fauna.config.column_types import COLUMN_TYPES, refusal, type_warnings

OF_TIME = "timestamp_with_timezone"


@pytest.mark.parametrize(
    ("type_", "airbyte_type", "why"),
    [
        ("integer", OF_TIME, f"has type 'integer', but its airbyte_type '{OF_TIME}' goes with type string only"),
        (
            "object",
            "integer",
            "has type 'object', but its airbyte_type 'integer' goes with type integer or number only",
        ),
        (
            "boolean",
            "big_integer",
            "has type 'boolean', but its airbyte_type 'big_integer' goes with type integer or number or string only",
        ),
        ("date", None, f"has type 'date', but it must be one of {', '.join(COLUMN_TYPES)}"),
    ],
)
def test_a_pair_that_no_destination_holds_is_refused(type_: str, airbyte_type: str | None, why: str) -> None:
    assert refusal(type_=type_, airbyte_type=airbyte_type) == why


@pytest.mark.parametrize(
    ("type_", "airbyte_type"),
    [("string", OF_TIME), ("number", "integer"), ("string", "big_number"), ("array", None), ("integer", "unheard of")],
)
def test_other_pairs_pass(type_: str, airbyte_type: str | None) -> None:
    assert refusal(type_=type_, airbyte_type=airbyte_type) is None


@pytest.mark.parametrize(
    ("type_", "format_", "airbyte_type", "told"),
    [
        ("string", "date-time", OF_TIME, []),
        ("string", "email", None, []),
        ("string", None, "timestamp", ["has airbyte_type 'timestamp', which destinations do not know"]),
        ("string", "datetime", None, ["has format 'datetime', which destinations do not know"]),
        ("integer", "date", None, ["has format 'date', which has no effect on type integer"]),
        ("string", None, OF_TIME, [f"has airbyte_type '{OF_TIME}', which has no effect without format date-time"]),
        (
            "string",
            "date",
            "time_with_timezone",
            ["has airbyte_type 'time_with_timezone', which has no effect without format time"],
        ),
    ],
)
def test_what_destinations_ignore_is_told(
    type_: str, format_: str | None, airbyte_type: str | None, told: list[str]
) -> None:
    assert list(type_warnings(type_=type_, format_=format_, airbyte_type=airbyte_type)) == told
