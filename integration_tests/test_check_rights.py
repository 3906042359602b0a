"""What the connection check says of a role that lacks a right, through the real entry point over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.fresh import COLLECTIONS, INDEXES, Database, fresh_database, logs, run, status

FOO = {"collection": "foo"}
DELETIONS = {"deletion_mode": "deleted_field", "column": "deleted_at"}


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Three collections, one of them empty, and an index on the first."""
    with fresh_database() as made:
        for name in ("foo", "bar"):
            made.collection(name, history_days=30)
            made.document(name, "1", {"n": 1})
        made.collection("empty", history_days=30)
        made.index("foo_ts", FOO)
        yield made


def predicate(threshold: int) -> Any:
    number = {"select": ["data", "n"], "from": {"get": {"var": "r"}}, "default": 0}
    return {"query": {"lambda": "r", "expr": {"gt": [number, threshold]}}}


OPEN_FOO = (FOO, True)
OPEN_INDEX = ({"index": "foo_ts"}, True)
ROLES: dict[str, tuple[tuple[tuple[Any, Any], ...], dict[str, Any], tuple[str, str | None], list[str]]] = {
    "no lists": (
        (OPEN_FOO, OPEN_INDEX),
        {},
        ("FAILED", "No permissions to list collections"),
        [],
    ),
    "no list of indexes": (
        (OPEN_FOO, OPEN_INDEX, COLLECTIONS),
        {"name": "foo", "index": "foo_ts"},
        ("FAILED", "No permissions to list indexes"),
        [],
    ),
    "the documented role": (
        (OPEN_FOO, OPEN_INDEX, COLLECTIONS, INDEXES),
        {"name": "foo", "index": "foo_ts", "deletions": DELETIONS},
        ("SUCCEEDED", None),
        [],
    ),
    "other collections are closed": (
        (OPEN_FOO, OPEN_INDEX, COLLECTIONS, INDEXES),
        {},
        ("SUCCEEDED", None),
        ["'bar'", "'empty'"],
    ),
    "the chosen collection is closed": (
        (OPEN_FOO, OPEN_INDEX, COLLECTIONS, INDEXES),
        {"name": "bar"},
        ("FAILED", "The key may not read collection 'bar': give its role read on it."),
        [],
    ),
    "every collection is closed": (
        (COLLECTIONS, INDEXES),
        {},
        ("FAILED", "The key may not read collections 'foo', 'bar', 'empty': give its role read on them."),
        [],
    ),
    "the chosen index is closed": (
        (OPEN_FOO, COLLECTIONS, INDEXES),
        {"name": "foo", "index": "foo_ts"},
        ("FAILED", "No permissions to read index 'foo_ts': give the key's role read on it"),
        [],
    ),
    "a predicate, deletions off": (
        ((FOO, predicate(0)), OPEN_INDEX, COLLECTIONS, INDEXES),
        {"name": "foo", "index": "foo_ts"},
        ("SUCCEEDED", None),
        [],
    ),
    "a predicate, deletions on": (
        ((FOO, predicate(0)), OPEN_INDEX, COLLECTIONS, INDEXES),
        {"name": "foo", "index": "foo_ts", "deletions": DELETIONS},
        ("SUCCEEDED", None),
        ["under a condition only"],
    ),
    "a predicate that lets nothing through": (
        ((FOO, predicate(10)), OPEN_INDEX, COLLECTIONS, INDEXES),
        {"name": "foo", "index": "foo_ts"},
        ("FAILED", "The key may not read collection 'foo': give its role read on it."),
        [],
    ),
}


@pytest.mark.parametrize(("privileges", "collection", "expected", "warned"), ROLES.values(), ids=ROLES.keys())
def test_what_the_role_lacks_is_told(
    database: Database,
    request: pytest.FixtureRequest,
    privileges: tuple[tuple[Any, Any], ...],
    collection: dict[str, Any],
    expected: tuple[str, str | None],
    warned: list[str],
) -> None:
    role = "".join(letter if letter.isalnum() else "_" for letter in request.node.callspec.id)
    output = run("check", database.config(secret=database.key(role, *privileges), **collection))
    assert status(output) == expected
    warnings = logs(output, "WARN")
    assert len(warnings) == len(warned), warnings
    for words, warning in zip(warned, warnings, strict=True):
        assert words in warning
