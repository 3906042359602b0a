"""The columns of a stream's records: as they are declared, and as a configured catalog asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.records.inference import FoundColumn
from source_fauna.records.layout import Layout, configured, declared
from source_fauna.records.types import DATE, INTEGER, OBJECT, STRING
from source_fauna.records.types import TIMESTAMP as TIMESTAMP_TYPE
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


A = FoundColumn(name="a", field="a", type=INTEGER)
DATA_REF = FoundColumn(name="data_ref", field="ref", type=STRING)
FOUND = {"column_mode": "found"}


def test_found_columns_stand_between_additional_ones_and_that_of_deletions() -> None:
    settings = config(name="foo", additional_columns=[NUMBER], deletions=DELETED_AT, columns=FOUND)
    schema = declared(settings, (A, DATA_REF)).schema
    assert list(schema["properties"]) == ["ref", "ts", "data", "ttl", "n", "a", "data_ref", "deleted_at"]
    assert schema["properties"]["a"] == {"type": ["null", "integer"]}


def test_every_record_has_ref_and_ts() -> None:
    assert list(Layout(data=False, ttl=False).schema["properties"]) == ["ref", "ts"]


SETTINGS: dict[str, dict[str, Any]] = {
    "all collections": {"columns": FOUND},
    "deletions on": {"columns": FOUND, "deletions": DELETED_AT},
    "additional columns": {"name": "foo", "columns": FOUND, "additional_columns": [NUMBER, BORN]},
    "no data": {"name": "foo", "columns": FOUND, "data_column": False},
}
ALL_TYPES = (
    *(
        FoundColumn(name=f"a{number}", field=f"a{number}", type=column_type)
        for number, column_type in enumerate((INTEGER, STRING, TIMESTAMP_TYPE, DATE, OBJECT))
    ),
    DATA_REF,
)


@pytest.mark.parametrize("collection", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_read_by_the_whole_catalog_has_the_layout_that_was_declared(collection: dict[str, Any]) -> None:
    settings = config(**collection)
    layout = declared(settings, ALL_TYPES)
    assert configured(settings, layout.schema) == layout


def test_a_read_emits_no_column_that_its_catalog_lacks_but_that_of_deletions() -> None:
    settings = config(name="foo", additional_columns=[NUMBER, BORN], deletions=DELETED_AT, columns=FOUND)
    schema = {"properties": {"ref": {}, "ts": {}, "born": {}, "b": {"type": "string"}, "data_ts": {"type": "integer"}}}
    (born,) = (column for column in settings.additional_columns if column.name == "born")
    assert configured(settings, schema) == Layout(
        data=False,
        ttl=False,
        additional=(born,),
        found=(
            FoundColumn(name="b", field="b", type=STRING),
            FoundColumn(name="data_ts", field="ts", type=INTEGER),
        ),
        deletion_column="deleted_at",
    )


@pytest.mark.parametrize("schema", [{}, {"properties": {}}, {"properties": None}], ids=str)
def test_a_catalog_without_properties_says_nothing(schema: dict[str, Any]) -> None:
    settings = config(columns=FOUND)
    assert configured(settings, schema) == declared(settings)


def test_where_no_columns_are_found_the_catalog_says_nothing_either() -> None:
    settings = config(name="foo", additional_columns=[NUMBER], deletions=DELETED_AT)
    assert configured(settings, {"properties": {"ref": {}, "ts": {}, "a": {}}}) == declared(settings)
