"""Discover, through the real entry point against a database over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput

from integration_tests.fresh import COLLECTIONS, INDEXES, Database, field, fresh_database, logs, run
from local_fauna import faults

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
PROPERTIES = {"ref": {"type": "string"}, "ts": {"type": "integer"}, "data": {"type": "object"}, "ttl": TIMESTAMP}
N = field(["data", "n"])


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Collections whose first indexes fit in every form, and indexes that fit none, which stand before them."""
    with fresh_database() as made:
        for name in ("foo", "bar", "texts", "listed", "object", "more"):
            made.collection(name, history_days=30)
            made.document(name, "1", {"n": 1})
        made.index("foo_none", {"collection": "foo"}, values=[])
        made.index("foo_by_n", {"collection": "foo"}, values=[], terms=[N])
        made.index("foo_terms", {"collection": "foo"}, terms=[N])
        made.index("foo_back", {"collection": "foo"}, values=[field(["ts"], reverse=True), field(["ref"])])
        made.index("bar_ref_ts", {"collection": "bar"}, values=[field(["ref"]), field(["ts"])])
        made.index("foo_ts", {"collection": "foo"})
        made.index("texts_ts", {"collection": "texts"}, values=[field("ts"), field("ref")])
        made.index("listed_ts", [{"collection": "listed"}], terms=[])
        made.index("object_ts", {"object": {"collection": {"collection": "object"}}})
        made.index("more_ts", {"collection": "more"}, values=[field(["ts"]), field(["ref"]), N])
        yield made


def streams(output: EntrypointOutput) -> dict[str, list[str]]:
    """The names of the streams in order, and their sync modes."""
    catalog = output.catalog.catalog
    assert catalog is not None
    return {stream.name: [mode.value for mode in stream.supported_sync_modes] for stream in catalog.streams}


BOTH = ["full_refresh", "incremental"]


def test_each_collection_is_a_stream_in_the_servers_order(database: Database) -> None:
    found = streams(run("discover", database.config()))
    expected = {"foo": BOTH, "bar": ["full_refresh"], "texts": BOTH, "listed": BOTH, "object": BOTH, "more": BOTH}
    assert found == expected
    assert list(found) == list(expected)


def test_a_stream_says_all_that_the_source_defines(database: Database) -> None:
    catalog = run("discover", database.config()).catalog.catalog
    assert catalog is not None
    for stream in catalog.streams:
        assert stream.json_schema == {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": PROPERTIES,
        }
        assert (stream.source_defined_cursor, stream.default_cursor_field) == (True, ["ts"])
        assert (stream.source_defined_primary_key, stream.is_resumable) == ([["ref"]], True)
        assert stream.namespace is None


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
CONFIGS: dict[str, tuple[dict[str, Any], list[str], dict[str, Any]]] = {
    "deletions on": (
        {"name": "foo", "deletions": {"deletion_mode": "deleted_field", "column": "deleted_at"}},
        BOTH,
        {**PROPERTIES, "deleted_at": TIMESTAMP},
    ),
    "columns without data": (
        {"name": "foo", "index": "foo_ts", "data_column": False, "additional_columns": COLUMNS},
        BOTH,
        {
            "ref": {"type": "string"},
            "ts": {"type": "integer"},
            "ttl": TIMESTAMP,
            "n": {"type": "integer"},
            "born": TIMESTAMP,
        },
    ),
    "an index that does not fit": ({"name": "foo", "index": "foo_back"}, ["full_refresh"], PROPERTIES),
    "an index that does not exist": ({"name": "foo", "index": "nope"}, ["full_refresh"], PROPERTIES),
}


@pytest.mark.parametrize(("collection", "modes", "properties"), CONFIGS.values(), ids=CONFIGS.keys())
def test_the_chosen_collection_is_the_only_stream(
    database: Database, collection: dict[str, Any], modes: list[str], properties: dict[str, Any]
) -> None:
    output = run("discover", database.config(**collection))
    assert streams(output) == {"foo": modes}
    assert output.catalog.catalog is not None
    assert output.catalog.catalog.streams[0].json_schema["properties"] == properties


def test_the_log_holds_the_line_that_creates_a_missing_index(database: Database) -> None:
    line = 'CreateIndex({name: "bar_by_ts", source: Collection("bar"), values: [{field: ["ts"]}, {field: ["ref"]}]})'
    assert [text for text in logs(run("discover", database.config()), "INFO") if "CreateIndex" in text] == [
        f"Collection 'bar' has no index for incremental syncs. This creates one: {line}."
    ]


def opened(*names: str) -> list[tuple[Any, Any]]:
    return [({"collection": name}, True) for name in names]


