"""How the definitions of a database are read, and the effect of an odd definition or a missing right."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, cast

import orjson
import pytest

from source_fauna.database.client import Client, Page
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import Collection, Definitions, Index
from source_fauna.schema.listing import MOST_BYTES, read_definitions
from source_fauna.schema.progress import Progress
from unit_tests.clock import Clock
from unit_tests.quiet import QUIET
from unit_tests.refs import schema_ref
from unit_tests.scripted import FORBIDDEN, UNAUTHORIZED, Scripted
from unit_tests.told import logged, raises_config_error, warnings

N = {"field": ["data", "n"]}
KEPT = {"ref": schema_ref("kept"), "ts": 5, "history_days": 30, "name": "kept"}
FOREVER = {"ref": schema_ref("forever"), "ts": 6, "name": "forever"}
BY_N = {
    "ref": schema_ref("by_n", "indexes"),
    "ts": 7,
    "active": True,
    "serialized": True,
    "name": "by_n",
    "source": schema_ref("foo"),
    "terms": [N],
    "partitions": 1,
}
COLLECTIONS = (
    Collection(name="kept", history_days=30, ts=5),
    Collection(name="forever", history_days=None, ts=6),
)
INDEXES = (Index(name="by_n", ts=7, active=True, source=schema_ref("foo"), values=(), terms=(N,)),)


def lists(collections: Any, indexes: Any) -> Scripted:
    def answer(asked: Any) -> Any:
        page = asked["collection"]
        return collections(page) if "collections" in page["paginate"] else indexes(page)

    return Scripted(answer)


def changing(*answers: Any) -> Scripted:
    left = list(answers)
    return Scripted(lambda _: left.pop(0))


def read(scripted: Scripted, *, chosen_index: str | None = None, progress: Progress = QUIET) -> Definitions:
    return read_definitions(scripted.client, chosen_index=chosen_index, progress=progress)


def test_all_definitions_come_in_one_request() -> None:
    scripted = lists(lambda _: {"data": [KEPT, FOREVER]}, lambda _: {"data": [BY_N]})
    assert read(scripted, chosen_index="by_n") == Definitions(collections=COLLECTIONS, indexes=INDEXES)
    assert len(scripted.asked) == 1


def two_pages(page: Any) -> Any:
    if "after" in page:
        assert page["after"] == [FOREVER["ref"]]
        return {"before": page["after"], "data": [FOREVER]}
    return {"after": [FOREVER["ref"]], "data": [KEPT]}


def test_further_pages_are_asked_for_by_the_cursor_of_the_reply() -> None:
    scripted = lists(two_pages, lambda _: {"data": []})
    assert read(scripted) == Definitions(collections=COLLECTIONS, indexes=())


def test_pages_that_would_be_too_long_are_asked_for_with_fewer_definitions() -> None:
    """A definition may have `data` of its user's own, of megabytes. Without the rule ten of them fail every command."""
    long = [{**KEPT, "name": f"c{number}", "data": {"text": "x" * MOST_BYTES}} for number in range(2)]
    short = [{**FOREVER, "name": f"c{number}"} for number in range(2, 40)]
    every = [*long, *short]
    sizes: list[int] = []

    def page(asked: Any) -> Any:
        first = int(asked["after"][0]["@ref"]["id"]) if "after" in asked else 0
        sizes.append(asked["size"])
        following = first + asked["size"]
        after = {"after": [schema_ref(str(following))]} if following < len(every) else {}
        return {"data": every[first:following], **after}

    def answer(asked: Any) -> Any:
        return page(asked["collection"]) if "collections" in asked["collection"]["paginate"] else {"data": []}

    definitions = read(Scripted(answer))
    assert [collection.name for collection in definitions.collections] == [f"c{number}" for number in range(40)]
    assert sizes[0] == 1_000
    assert sizes[-1] > 1, "a size that was once too much is not kept"
    assert len(sizes) < 20


def test_pages_that_take_long_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(every_seconds=5.0, clock=clock)
    clock.now += 5.0
    read(lists(two_pages, lambda _: {"data": []}), progress=progress)
    assert logged(caplog) == ["INFO Reading the definitions of collections: 1 so far."]


def test_without_the_right_to_list_indexes_there_are_none_to_choose_from() -> None:
    scripted = lists(lambda _: {"data": [KEPT, FOREVER]}, lambda _: FORBIDDEN)
    assert read(scripted, chosen_index="by_n") == Definitions(collections=COLLECTIONS, indexes=None)


@pytest.mark.parametrize("indexes", [FORBIDDEN, {"data": []}], ids=["as on a real server", "the list of indexes open"])
def test_without_the_right_to_list_collections_nothing_can_be_synced(indexes: Any) -> None:
    """Read on Indexes() alone closes both lists (recording `rights_lists`): the right that is missing is the other."""
    scripted = lists(lambda _: FORBIDDEN, lambda _: indexes)
    with raises_config_error("No permissions to list collections"):
        read(scripted)


