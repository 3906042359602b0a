"""Discover, through the real entry point against a database over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, command
from integration_tests.harness.fauna import READ_SCHEMA, Fauna, fresh_database
from integration_tests.harness.fql import create, may_read, reads
from integration_tests.harness.moments import Moments
from integration_tests.harness.strikes import ALWAYS
from integration_tests.harness.table import DELETED
from integration_tests.harness.tunings import FAST
from local_fauna import LocalFauna, faults
from unit_tests.configs import BORN, NUMBER

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
PROPERTIES = {"ref": {"type": "string"}, "ts": {"type": "integer"}, "data": {"type": "object"}, "ttl": TIMESTAMP}
TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """Collections whose first indexes fit in every form, and indexes that fit none, which stand before them."""
    with fresh_database() as made:
        for name in ("foo", "bar", "texts", "listed", "object", "more"):
            made.collection(name, index=False)
            made.write(create(name, 1, {"n": 1}))
        made.index("foo", "foo_none", values=[])
        made.index("foo", "foo_by_n", values=[], terms=[N])
        made.index("foo", "foo_terms", terms=[N])
        made.index("foo", "foo_back", values=[{**TS, "reverse": True}, REF])
        made.index("bar", "bar_ref_ts", values=[REF, TS])
        made.index("foo")
        made.index("texts", values=[{"field": "ts"}, {"field": "ref"}])
        made.index("listed", source=[q.collection("listed")], terms=[])
        made.index("object", source={"collection": q.collection("object")})
        made.index("more", values=[TS, REF, N])
        yield made


def discovered(config: dict[str, Any]) -> Run:
    """A discover, which must end well."""
    return command("discover", config=config).succeed()


def modes_of(run: Run) -> dict[str, list[str]]:
    """The names of the streams in order, and their sync modes."""
    return {stream["name"]: stream["supported_sync_modes"] for stream in run.streams}


BOTH = ["full_refresh", "incremental"]


def test_each_collection_is_a_stream_in_the_servers_order(database: Fauna) -> None:
    found = modes_of(discovered(database.config()))
    expected = {"foo": BOTH, "bar": ["full_refresh"], "texts": BOTH, "listed": BOTH, "object": BOTH, "more": BOTH}
    assert list(found.items()) == list(expected.items())


def test_a_stream_says_all_that_the_source_defines(database: Fauna) -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": PROPERTIES}
    for stream in discovered(database.config()).streams:
        assert stream == {
            "name": stream["name"],
            "json_schema": schema,
            "supported_sync_modes": stream["supported_sync_modes"],
            "source_defined_cursor": True,
            "default_cursor_field": ["ts"],
            "source_defined_primary_key": [["ref"]],
            "is_resumable": True,
        }


COLUMNS = [NUMBER, BORN]
CONFIGS: dict[str, tuple[dict[str, Any], list[str], dict[str, Any]]] = {
    "deletions on": (
        {"name": "foo", "deletions": DELETED},
        BOTH,
        {**PROPERTIES, DELETED: TIMESTAMP},
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
    database: Fauna, collection: dict[str, Any], modes: list[str], properties: dict[str, Any]
) -> None:
    run = discovered(database.config(**collection))
    assert modes_of(run) == {"foo": modes}
    assert run.streams[0]["json_schema"]["properties"] == properties


def test_the_log_holds_the_line_that_creates_a_missing_index(database: Fauna) -> None:
    line = 'CreateIndex({name: "bar_by_ts", source: Collection("bar"), values: [{field: ["ts"]}, {field: ["ref"]}]})'
    assert [text for text in discovered(database.config()).logs("INFO") if "CreateIndex" in text] == [
        f"Collection 'bar' has no index for incremental syncs. This creates one: {line}."
    ]


def opened(*names: str) -> list[dict[str, Any]]:
    return [may_read(q.collection(name)) for name in names]


ALL_BUT_FOO = opened("bar", "texts", "listed", "object", "more")
ROLES: dict[str, tuple[list[dict[str, Any]], dict[str, list[str]], list[str]]] = {
    "an index that may not be read": (
        [*opened("foo", "bar"), *READ_SCHEMA],
        {"foo": ["full_refresh"], "bar": ["full_refresh"]},
        ["'texts', 'listed', 'object', 'more'", "'foo_ts'"],
    ),
    "no list of indexes": (
        [*opened("foo", "bar"), READ_SCHEMA[0]],
        {"foo": ["full_refresh"], "bar": ["full_refresh"]},
        # A server shows such a role an empty list (recording `rights_lists`).
        ["'texts', 'listed', 'object', 'more'"],
    ),
    "a collection that may not be read": (
        [*ALL_BUT_FOO, may_read(q.index("more_ts")), may_read(q.index("texts_ts")), *READ_SCHEMA],
        {"bar": ["full_refresh"], "texts": BOTH, "listed": ["full_refresh"], "object": ["full_refresh"], "more": BOTH},
        ["'foo'", "'more_ts' holds more", "'listed_ts'", "'object_ts'"],
    ),
}


@pytest.mark.parametrize(("privileges", "found", "warned"), ROLES.values(), ids=ROLES.keys())
def test_what_may_not_be_read_is_left_out_and_named(
    database: Fauna,
    request: pytest.FixtureRequest,
    privileges: list[dict[str, Any]],
    found: dict[str, list[str]],
    warned: list[str],
) -> None:
    role = request.node.callspec.id.replace(" ", "_")
    run = discovered(database.config(secret=database.key(*privileges, role=role, schema=())))
    assert modes_of(run.warn(*warned)) == found


def test_of_two_fitting_indexes_the_one_that_may_be_read_is_used(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.index("foo", "shut")
    fauna.index("foo", "open")
    secret = fauna.key(*reads("foo", index="open"))
    assert modes_of(discovered(fauna.config(secret=secret)).warn()) == {"foo": BOTH}


@pytest.mark.parametrize("name", ["check", "discover"])
def test_a_collection_that_goes_while_it_is_asked_about_spoils_no_other(fauna: Fauna, name: str) -> None:
    """Without the rule both fail as long as others make and drop collections, with an error that names one of those."""
    for each in ("foo", "gone"):
        fauna.collection(each)
    moments = Moments()
    moments.before(_asks_for_documents, lambda: fauna.query(q.delete(q.collection("gone"))))
    run = command(name, config=fauna.config(deletions=DELETED), tuning=moments.tuning(FAST)).succeed()
    if name == "check":
        assert run.check_status == ("SUCCEEDED", "")
    else:
        assert modes_of(run)["foo"] == BOTH


def _asks_for_documents(expression: Any) -> bool:
    return isinstance(expression, list) and "documents" in expression[0].get("paginate", {})


def failed(config: dict[str, Any]) -> tuple[str, str]:
    """The failure type and message of a discover that ends with an error, without a catalog beside it."""
    run = command("discover", config=config)
    assert run.of("CATALOG") == []
    assert run.failure is not None
    return run.failure["failure_type"], run.failure["message"]


def test_a_missing_collection_is_an_error_and_no_catalog(database: Fauna) -> None:
    assert failed(database.config(name="nope")) == ("config_error", "Collection 'nope' does not exist")


def test_a_wrong_secret_is_an_error_and_no_catalog(database: Fauna) -> None:
    failure_type, message = failed(database.config(secret="fnAE0000example0001"))
    assert failure_type == "config_error"
    assert "Unauthorized" in message


def test_an_empty_database_is_an_error_and_no_catalog(fauna: Fauna) -> None:
    assert failed(fauna.config()) == (
        "config_error",
        "The database has no collections: create one, or check which database the secret is for",
    )


def test_a_role_that_reads_nothing_is_an_error_and_no_catalog(database: Fauna) -> None:
    failure_type, message = failed(database.config(secret=database.key(role="reads_nothing")))
    assert failure_type == "config_error"
    assert message.startswith("The key may not read collections 'foo', 'bar'")


@pytest.mark.local_only
def test_an_outage_is_an_error_and_no_catalog(fauna: Fauna, local: LocalFauna) -> None:
    fauna.collection("foo")
    local.faults.add(faults.answer(503), times=ALWAYS)
    failure_type, message = failed(fauna.config())
    assert failure_type == "transient_error"
    assert "503 time out" in message


@pytest.mark.local_only
def test_many_collections_are_discovered_in_few_requests(fauna: Fauna, local: LocalFauna) -> None:
    names = [f"c{number}" for number in range(150)]
    for name in names:
        fauna.collection(name)
        fauna.write(create(name, 1, {"n": 1}))
    assert modes_of(discovered(fauna.config())) == dict.fromkeys(names, BOTH)
    assert local.count() == 5
