"""The columns of a stream's records: as they are declared, and as a configured catalog asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.records.layout import declared
from unit_tests.configs import BORN, DELETED_AT, NUMBER, config

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
PLAIN = {"ref": {"type": "string"}, "ts": {"type": "integer"}, "data": {"type": "object"}, "ttl": TIMESTAMP}
SCHEMAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all defaults": ({}, PLAIN),
    "deletions on": (
        {"deletions": DELETED_AT},
        {**PLAIN, "deleted_at": TIMESTAMP},
    ),
    "columns without data": (
        {"name": "foo", "data_column": False, "additional_columns": [NUMBER, BORN]},
        {
            "ref": {"type": "string"},
            "ts": {"type": "integer"},
            "ttl": TIMESTAMP,
            "n": {"type": "integer"},
            "born": TIMESTAMP,
        },
    ),
}


@pytest.mark.parametrize(("collection", "properties"), SCHEMAS.values(), ids=SCHEMAS.keys())
def test_the_schema_follows_the_config(collection: dict[str, Any], properties: dict[str, Any]) -> None:
    schema = declared(config(**collection)).schema
    assert schema == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
    }
    assert list(schema["properties"]) == list(properties)
