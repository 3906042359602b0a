"""What is read, and at which snapshot: told before anything is read if there is nothing to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.parts.plan import chosen, fields_of, parts_of, pin
from source_fauna.records.types import BOOLEAN, DATE, INTEGER, NUMBER, STRING, ColumnType
from unit_tests.configs import config
from unit_tests.local_fauna.fauna import Fauna, create
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, reader
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, things

FOUND = {"column_mode": "found"}


def test_a_snapshot_is_the_databases_time() -> None:
    fauna = things(1)
    before = fauna.now()
    assert before <= pin(Asking(fauna).client, COLLECTION).ts <= fauna.now()


def test_a_snapshot_may_lie_in_the_past() -> None:
    fauna = things(1)
    then = fauna.now()
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna)
    (part,) = parts_of(pin(asking.client, COLLECTION, then), asking.client, parts=None, slots=2)
    assert (part.snapshot, part.count) == (then, 1)


def renamed(fauna: Fauna) -> None:
    fauna.ask({"update": {"collection": COLLECTION}, "params": {"object": {"name": "new"}}})


@pytest.mark.parametrize(
    ("collection", "behind", "told"),
    [
        ("nothing", 0, "Collection 'nothing' does not exist"),
        (COLLECTION, 10**6, "snapshot is 2023-11-14T22:13:21.0"),
        (COLLECTION, -(10**9), "Collection 'things' did not exist at 2023-11-14T21:5"),
        ("new", 0, "Collection 'new' did not exist at .*, or had another name then"),
    ],
)
def test_where_there_is_nothing_to_read_it_is_told(collection: str, behind: int, told: str) -> None:
    fauna = things(1)
    then = fauna.now() + behind
    if collection == "new":
        renamed(fauna)
    with pytest.raises(ConfigError, match=told):
        pin(Asking(fauna).client, collection, then)


def test_a_collection_that_may_not_be_read_is_told() -> None:
    fauna = things(1)
    with pytest.raises(ConfigError, match="The key may not read collection 'things'"):
        pin(Asking(fauna, secret=reader(fauna, DEFINITIONS)).client, COLLECTION)


@pytest.mark.parametrize("which", [mentions("now"), mentions("at")])
def test_another_error_is_the_servers_own(which: Any) -> None:
    asking = Asking(things())
    asking.refuse(which, refusal(404, "instance not found", "Collection not found."))
    asking.refuse(lambda _: True, refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        pin(asking.client, COLLECTION)


@pytest.mark.parametrize(("days", "warns"), [(0, True), (1, False), (None, False)])
def test_a_history_that_a_job_may_outlast_is_told(days: Any, warns: bool, caplog: pytest.LogCaptureFixture) -> None:
    fauna = things(history_days=days)
    pin(Asking(fauna).client, COLLECTION)
    assert ("keeps 0 days of history" in caplog.text) is warns


def test_parts_are_counted_by_several_at_once_and_hold_all_documents() -> None:
    fauna = things()
    fauna.ask([create(each, collection=COLLECTION) for each in range(900)])
    asking = Asking(fauna)
    parts = parts_of(pin(asking.client, COLLECTION), asking.client, parts=3, slots=4)
    assert [each.count for each in parts] == [398, 199, 303]


def test_an_error_of_a_question_is_told() -> None:
    asking = Asking(things(1))
    snapshot = pin(asking.client, COLLECTION)
    asking.refuse(mentions("at"), refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        parts_of(snapshot, asking.client, parts=3, slots=4)


def found(asking: Asking, ts: int | None = None, **settings: Any) -> list[tuple[str, ColumnType]]:
    columns = fields_of(pin(asking.client, COLLECTION, ts), asking.client, config(name=COLLECTION, **settings))
    return [(each.name, each.type) for each in columns]


def test_columns_are_found_at_the_snapshot_if_the_config_asks_for_them() -> None:
    fauna = things()
    fauna.create(1, {"n": 1, "ts": "x"}, collection=COLLECTION)
    then = fauna.now()
    fauna.create(2, {"n": 1.5, "later": True}, collection=COLLECTION)
    asking = Asking(fauna)
    assert found(asking) == []
    assert found(asking, then, columns=FOUND) == [("data_ts", STRING), ("n", INTEGER)]
    assert found(asking, columns=FOUND) == [("data_ts", STRING), ("later", BOOLEAN), ("n", NUMBER)]


def test_columns_are_found_by_the_definition_first() -> None:
    fauna = things()
    fauna.create(1, {"n": 1}, collection=COLLECTION)
    asking = Asking(fauna)
    snapshot = pin(asking.client, COLLECTION)
    assert (snapshot.definition.name, snapshot.definition.history_days) == (COLLECTION, 30)
    typed = replace(snapshot, definition=replace(snapshot.definition, fields={"day": "Date?"}))
    columns = fields_of(typed, asking.client, config(name=COLLECTION, columns=FOUND))
    assert [(each.name, each.type) for each in columns] == [("day", DATE), ("n", INTEGER)]


def test_columns_are_found_by_a_key_that_may_not_read_the_definition() -> None:
    fauna = things()
    fauna.create(1, {"n": 1}, collection=COLLECTION)
    assert found(Asking(fauna, secret=reader(fauna, DOCUMENTS)), columns=FOUND) == [("n", INTEGER)]


def test_the_collection_is_the_one_that_the_config_names() -> None:
    assert chosen(config(name=COLLECTION)) == COLLECTION
