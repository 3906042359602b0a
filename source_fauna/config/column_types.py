"""Which JSON-schema types, formats and Airbyte types an additional column may combine.

Destinations choose the type of a column by all three. The allowed pairs are those of the data types in Airbyte's
protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

COLUMN_TYPES = ("string", "integer", "number", "boolean", "object", "array")
"""The JSON-schema types that a column may have."""

_NUMERIC = ("integer", "number", "string")
TYPES_OF_AIRBYTE_TYPE: dict[str, tuple[str, ...]] = {
    "timestamp_with_timezone": ("string",),
    "timestamp_without_timezone": ("string",),
    "time_with_timezone": ("string",),
    "time_without_timezone": ("string",),
    "integer": ("integer", "number"),
    "big_integer": _NUMERIC,
    "big_number": _NUMERIC,
}
"""The JSON-schema types that each Airbyte type can be combined with. No destination supports another pair."""

_FORMAT_OF_AIRBYTE_TYPE = {
    "timestamp_with_timezone": "date-time",
    "timestamp_without_timezone": "date-time",
    "time_with_timezone": "time",
    "time_without_timezone": "time",
}
"""The format without which an Airbyte type has no effect."""

_FORMATS = frozenset(
    {
        *("date", "date-time", "time", "duration"),
        *("email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "iri", "iri-reference", "uri-template"),
        *("uuid", "json-pointer", "relative-json-pointer", "regex"),
    }
)
"""The formats of JSON schema. Destinations know them, or treat them as labels."""


def refusal(*, type_: str, airbyte_type: str | None) -> str | None:
    """Why no destination supports a column of these types, as a clause that follows its name. None if it is valid."""
    if type_ not in COLUMN_TYPES:
        return f"has type '{type_}', but it must be one of {', '.join(COLUMN_TYPES)}"
    types = TYPES_OF_AIRBYTE_TYPE.get(airbyte_type or "")
    if types is None or type_ in types:
        return None
    return f"has type '{type_}', but its airbyte_type '{airbyte_type}' goes with type {' or '.join(types)} only"


def type_warnings(*, type_: str, format_: str | None, airbyte_type: str | None) -> Iterator[str]:
    """The parts of these types that destinations will ignore, each as a clause that follows the column's name."""
    if airbyte_type is not None and airbyte_type not in TYPES_OF_AIRBYTE_TYPE:
        yield f"has airbyte_type '{airbyte_type}', which destinations do not know"
    if format_ is not None and format_ not in _FORMATS:
        yield f"has format '{format_}', which destinations do not know"
    elif format_ is not None and type_ != "string":
        yield f"has format '{format_}', which has no effect on type {type_}"
    needed = _FORMAT_OF_AIRBYTE_TYPE.get(airbyte_type or "")
    if needed not in (None, format_):
        yield f"has airbyte_type '{airbyte_type}', which has no effect without format {needed}"
