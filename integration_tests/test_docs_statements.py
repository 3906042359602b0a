"""Every FQL statement that users and developers read is run, and does what the text around it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.docs_statements import FORMS, statements, wire
from integration_tests.harness.connector import check, incremental
from integration_tests.harness.fauna import local_database
from integration_tests.harness.table import DELETED
from local_fauna import LocalFauna
from local_fauna.clock import Clock
from source_fauna.database import fql, queries, questions
from source_fauna.errors.errors import FaunaError, from_answer
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import Collection
from source_fauna.schema.history import Loss
from source_fauna.schema.indexes import creation_line

ROOT = Path(__file__).parents[1]
GUIDE = statements((ROOT / "docs/fauna.md").read_text(encoding="utf-8"))
BOOTSTRAP = statements((ROOT / "bootstrap.md").read_text(encoding="utf-8"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md")])

BEFORE, R, S = 1_658_490_000_000_000, 1_658_500_000_000_000, 1_658_504_456_881_000
"""Microseconds: when the documented database came to be, and the times that bootstrap.md names."""


def _reply_ref(collection: str, document_id: str) -> Any:
    native = {"@ref": {"id": collection, "collection": {"@ref": {"id": "collections"}}}}
    return {"@ref": {"id": document_id, "collection": native}}


SENT: dict[str, Any] = {
    "now": queries.now(),
    "the first page, which pins S": queries.page_at(None, queries.documents_page("orders", 0, None, 64)),
    "all definitions": queries.together([queries.collections(), queries.indexes()]),
    "both ends of a collection": queries.sample_pages(None, "orders", below=(0, None), above=(0, None), size=32),
    "both sides of an id": queries.sample_pages(S, "orders", below=(101, 149), above=(150, 199), size=117),
    "a page of a range": queries.page_at(
        S, questions.identified("orders", S, queries.documents_page("orders", 101, 199, 2_000))
    ),
    "where to cut a range": queries.at(S, queries.id_ahead("orders", 101, None, 16_000)),
    "updates": queries.page_at(
        S,
        questions.identified("orders", R, queries.updates_page("orders_by_ts", "orders", (R, 101), S, 64)),
        index=queries.index_definition("orders_by_ts"),
    ),
    "deletions": queries.page_at(
        S, questions.proven("orders", R, queries.deletions_page("orders", {"ts": R}, 1_000), by_definition=True)
    ),
    "the probe": questions.probe("orders"),
    "the probe of a walk": questions.identified(
        "orders", S, questions.confirmed("orders", questions.nothing_in(queries.at(S, queries.first_id("orders", 102))))
    ),
    "the probe of deletions": questions.confirmed(
        "orders",
        questions.all_events_in(
            S,
            "orders",
            {"ts": R},
            1_000,
            {"ts": 1_658_504_000_000_000, "action": "add", "document": _reply_ref("orders", "205")},
        ),
    ),
    "a document of each collection": queries.together([queries.first_id(name) for name in ("orders", "authors")]),
    "an entry of each index": queries.together([queries.index_page("orders_by_ts")]),
}
"""What bootstrap.md shows, in its order, as the code builds it."""


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    """A database with the collections orders and authors, as a user has it before reading the guide."""
    seconds = BEFORE
    clock = Clock(wall=lambda: seconds)
    with LocalFauna(clock=clock) as running:
        for name in ("orders", "authors"):
            running.query({"create_collection": {"object": {"name": name}}})
        running.query({"create": {"ref": {"collection": "orders"}, "id": "101"}})
        yield running


def follow(fauna: LocalFauna, guide: list[str]) -> list[Any]:
    """Run statements in their order, and give what each returns."""
    return [fauna.query(wire(statement)) for statement in guide]


@pytest.mark.local_only
def test_the_guide_can_be_followed_from_top_to_bottom(fauna: LocalFauna) -> None:
    index, active, _role, key, _wide_key, history, listed = follow(fauna, GUIDE)
    assert index["name"] == "orders_by_ts"
    assert active is True
    assert key["secret"]
    assert history["history_days"] == 30
    assert listed["data"] == [
        {"collection": "orders", "history_days": 30},
        {"collection": "authors", "history_days": 0},
    ]


@pytest.mark.local_only
def test_the_role_of_the_guide_is_enough_for_updates_and_deletions(fauna: LocalFauna) -> None:
    secret = follow(fauna, GUIDE)[3]["secret"]
    config = local_database(fauna).config(secret=secret, name="orders", deletions=DELETED)
    assert check(config).check_status == ("SUCCEEDED", "")
    first = incremental(config, stream="orders").succeed().warn()
    fauna.query({"delete": {"ref": {"collection": "orders"}, "id": "101"}})
    second = incremental(config, first.state, stream="orders").succeed().warn()
    assert first.refs("orders") == ["101"]
    assert [record["ref"] for record in second.records("orders") if record[DELETED]] == ["101"]


@pytest.mark.local_only
@pytest.mark.parametrize(
    ("privilege", "told"),
    [
        (0, "No permissions to list collections"),
        (1, "No permissions to list indexes"),
        (2, "The key may not read collection 'orders': give its role read on it."),
        (3, "No permissions to read index 'orders_by_ts': give the key's role read on it"),
    ],
    ids=["the list of collections", "the list of indexes", "the collection", "the index"],
)
def test_no_right_of_the_role_can_be_left_out(fauna: LocalFauna, privilege: int, told: str) -> None:
    role = wire(GUIDE[2])["create_role"]["object"]
    role["privileges"].pop(privilege)
    fauna.query(wire(GUIDE[0]))
    fauna.query({"create_role": {"object": role}})
    secret = fauna.query(wire(GUIDE[3]))["secret"]
    config = local_database(fauna).config(secret=secret, name="orders", index="orders_by_ts")
    assert check(config).check_status == ("FAILED", told)


@pytest.mark.local_only
def test_a_scoped_secret_reads_a_child_database(fauna: LocalFauna) -> None:
    fauna.query({"create_database": {"object": {"name": "shop"}}})
    for scope in ("admin", "server-readonly"):
        config = local_database(fauna).config(secret=f"{fauna.secret}:shop:{scope}")
        assert check(config).check_status == ("SUCCEEDED", "")


@pytest.mark.local_only
@pytest.mark.parametrize(("statement", "sent"), zip(BOOTSTRAP, SENT, strict=True), ids=SENT)
def test_bootstrap_shows_the_query_that_the_code_sends(fauna: LocalFauna, statement: str, sent: str) -> None:
    expected = orjson.loads(fql.wire(SENT[sent]))
    assert _refs_as_calls(expected) == wire(statement)
    follow(fauna, GUIDE)
    fauna.clock.advance(seconds=(S - BEFORE) / 1_000_000 + 1)
    reply = fauna.engine.query(expected, secret=fauna.secret)
    assert reply.status == (404 if "probe" in sent else 200), reply.body


def _refs_as_calls(expression: Any) -> Any:
    """Documents' refs as fauna-shell writes them; the driver sends them as values."""
    match expression:
        case {"@ref": {"id": document_id, "collection": {"@ref": {"id": collection}}}}:
            return {"ref": {"collection": collection}, "id": document_id}
        case dict():
            return {key: _refs_as_calls(value) for key, value in expression.items()}
        case list():
            return [_refs_as_calls(value) for value in expression]
    return expression


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_statement_of_a_page_has_a_twin(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = statements(text)
    assert all(wire(statement) for statement in found)
    inside = "\n".join(found)
    # Lists and tables of messages quote statements with a placeholder; a test below runs those.
    without_listed = re.sub(r"^- `[^`]*`", "", text, flags=re.MULTILINE)
    outside = re.findall(r"^.*\b(?:Create\w+|Update|Delete|Paginate)\(.*$", without_listed, re.MULTILINE)
    assert [line for line in outside if line.strip() not in inside and not line.startswith("| `")] == []


@pytest.mark.local_only
def test_lines_that_messages_tell_users_to_run_are_those_of_the_guide(fauna: LocalFauna) -> None:
    error = from_answer(
        status=400,
        body={"errors": [{"code": "bad request", "description": "… less than minimum allowed timestamp …"}]},
    )
    assert isinstance(error, FaunaError)
    assert error.kind is Kind.HISTORY
    collection = Collection(name="orders", history_days=0, ts=BEFORE)
    assert wire(creation_line(collection, ())) == wire(GUIDE[0])
    told = Loss(collection="orders", position=R, error=error).message
    fauna.query(wire(told[told.index("Update(") : told.index("})") + 2]))


def test_every_form_of_the_table_is_used() -> None:
    text = "\n".join([*GUIDE, *BOOTSTRAP])
    assert [name for name in FORMS if f"{name}(" not in text] == []


@pytest.mark.parametrize(
    "statement",
    ["Frobnicate(1)", "Get(", "Now() Now()", "{a 1}", "[1", "Get(;)"],
    ids=["an unknown function", "not closed", "two", "no colon", "an open array", "no FQL"],
)
def test_a_statement_without_a_twin_is_an_error(statement: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire(statement)
