"""Streams and schemas as Airbyte shows them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from source_fauna.catalog import airbyte_stream, discover
from source_fauna.records.layout import declared
from source_fauna.schema.definitions import Definitions
from source_fauna.schema.streams import Stream, streams
from unit_tests.configs import config
from unit_tests.declared import BAR, FOO, FOO_TS, database
from unit_tests.quiet import QUIET
from unit_tests.scripted import Scripted
from unit_tests.told import raises_config_error, warnings

FOO_STREAM, BAR_STREAM = streams(Definitions(collections=(FOO, BAR), indexes=(FOO_TS,)), config())


@pytest.mark.parametrize(
    ("stream", "modes", "cursor"),
    [
        (FOO_STREAM, ["full_refresh", "incremental"], {"source_defined_cursor": True, "default_cursor_field": ["ts"]}),
        (BAR_STREAM, ["full_refresh"], {}),
    ],
    ids=["with index", "without index"],
)
def test_a_stream_as_airbyte_shows_it(stream: Stream, modes: list[str], cursor: dict[str, Any]) -> None:
    """Tools take a stream that declares a cursor for an incremental one, whatever its modes say."""
    shown = asdict(airbyte_stream(stream, declared(config())))
    assert {key: value for key, value in shown.items() if value is not None} == {
        "name": stream.name,
        "json_schema": declared(config()).schema,
        "supported_sync_modes": [SyncMode(mode) for mode in modes],
        **cursor,
        "source_defined_primary_key": [["ref"]],
        "is_resumable": True,
    }


def test_every_stream_is_shown() -> None:
    found = discover(database(FOO_TS).client, config(), progress=QUIET)
    assert {each.name: len(each.supported_sync_modes) for each in found.streams} == {"foo": 2, "bar": 1}


NOTHING: dict[str, tuple[Scripted, str]] = {
    "no collections": (
        database(collections=()),
        "The database has no collections: create one, or check which database the secret is for",
    ),
    "none that may be read": (
        database(closed=("foo", "bar")),
        "The key may not read collections 'foo', 'bar': give its role read on them.",
    ),
}


@pytest.mark.parametrize(("scripted", "message"), NOTHING.values(), ids=NOTHING.keys())
def test_an_empty_catalog_is_an_error(scripted: Scripted, message: str) -> None:
    with raises_config_error(message):
        discover(scripted.client, config(), progress=QUIET)


def test_collections_that_differ_in_case_only_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Destinations that fold case write both into one table."""
    scripted = database(FOO_TS, collections=("foo", "bar", "Foo"))
    found = discover(scripted.client, config(), progress=QUIET)
    assert [each.name for each in found.streams] == ["foo", "bar", "Foo"]
    assert warnings(caplog) == [
        (
            "Collections 'foo' and 'Foo' differ in case only, so destinations that fold case write both into one "
            "table: sync them by two connections with different prefixes."
        )
    ]
