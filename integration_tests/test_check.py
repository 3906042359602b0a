"""The connection check, through the real entry point against a database over HTTP."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.fresh import Database, everything, field, fresh_database, logs, run, status
from local_fauna import faults

FOO = {"collection": "foo"}
BAR = {"collection": "bar"}
DELETIONS = {"deletion_mode": "deleted_field", "column": "deleted_at"}


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Two collections, a document in each, and indexes of every shape."""
    with fresh_database() as made:
        for name, days in (("foo", 30), ("bar", 0)):
            made.collection(name, history_days=days)
            made.document(name, "1", {"n": 1})
        made.collection("empty", history_days=3)
        made.index("foo_ts", FOO)
        made.index("foo_more", FOO, values=[field("ts"), field("ref"), field(["data", "n"])], terms=[])
        made.index("foo_none", FOO, values=[])
        made.index("foo_back", FOO, values=[field(["ts"], reverse=True), field(["ref"])])
        made.index("foo_terms", FOO, terms=[field(["data", "n"])])
        made.index("bar_ts", BAR)
        yield made


SUCCEEDING: dict[str, dict[str, Any]] = {
    "all collections": {},
    "one collection": {"name": "foo"},
    "one collection with its index": {"name": "foo", "index": "foo_ts"},
    "an index with further values": {"name": "foo", "index": "foo_more"},
    "an empty collection": {"name": "empty"},
    "columns": {
        "name": "foo",
        "data_column": False,
        "additional_columns": [{"name": "n", "path": ["data", "n"], "type": "integer"}],
    },
}


@pytest.mark.parametrize("collection", SUCCEEDING.values(), ids=SUCCEEDING.keys())
def test_a_fitting_config_succeeds(database: Database, collection: dict[str, Any]) -> None:
    output = run("check", database.config(**collection))
    assert status(output) == ("SUCCEEDED", None)
    assert logs(output, "ERROR", "FATAL") == []


def columns(*names: str) -> dict[str, Any]:
    stated = [{"name": name, "path": ["data", "n"], "type": "integer"} for name in names]
    return {"name": "foo", "additional_columns": stated}


VALUES = "Index should have values [{'field': 'ts'}, {'field': 'ref'}], but it has values"
FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "missing collection": ({"name": "nope"}, "Collection 'nope' does not exist"),
    "missing index": ({"name": "foo", "index": "nope"}, "Index 'nope' does not exist"),
    "index with another source": (
        {"name": "foo", "index": "bar_ts"},
        "Index 'bar_ts' should have source 'foo', but it has source 'bar'",
    ),
    "index without values": ({"name": "foo", "index": "foo_none"}, f"{VALUES} []"),
    "reversed index": (
        {"name": "foo", "index": "foo_back"},
        f"{VALUES} [{{'field': ['ts'], 'reverse': True}}, {{'field': ['ref']}}]",
    ),
    "index with terms": (
        {"name": "foo", "index": "foo_terms"},
        "Index 'foo_terms' should have no terms, but it has terms data.n",
    ),
    "column data": (columns("data"), "Additional column cannot have reserved name 'data'"),
    "column ref": (columns("ref"), "Additional column cannot have reserved name 'ref'"),
    "column ts": (columns("ts"), "Additional column cannot have reserved name 'ts'"),
    "column ttl": (columns("ttl"), "Additional column cannot have reserved name 'ttl'"),
    "column twice": (columns("a", "a"), "Additional column cannot have duplicate name 'a'"),
    "deletion column ref": (
        {"deletions": {"deletion_mode": "deleted_field", "column": "ref"}},
        "Deletion column cannot have reserved name 'ref'",
    ),
    "page size": ({"page_size": 0}, "collection.page_size is 0, but it must be from 1 to 100000"),
    "unknown deletion mode": (
        {"deletions": {"deletion_mode": "purge"}},
        "Config validation error: 'ignore' was expected",
    ),
}


@pytest.mark.parametrize(("collection", "message"), FAILING.values(), ids=FAILING.keys())
def test_an_unfit_config_fails_with_its_message(database: Database, collection: dict[str, Any], message: str) -> None:
    output = run("check", database.config(**collection))
    assert output.errors == [] or "Config validation error" in message
    assert status(output) == ("FAILED", message)


