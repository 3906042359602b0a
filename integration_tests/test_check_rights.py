"""What the connection check says of a role that lacks a right, through the real entry point over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import check
from integration_tests.harness.fauna import READ_SCHEMA, Fauna, fresh_database
from integration_tests.harness.fql import create, may_read
from integration_tests.harness.table import DELETED


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """Three collections, one of them empty, and an index on the first."""
    with fresh_database() as made:
        for name in ("foo", "bar"):
            made.collection(name, index=name == "foo")
            made.write(create(name, 1, {"n": 1}))
        made.collection("empty", index=False)
        yield made


def foo_with_n_above(threshold: int) -> dict[str, Any]:
    """The privilege to read those documents of foo alone."""
    number = q.select(["data", "n"], q.get(q.var("r")), 0)
    return may_read(q.collection("foo"), q.query(q.lambda_("r", q.gt(number, threshold))))


OPEN_FOO, OPEN_INDEX = may_read(q.collection("foo")), may_read(q.index("foo_ts"))
ROLES: dict[str, tuple[tuple[dict[str, Any], ...], dict[str, Any], tuple[str, str], list[str]]] = {
    "no lists": (
        (OPEN_FOO, OPEN_INDEX),
        {},
        ("FAILED", "No permissions to list collections"),
        [],
    ),
    "no list of indexes": (
        (OPEN_FOO, OPEN_INDEX, READ_SCHEMA[0]),
        {"name": "foo", "index": "foo_ts"},
        # A server shows such a role an empty list (recording `rights_lists`).
        ("FAILED", "Index 'foo_ts' does not exist"),
        [],
    ),
    "the documented role": (
        (OPEN_FOO, OPEN_INDEX, *READ_SCHEMA),
        {"name": "foo", "index": "foo_ts", "deletions": DELETED},
        ("SUCCEEDED", ""),
        [],
    ),
    "other collections are closed": (
        (OPEN_FOO, OPEN_INDEX, *READ_SCHEMA),
        {},
        ("SUCCEEDED", ""),
        ["collections 'bar', 'empty': give its role read on them. They are left out."],
    ),
    "the chosen collection is closed": (
        (OPEN_FOO, OPEN_INDEX, *READ_SCHEMA),
        {"name": "bar"},
        ("FAILED", "The key may not read collection 'bar': give its role read on it."),
        [],
    ),
    "every collection is closed": (
        READ_SCHEMA,
        {},
        ("FAILED", "The key may not read collections 'foo', 'bar', 'empty': give its role read on them."),
        [],
    ),
    "the chosen index is closed": (
        (OPEN_FOO, *READ_SCHEMA),
        {"name": "foo", "index": "foo_ts"},
        ("FAILED", "No permissions to read index 'foo_ts': give the key's role read on it"),
        [],
    ),
    "a condition, deletions off": (
        (foo_with_n_above(0), OPEN_INDEX, *READ_SCHEMA),
        {"name": "foo", "index": "foo_ts"},
        ("SUCCEEDED", ""),
        [],
    ),
    "a condition, deletions on": (
        (foo_with_n_above(0), OPEN_INDEX, *READ_SCHEMA),
        {"name": "foo", "index": "foo_ts", "deletions": DELETED},
        ("SUCCEEDED", ""),
        ["under a condition only"],
    ),
    "a condition that lets nothing through": (
        (foo_with_n_above(10), OPEN_INDEX, *READ_SCHEMA),
        {"name": "foo", "index": "foo_ts"},
        ("FAILED", "The key may not read collection 'foo': give its role read on it."),
        [],
    ),
}


@pytest.mark.parametrize(("privileges", "collection", "expected", "warned"), ROLES.values(), ids=ROLES.keys())
def test_what_the_role_lacks_is_told(
    database: Fauna,
    request: pytest.FixtureRequest,
    privileges: tuple[dict[str, Any], ...],
    collection: dict[str, Any],
    expected: tuple[str, str],
    warned: list[str],
) -> None:
    role = "".join(letter if letter.isalnum() else "_" for letter in request.node.callspec.id)
    secret = database.key(*privileges, role=role, schema=())
    assert check(database.config(secret=secret, **collection)).warn(*warned).check_status == expected
