"""The messages, as the CDK writes them. A null column is written: the CDK alone would leave it out."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import StreamDescriptor

from source_fauna.records.inference import FoundColumn
from source_fauna.records.layout import Layout
from source_fauna.records.records import MOST_LEVELS, Records
from source_fauna.records.types import ARRAY
from source_fauna.sync import messages
from unit_tests.refs import document_ref

DATA = Layout()
COLUMN = Layout(data=False, found=(FoundColumn(name="a", field="a", type=ARRAY),))


def line(data: dict[str, Any]) -> str:
    return AirbyteEntrypoint.airbyte_message_to_string(
        messages.record(StreamDescriptor(name="users"), data, emitted_at=1)
    )


def test_what_was_nulled_is_told_beside_the_record() -> None:
    message = messages.record(StreamDescriptor(name="users"), {"ref": "1"}, emitted_at=1, nulled=["born", "ttl"])
    change = '{"field":"%s","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"}'
    told = f'"meta":{{"changes":[{change % "born"},{change % "ttl"}]}}'
    assert told in AirbyteEntrypoint.airbyte_message_to_string(message)


@pytest.mark.parametrize("levels", range(MOST_LEVELS - 4, MOST_LEVELS + 10))
@pytest.mark.parametrize("layout", [DATA, COLUMN], ids=["data", "a column"])
def test_a_record_of_more_levels_than_orjson_writes_loses_its_nulls_and_nothing_else(
    layout: Layout, levels: int
) -> None:
    """At each number of levels around the limit there is a line, and it holds the value."""
    arrays = levels - 2 if layout.data else levels - 1
    value: Any = document_ref(7)
    for _ in range(arrays):
        value = [value]
    record, _ = Records(layout=layout, null=messages.NULL).live(
        {"ref": document_ref(1), "ts": 1, "data": {"a": value}},
    )
    text = line(record).replace(" ", "")
    assert "[" * arrays + '{"id":"7","collection":"foo","type":"document"}' + "]" * arrays in text
    assert ('"ttl":null' in text) == (levels <= MOST_LEVELS)