def test_a_right_that_comes_back_in_between_is_enough() -> None:
    scripted = changing(FORBIDDEN, {"data": [KEPT]}, {"data": [BY_N]})
    assert read(scripted) == Definitions(collections=COLLECTIONS[:1], indexes=INDEXES)


OVERLOADED = (503, "time out", "Read timed out.")
OTHER_ERRORS = {
    "of both": lists(lambda _: UNAUTHORIZED, lambda _: UNAUTHORIZED),
    "of indexes": lists(lambda _: {"data": []}, lambda _: OVERLOADED),
    "of collections, after a refusal": changing(FORBIDDEN, OVERLOADED),
    "of indexes, after a refusal": changing(FORBIDDEN, {"data": []}, OVERLOADED),
    "of the chosen index": changing({"data": []}, {"data": []}, OVERLOADED),
}


@pytest.mark.parametrize("scripted", OTHER_ERRORS.values(), ids=OTHER_ERRORS.keys())
def test_any_other_error_is_the_servers(scripted: Scripted) -> None:
    with pytest.raises(FaunaError, match=r"Unauthorized|Read timed out"):
        read(scripted, chosen_index="by_n")


def test_a_definition_that_cannot_be_understood_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Without the rule, one odd definition makes the connector report that the server is not a Fauna database."""
    odd_collection, odd_index = {**KEPT, "name": "odd", "ts": "long ago"}, {**BY_N, "name": "odd_index", "active": None}
    scripted = lists(lambda _: {"data": [odd_collection, KEPT]}, lambda _: {"data": [odd_index, BY_N]})
    assert read(scripted, chosen_index="odd_index") == Definitions(
        collections=COLLECTIONS[:1],
        indexes=INDEXES,
        unclear_collections=frozenset({"odd"}),
        unclear_indexes=frozenset({"odd_index"}),
    )
    assert warnings(caplog) == [
        "The definition of collection 'odd' cannot be understood, so it is left out.",
        "The definition of index 'odd_index' cannot be understood, so it is left out.",
    ]


FOREIGN: dict[str, Any] = {
    "null": None,
    "one list": {"data": []},
    "numbers": [5, 5],
    "collections without names": [{"data": [{"ts": 1}]}, {"data": []}],
    "indexes that are numbers": [{"data": []}, {"data": [5]}],
    "pages without a list": [{"data": []}, {"data": {"a": 1}}],
}


@pytest.mark.parametrize("answer", FOREIGN.values(), ids=FOREIGN.keys())
def test_an_answer_of_something_else_than_fauna_is_told(answer: Any) -> None:
    with pytest.raises(FaunaError) as raised:
        read_definitions(cast("Client", Foreign(answer)), chosen_index=None, progress=QUIET)
    assert raised.value.kind is Kind.NOT_FAUNA


@dataclass
class Foreign:
    answer: Any

    def page(self, *_: Any, **__: Any) -> Page:
        return Page(body=orjson.dumps({"resource": self.answer}), size=1, seconds=0.0)


MISSING_INDEX = (400, "invalid ref", "Ref refers to undefined index 'by_n'")
NOTHING = Definitions(collections=(), indexes=())
UNLISTED: dict[str, tuple[Any, Definitions, list[str]]] = {
    "it does not exist": (MISSING_INDEX, NOTHING, []),
    "its definition may not be read": (
        FORBIDDEN,
        Definitions(collections=(), indexes=(), hidden=frozenset({"by_n"})),
        [],
    ),
    "its definition may be read by name": (
        BY_N,
        Definitions(collections=(), indexes=INDEXES),
        ["INFO Index 'by_n' is not in the list of indexes, but the key may read it by its name."],
    ),
    "its definition cannot be understood": (
        {"name": "by_n"},
        Definitions(collections=(), indexes=(), unclear_indexes=frozenset({"by_n"})),
        ["WARNING The definition of index 'by_n' cannot be understood, so it is left out."],
    ),
}


@pytest.mark.parametrize(("answer", "expected", "told"), UNLISTED.values(), ids=UNLISTED.keys())
def test_an_index_of_the_settings_that_the_list_lacks_is_asked_for_by_name(
    answer: Any, expected: Definitions, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A role without read on Indexes() gets an empty list, not a refusal (recording `rights_lists`)."""
    caplog.set_level(logging.INFO)
    scripted = changing({"data": []}, {"data": []}, answer)
    assert read(scripted, chosen_index="by_n") == expected
    assert scripted.asked[1] == {"get": {"index": "by_n"}}
    assert logged(caplog) == told


def test_no_index_of_the_settings_is_no_request() -> None:
    scripted = lists(lambda _: {"data": []}, lambda _: {"data": []})
    assert read(scripted) == NOTHING
    assert len(scripted.asked) == 1