ALL_BUT_FOO = opened("bar", "texts", "listed", "object", "more")
ROLES: dict[str, tuple[list[tuple[Any, Any]], dict[str, list[str]], list[str]]] = {
    "an index that may not be read": (
        [*opened("foo", "bar"), COLLECTIONS, INDEXES],
        {"foo": ["full_refresh"], "bar": ["full_refresh"]},
        ["'texts'", "'listed'", "'object'", "'more'", "'foo_ts'"],
    ),
    "no list of indexes": (
        [*opened("foo", "bar"), COLLECTIONS],
        {"foo": ["full_refresh"], "bar": ["full_refresh"]},
        ["'texts'", "'listed'", "'object'", "'more'", "No permissions to list indexes. Give"],
    ),
    "a collection that may not be read": (
        [*ALL_BUT_FOO, ({"index": "more_ts"}, True), ({"index": "texts_ts"}, True), COLLECTIONS, INDEXES],
        {"bar": ["full_refresh"], "texts": BOTH, "listed": ["full_refresh"], "object": ["full_refresh"], "more": BOTH},
        ["'foo'", "'more_ts' holds more", "'listed_ts'", "'object_ts'"],
    ),
}


@pytest.mark.parametrize(("privileges", "found", "warned"), ROLES.values(), ids=ROLES.keys())
def test_what_may_not_be_read_is_left_out_and_named(
    database: Database,
    request: pytest.FixtureRequest,
    privileges: list[tuple[Any, Any]],
    found: dict[str, list[str]],
    warned: list[str],
) -> None:
    role = request.node.callspec.id.replace(" ", "_")
    output = run("discover", database.config(secret=database.key(role, *privileges)))
    assert streams(output) == found
    warnings = logs(output, "WARN")
    assert len(warnings) == len(warned), warnings
    for words, warning in zip(warned, warnings, strict=True):
        assert words in warning


def test_of_two_fitting_indexes_the_one_that_may_be_read_is_used() -> None:
    with fresh_database() as made:
        made.collection("foo")
        made.index("shut", {"collection": "foo"})
        made.index("open", {"collection": "foo"})
        secret = made.key("reader", *opened("foo"), ({"index": "open"}, True), COLLECTIONS, INDEXES)
        output = run("discover", made.config(secret=secret))
        assert streams(output) == {"foo": BOTH}
        assert logs(output, "WARN") == []


def error(output: EntrypointOutput) -> tuple[str, str | None]:
    """The failure type and message of the one error; no catalog beside it."""
    assert not [message for message in output.get_message_iterator() if message.catalog]
    (message,) = output.errors
    assert message.trace is not None
    assert message.trace.error is not None
    assert message.trace.error.failure_type is not None
    return message.trace.error.failure_type.value, message.trace.error.message


def test_a_missing_collection_is_an_error_and_no_catalog(database: Database) -> None:
    output = run("discover", database.config(name="nope"))
    assert error(output) == ("config_error", "Collection 'nope' does not exist")


def test_a_wrong_secret_is_an_error_and_no_catalog(database: Database) -> None:
    failure_type, message = error(run("discover", database.config(secret="fnAE0000example0001")))
    assert failure_type == "config_error"
    assert message is not None
    assert "Unauthorized" in message


def test_an_empty_database_is_an_error_and_no_catalog() -> None:
    with fresh_database() as empty:
        assert error(run("discover", empty.config())) == (
            "config_error",
            "The database has no collections: create one, or check which database the secret is for",
        )


def test_a_role_that_reads_nothing_is_an_error_and_no_catalog(database: Database) -> None:
    secret = database.key("reads_nothing", COLLECTIONS, INDEXES)
    failure_type, message = error(run("discover", database.config(secret=secret)))
    assert failure_type == "config_error"
    assert message is not None
    assert message.startswith("The key may not read collections 'foo', 'bar'")


@pytest.mark.local_only
def test_an_outage_is_an_error_and_no_catalog(database: Database) -> None:
    assert database.local is not None
    database.local.faults.add(faults.answer(503), times=100)
    try:
        failure_type, _ = error(run("discover", database.config()))
    finally:
        database.local.faults.clear()
    assert failure_type == "transient_error"


@pytest.mark.local_only
def test_many_collections_are_discovered_in_few_requests() -> None:
    with fresh_database() as wide:
        assert wide.local is not None
        names = [f"c{number}" for number in range(150)]
        for name in names:
            wide.collection(name)
            wide.index(f"{name}_ts", {"collection": name})
            wide.document(name, "1", {"n": 1})
        wide.local.reset_requests()
        found = streams(run("discover", wide.config()))
        assert found == dict.fromkeys(names, BOTH)
        assert wide.local.count() == 5
