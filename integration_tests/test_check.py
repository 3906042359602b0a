"""The connection check, through the real entry point against a database over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import check
from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.fql import create
from integration_tests.harness.strikes import ALWAYS
from integration_tests.harness.table import DELETED
from local_fauna import LocalFauna, faults

TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """Two collections, a document in each, and indexes of every shape."""
    with fresh_database() as made:
        for name, days in (("foo", 30), ("bar", 0)):
            made.collection(name, history_days=days)
            made.write(create(name, 1, {"n": 1}))
        made.collection("empty", index=False, history_days=3)
        made.index("foo", "foo_more", values=[{"field": "ts"}, {"field": "ref"}, N], terms=[])
        made.index("foo", "foo_none", values=[])
        made.index("foo", "foo_back", values=[{**TS, "reverse": True}, REF])
        made.index("foo", "foo_terms", terms=[N])
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
def test_a_fitting_config_succeeds(database: Fauna, collection: dict[str, Any]) -> None:
    run = check(database.config(**collection))
    assert run.check_status == ("SUCCEEDED", "")
    assert run.logs("ERROR", "FATAL") == []


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
        {"deletions": "ref"},
        "Deletion column cannot have reserved name 'ref'",
    ),
    "page size": ({"page_size": 0}, "collection.page_size is 0, but it must be from 1 to 100000"),
    "unknown deletion mode": (
        {"deletions": {"deletion_mode": "purge"}},
        "Config validation error: 'ignore' was expected",
    ),
    "deletions without a column": (
        {"deletions": {"deletion_mode": "deleted_field"}},
        "Config validation error: 'ignore' was expected",
    ),
}


@pytest.mark.parametrize(("collection", "message"), FAILING.values(), ids=FAILING.keys())
def test_an_unfit_config_fails_with_its_message(database: Fauna, collection: dict[str, Any], message: str) -> None:
    assert check(database.config(**collection)).check_status == ("FAILED", message)


def test_a_wrong_secret_is_unauthorized(database: Fauna) -> None:
    run = check(database.config(secret="fnAE0000example0001"))
    assert run.check_status == ("FAILED", "Failed to connect to database: Unauthorized")


def test_a_secret_pasted_with_a_line_break_works_and_stays_secret(database: Fauna) -> None:
    assert check(database.config(secret=f"  {database.secret}\n")).check_status == ("SUCCEEDED", "")


FAULTS = {
    "a proxy's page": (faults.html(), "Invalid JSON."),
    "other JSON": (faults.foreign(), "Invalid JSON."),
    "429": (faults.answer(429), "too many requests: Rate limit exceeded"),
    "503": (faults.answer(503), "time out: Read timed out (Query eval has timed out.)"),
    "409": (faults.answer(409), "contended transaction: Transaction was aborted due to contention."),
}


@pytest.mark.local_only
@pytest.mark.parametrize(("fault", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_a_server_in_trouble_fails_the_check_in_its_words(
    fauna: Fauna, local: LocalFauna, fault: faults.Fault, reason: str
) -> None:
    fauna.collection("foo")
    local.faults.add(fault, times=ALWAYS)
    assert check(fauna.config()).check_status == ("FAILED", f"Failed to connect to database: {reason}")


def test_a_short_history_is_told_when_deletions_are_on(database: Fauna) -> None:
    run = check(database.config(deletions=DELETED))
    warning = (
        "Collection 'bar' keeps 0 days of history: deletions are lost when syncs are further apart than that plus "
        '15 minutes. This raises it: Update(Collection("bar"), {history_days: 30})'
    )
    assert run.check_status == ("SUCCEEDED", "")
    assert run.logs("WARN") == [warning]


def test_an_index_that_is_being_built_is_told_until_it_is_active(fauna: Fauna) -> None:
    if fauna.local is not None:
        fauna.local.engine.index_build.rate = 0
    fauna.collection("foo", index=False)
    fauna.query(q.foreach(q.lambda_("i", q.create(q.collection("foo"), {})), list(range(200))))
    fauna.index("foo", wait=False)
    config = fauna.config(name="foo", index="foo_ts")
    told = ("FAILED", "Index 'foo_ts' is still being built: it can be used when it is active")
    status = check(config).check_status
    # A real server may have built it by now.
    assert status == told or (status == ("SUCCEEDED", "") and fauna.has_active("foo_ts"))
    if fauna.local is not None:
        fauna.local.engine.index_build.rate = None
    fauna.wait_until_active("foo_ts")
    assert check(config).check_status == ("SUCCEEDED", "")


@pytest.mark.local_only
def test_many_collections_are_checked_in_few_requests(fauna: Fauna, local: LocalFauna) -> None:
    for number in range(150):
        fauna.collection(f"c{number}", index=False)
        fauna.write(create(f"c{number}", 1, {"n": 1}))
    assert check(fauna.config()).check_status == ("SUCCEEDED", "")
    assert local.count() == 3
