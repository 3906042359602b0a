"""Streams, schemas, and what the log says of what is not offered."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.catalog import Stream, airbyte_stream, discover, json_schema, streams
from source_fauna.config import Config, parse_config
from source_fauna.definitions import Collection, Definitions, Index
from unit_tests.scripted import FORBIDDEN, MISSING, Scripted

LOGGER = logging.getLogger("airbyte.test")


def config(**collection: Any) -> Config:
    base = {"domain": "localhost", "port": 8443, "scheme": "http", "secret": "fnAE0000example0001"}
    return parse_config({**base, "collection": collection})


def coll(name: str) -> dict[str, Any]:
    return {"@ref": {"id": name, "collection": {"@ref": {"id": "collections"}}}}


def by_ts(name: str, source: str, *, active: bool = True) -> Index:
    values = ({"field": ["ts"]}, {"field": ["ref"]})
    return Index(name=name, ts=1, active=active, source=coll(source), values=values, terms=())


FOO = Collection(name="foo", history_days=30, ts=1)
BAR = Collection(name="bar", history_days=0, ts=2)
FOO_TS = by_ts("foo_ts", "foo")
DEFINITIONS = Definitions(collections=(FOO, BAR), indexes=(FOO_TS,))
FOO_STREAM = Stream(name="foo", collection=FOO, index=FOO_TS)
BAR_STREAM = Stream(name="bar", collection=BAR, index=None)

CHOICES: dict[str, tuple[dict[str, Any], tuple[Stream, ...]]] = {
    "every collection, in the server's order": ({}, (FOO_STREAM, BAR_STREAM)),
    "the chosen one": ({"name": "foo"}, (FOO_STREAM,)),
    "the chosen one without index": ({"name": "bar"}, (BAR_STREAM,)),
    "an index of another name": (
        {"name": "foo", "index": "nope"},
        (Stream(name="foo", collection=FOO, index=None),),
    ),
}


@pytest.mark.parametrize(("collection", "expected"), CHOICES.values(), ids=CHOICES.keys())
def test_streams_are_collections(collection: dict[str, Any], expected: tuple[Stream, ...]) -> None:
    assert streams(DEFINITIONS, config(**collection)) == expected


def test_a_chosen_collection_must_exist() -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        streams(DEFINITIONS, config(name="nope"))
    assert raised.value.message == "Collection 'nope' does not exist"


TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
PLAIN = {"ref": {"type": "string"}, "ts": {"type": "integer"}, "data": {"type": "object"}, "ttl": TIMESTAMP}
COLUMNS = [
    {"name": "n", "path": ["data", "n"], "type": "integer"},
    {
        "name": "born",
        "path": ["data", "born"],
        "type": "string",
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
        "required": False,
    },
]
SCHEMAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all defaults": ({}, PLAIN),
    "deletions on": (
        {"deletions": {"deletion_mode": "deleted_field", "column": "gone_at"}},
        {**PLAIN, "gone_at": TIMESTAMP},
    ),
    "columns without data": (
        {"name": "foo", "data_column": False, "additional_columns": COLUMNS},
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
    schema = json_schema(config(**collection))
    assert schema == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
    }
    assert list(schema["properties"]) == list(properties)


@pytest.mark.parametrize(
    ("stream", "modes"),
    [(FOO_STREAM, ["full_refresh", "incremental"]), (BAR_STREAM, ["full_refresh"])],
    ids=["with index", "without index"],
)
def test_a_stream_as_airbyte_shows_it(stream: Stream, modes: list[str]) -> None:
    shown = asdict(airbyte_stream(stream, config()))
    assert {key: value for key, value in shown.items() if value is not None} == {
        "name": stream.name,
        "json_schema": json_schema(config()),
        "supported_sync_modes": [SyncMode(mode) for mode in modes],
        "source_defined_cursor": True,
        "default_cursor_field": ["ts"],
        "source_defined_primary_key": [["ref"]],
        "is_resumable": True,
    }


def database(*indexes: Index, collections: tuple[str, ...] = ("foo", "bar"), closed: tuple[str, ...] = ()) -> Scripted:
    """Answer as a database whose collections are empty, some of them, or of the indexes, closed to the key."""
    definitions = [{"name": name, "ts": 1, "history_days": 0} for name in collections]
    shown = [{**vars(index), "values": list(index.values)} for index in indexes]

    def answer(asked: Any) -> Any:
        if "map" in asked:
            return {"data": definitions if "collections" in asked["collection"]["paginate"] else shown}
        if "get" in asked:
            return FORBIDDEN if asked["get"]["@ref"]["collection"]["@ref"]["id"] in closed else MISSING
        match = asked["paginate"].get("match")
        return FORBIDDEN if match and match["index"] in closed else {"data": []}

    return Scripted(answer)


def modes(scripted: Scripted, **collection: Any) -> dict[str, int]:
    found = discover(scripted.client, config(**collection), LOGGER)
    return {stream.name: len(stream.supported_sync_modes) for stream in found.streams}


LINE = 'CreateIndex({name: "bar_by_ts", source: Collection("bar"), values: [{field: ["ts"]}, {field: ["ref"]}]})'
LOGGED: dict[str, tuple[Scripted, dict[str, Any], dict[str, int], list[str]]] = {
    "no index": (
        database(FOO_TS),
        {},
        {"foo": 2, "bar": 1},
        [f"INFO Collection 'bar' has no index for incremental syncs. This creates one: {LINE}"],
    ),
    "a closed collection": (
        database(FOO_TS, by_ts("bar_ts", "bar"), closed=("bar",)),
        {},
        {"foo": 2},
        ["WARNING The key may not read collection 'bar': give its role read on it. It is left out."],
    ),
    "a closed index before an open one": (
        database(by_ts("shut", "foo"), FOO_TS, collections=("foo",), closed=("shut",)),
        {},
        {"foo": 2},
        ["WARNING The key may not read index 'shut', so it is not used: give its role read on it."],
    ),
    "an index being built": (
        database(by_ts("bar_by_ts", "bar", active=False), collections=("bar",)),
        {},
        {"bar": 1},
        [
            "WARNING Index 'bar_by_ts' is still being built: it can be used when it is active.",
            f"INFO Collection 'bar' has no index for incremental syncs. This creates one: {LINE}".replace(
                "bar_by_ts", "bar_by_ts_2"
            ),
        ],
    ),
    "a chosen index that does not fit": (
        database(FOO_TS, by_ts("bar_ts", "bar")),
        {"name": "foo", "index": "bar_ts"},
        {"foo": 1},
        [
            (
                "WARNING Index 'bar_ts' should have source 'foo', but it has source 'bar'. "
                "Collection 'foo' has no incremental sync."
            )
        ],
    ),
    "settings without effect": (
        database(FOO_TS, collections=("foo",)),
        {"index": "foo_ts"},
        {"foo": 2},
        [
            (
                "WARNING Without collection.name every collection is a stream, "
                "and these keys have no effect: collection.index"
            )
        ],
    ),
}


@pytest.mark.parametrize(("scripted", "collection", "offered", "logged"), LOGGED.values(), ids=LOGGED.keys())
def test_what_is_not_offered_is_told_in_the_log(
    scripted: Scripted,
    collection: dict[str, Any],
    offered: dict[str, int],
    logged: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert modes(scripted, **collection) == offered
    assert [f"{record.levelname} {record.getMessage()}" for record in caplog.records] == logged


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
    with pytest.raises(AirbyteTracedException) as raised:
        discover(scripted.client, config(), LOGGER)
    assert raised.value.message == message