def test_a_wrong_secret_is_unauthorized(database: Database) -> None:
    output = run("check", database.config(secret="fnAE0000example0001"))
    assert status(output) == ("FAILED", "Failed to connect to database: Unauthorized")
    assert "fnAE0000example0001" not in everything(output)


def test_a_secret_pasted_with_a_line_break_works_and_stays_secret(database: Database) -> None:
    output = run("check", {**database.config(), "secret": f"  {database.secret}\n"})
    assert status(output) == ("SUCCEEDED", None)
    assert database.secret not in everything(output)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_not_there_is_named(database: Database) -> None:
    port = free_port()
    output = run("check", {**database.config(), "domain": "127.0.0.1", "scheme": "http", "port": port})
    expected = f"Failed to connect to database: connection refused (http://127.0.0.1:{port})"
    assert status(output) == ("FAILED", expected)


def test_a_host_that_does_not_exist_is_named(database: Database) -> None:
    output = run("check", {**database.config(), "domain": "fauna.invalid"})
    found, message = status(output)
    assert found == "FAILED"
    assert message is not None
    assert message.startswith("Failed to connect to database: ")
    assert "fauna.invalid" in message
    assert database.secret not in everything(output)


@pytest.mark.local_only
def test_the_wrong_scheme_is_named(database: Database) -> None:
    output = run("check", {**database.config(), "scheme": "https"})
    found, message = status(output)
    assert found == "FAILED"
    assert message is not None
    assert message.startswith("Failed to connect to database: ")
    assert f"(https://127.0.0.1:{database.config()['port']})" in message


FAULTS = {
    "a proxy's page": (faults.html(), "Invalid JSON."),
    "other JSON": (faults.foreign(), "Invalid JSON."),
    "429": (faults.answer(429), "too many requests: Rate limit exceeded"),
    "503": (faults.answer(503), "time out: Read timed out (Query eval has timed out.)"),
    "409": (faults.answer(409), "contended transaction: Transaction was aborted due to contention."),
}


@pytest.mark.local_only
@pytest.mark.parametrize(("fault", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_a_server_in_trouble_fails_the_check_in_its_words(database: Database, fault: faults.Fault, reason: str) -> None:
    local = database.local
    assert local is not None
    local.faults.add(fault, times=100)
    try:
        output = run("check", database.config())
    finally:
        local.faults.clear()
    assert output.errors == []
    assert status(output) == ("FAILED", f"Failed to connect to database: {reason}")


def test_a_short_history_is_told_when_deletions_are_on(database: Database) -> None:
    output = run("check", database.config(deletions=DELETIONS))
    warning = (
        "Collection 'bar' keeps 0 days of history: deletions are lost when syncs are further apart than that plus "
        '15 minutes. This raises it: Update(Collection("bar"), {history_days: 30})'
    )
    assert status(output) == ("SUCCEEDED", None)
    assert logs(output, "WARN") == [warning]


def test_an_index_that_is_being_built_is_told() -> None:
    with fresh_database() as crowded:
        if crowded.local is not None:
            crowded.local.engine.index_build.rate = 0
        crowded.collection("foo")
        new = {"create": FOO, "params": {"object": {}}}
        crowded.query({"foreach": {"lambda": "i", "expr": new}, "collection": list(range(200))})
        crowded.index("foo_ts", FOO)
        output = run("check", crowded.config(name="foo", index="foo_ts"))
        expected = "Index 'foo_ts' is still being built: it can be used when it is active"
        assert status(output) == ("FAILED", expected)


@pytest.mark.local_only
def test_many_collections_are_checked_in_few_requests() -> None:
    with fresh_database() as wide:
        assert wide.local is not None
        new = {"create_collection": {"object": {"name": {"var": "name"}}}}
        names = [f"c{number}" for number in range(150)]
        wide.query({"foreach": {"lambda": "name", "expr": new}, "collection": names})
        for name in names:
            wide.document(name, "1", {"n": 1})
        wide.local.reset_requests()
        assert status(run("check", wide.config())) == ("SUCCEEDED", None)
        assert wide.local.count() == 3


def test_no_representation_of_an_object_is_in_any_message(database: Database) -> None:
    output = run("check", {**database.config(), "collection": {"deletions": {"deletion_mode": "deleted_field"}}})
    found, message = status(output)
    assert (found, message) == ("FAILED", "Config validation error: 'ignore' was expected")
    assert "Traceback" not in json.dumps(message)
