"""A null column is written, as in all records of earlier releases. The CDK alone would leave it out."""

from __future__ import annotations

from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import StreamDescriptor

from source_fauna.sync import messages


def line(data: dict[str, Any]) -> str:
    return AirbyteEntrypoint.airbyte_message_to_string(
        messages.record(StreamDescriptor(name="users"), data, emitted_at=1)
    )


def test_what_was_nulled_is_told_beside_the_record() -> None:
    message = messages.record(StreamDescriptor(name="users"), {"ref": "1"}, emitted_at=1, nulled=["born", "ttl"])
    change = '{"field":"%s","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"}'
    told = f'"meta":{{"changes":[{change % "born"},{change % "ttl"}]}}'
    assert told in AirbyteEntrypoint.airbyte_message_to_string(message)


def nested(levels: int) -> Any:
    value: Any = 7
    for _ in range(levels):
        value = [value]
    return value


def test_a_null_column_is_written() -> None:
    assert '"data":{"ref":"1","ttl":null,"data":{"a":null}}' in line({"ref": "1", "ttl": None, "data": {"a": None}})


def test_a_record_without_nulls_is_left_alone() -> None:
    data = {"ref": "1", "ttl": "2040-01-01T00:00:00Z"}
    messages.record(StreamDescriptor(name="users"), data, emitted_at=1)
    assert data == {"ref": "1", "ttl": "2040-01-01T00:00:00Z"}


def test_a_record_with_more_levels_than_orjson_writes_loses_its_null_and_nothing_else() -> None:
    """At each number of levels around the limit there is a line, and it holds the value."""
    for levels in range(240, 260):
        text = line({"data": nested(levels), "ttl": None})
        assert "[" * levels + "7" + "]" * levels in text.replace(" ", "")
