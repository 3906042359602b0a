"""Definitions as the server shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import (
    Collection,
    Definitions,
    Index,
    index_of,
    read_definitions,
)
from unit_tests.refs import schema_ref
from unit_tests.scripted import FORBIDDEN, UNAUTHORIZED, Scripted
from unit_tests.told import raises_config_error

FOO = schema_ref("foo")
N = {"field": ["data", "n"]}

KEPT = {"ref": schema_ref("kept"), "ts": 5, "history_days": 30, "name": "kept"}
FOREVER = {"ref": schema_ref("forever"), "ts": 6, "name": "forever"}
BY_N = {
    "ref": schema_ref("by_n", "indexes"),
    "ts": 7,
    "active": True,
    "serialized": True,
    "name": "by_n",
    "source": FOO,
    "terms": [N],
    "partitions": 1,
}
COLLECTIONS = (
    Collection(name="kept", history_days=30, ts=5),
    Collection(name="forever", history_days=None, ts=6),
)
INDEXES = (Index(name="by_n", ts=7, active=True, source=FOO, values=(), terms=(N,)),)


def lists(collections: Any, indexes: Any) -> Scripted:
    def answer(asked: Any) -> Any:
        page = asked["collection"]
        return collections(page) if "collections" in page["paginate"] else indexes(page)

    return Scripted(answer)


def changing(*answers: Any) -> Scripted:
    left = list(answers)
    return Scripted(lambda _: left.pop(0))


def test_all_definitions_come_in_one_request() -> None:
    scripted = lists(lambda _: {"data": [KEPT, FOREVER]}, lambda _: {"data": [BY_N]})
    assert read_definitions(scripted.client) == Definitions(collections=COLLECTIONS, indexes=INDEXES)
    assert len(scripted.asked) == 1


def test_further_pages_are_asked_for_by_the_cursor_of_the_reply() -> None:
    def two_pages(page: Any) -> Any:
        if "after" in page:
            assert page["after"] == [FOREVER["ref"]]
            return {"before": page["after"], "data": [FOREVER]}
        return {"after": [FOREVER["ref"]], "data": [KEPT]}

    scripted = lists(two_pages, lambda _: {"data": []})
    assert read_definitions(scripted.client) == Definitions(collections=COLLECTIONS, indexes=())


def test_without_the_right_to_list_indexes_there_are_none_to_choose_from() -> None:
    scripted = lists(lambda _: {"data": [KEPT, FOREVER]}, lambda _: FORBIDDEN)
    assert read_definitions(scripted.client) == Definitions(collections=COLLECTIONS, indexes=None)


def test_without_the_right_to_list_collections_nothing_can_be_synced() -> None:
    scripted = lists(lambda _: FORBIDDEN, lambda _: {"data": []})
    with raises_config_error("No permissions to list collections"):
        read_definitions(scripted.client)


def test_a_right_that_comes_back_in_between_is_enough() -> None:
    scripted = changing(FORBIDDEN, {"data": [KEPT]}, {"data": [BY_N]})
    assert read_definitions(scripted.client) == Definitions(collections=COLLECTIONS[:1], indexes=INDEXES)


OVERLOADED = (503, "time out", "Read timed out.")
OTHER_ERRORS = {
    "of both": lists(lambda _: UNAUTHORIZED, lambda _: UNAUTHORIZED),
    "of indexes": lists(lambda _: {"data": []}, lambda _: OVERLOADED),
    "of collections, after a refusal": changing(FORBIDDEN, OVERLOADED),
    "of indexes, after a refusal": changing(FORBIDDEN, {"data": []}, OVERLOADED),
}


@pytest.mark.parametrize("scripted", OTHER_ERRORS.values(), ids=OTHER_ERRORS.keys())
def test_any_other_error_is_the_servers(scripted: Scripted) -> None:
    with pytest.raises(FaunaError, match=r"Unauthorized|Read timed out"):
        read_definitions(scripted.client)


def test_leaving_out_by_name_keeps_the_order() -> None:
    both = Definitions(collections=COLLECTIONS, indexes=INDEXES)
    assert both.without({"kept"}) == Definitions(collections=COLLECTIONS[1:], indexes=INDEXES)
    assert both.index_names == {"by_n"}
    assert both.refusing(frozenset({"by_n"})).refused == {"by_n"}


FOREIGN: dict[str, Any] = {
    "null": None,
    "one list": {"data": []},
    "numbers": [5, 5],
    "collections without names": [{"data": [{"ts": 1}]}, {"data": []}],
    "indexes of another form": [{"data": []}, {"data": [{**BY_N, "values": "ts"}]}],
}


@pytest.mark.parametrize("answer", FOREIGN.values(), ids=FOREIGN.keys())
def test_an_answer_of_something_else_than_fauna_is_told(answer: Any) -> None:
    with pytest.raises(FaunaError) as raised:
        read_definitions(cast("Client", Foreign(answer)))
    assert raised.value.kind is Kind.NOT_FAUNA


@dataclass
class Foreign:
    answer: Any

    def query(self, _: Any) -> Any:
        return self.answer


SOURCES = {
    "a reference": (FOO, ("foo",)),
    "a list": ([FOO, schema_ref("bar")], ("foo", "bar")),
    "an object": ({"collection": FOO}, ("foo",)),
    "all": ("_", ("_",)),
    "something unheard of": ({"strange": 1}, ("None",)),
}


@pytest.mark.parametrize(("source", "names"), SOURCES.values(), ids=SOURCES.keys())
def test_the_collections_of_an_index(source: Any, names: tuple[str, ...]) -> None:
    assert index_of({**BY_N, "source": source}).source_names == names
