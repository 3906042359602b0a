"""Definitions as the server shows them, and the one rule which index fits."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.definitions import (
    Collection,
    Definitions,
    Index,
    creation_line,
    fitting_index,
    index_complaint,
    misfit,
    read_definitions,
)
from source_fauna.errors import FaunaError
from unit_tests.scripted import FORBIDDEN, UNAUTHORIZED, Scripted


def ref(native: str, name: str) -> dict[str, Any]:
    return {"@ref": {"id": name, "collection": {"@ref": {"id": native}}}}


FOO = ref("collections", "foo")
BAR = ref("collections", "bar")
TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}
FOO_COLLECTION = Collection(name="foo", history_days=None, ts=1)


def index(name: str = "i", **changes: Any) -> Index:
    stated = {"ts": 1, "active": True, "source": FOO, "values": (TS, REF), "terms": (), **changes}
    return Index(name=name, **stated)


FITTING = {
    "reference": index(),
    "list of one": index(source=[FOO]),
    "object": index(source={"collection": FOO}),
    "list of one object": index(source=[{"collection": FOO}]),
    "object with bindings": index(source={"collection": FOO, "fields": {"low": {"@query": {}}}}),
    "fields as texts": index(values=({"field": "ts"}, {"field": "ref"})),
    "further values": index(values=(TS, REF, N, {"binding": "low"})),
    "further reversed values": index(values=(TS, REF, {**N, "reverse": True})),
    "reverse that is off": index(values=({**TS, "reverse": False}, REF)),
}


@pytest.mark.parametrize("fitting", FITTING.values(), ids=FITTING.keys())
def test_these_forms_fit(fitting: Index) -> None:
    assert misfit(fitting, "foo") is None


VALUES = "Index should have values [{'field': 'ts'}, {'field': 'ref'}], but it has values"
MISFITS = {
    "another source": (
        index(source=BAR),
        "Index 'i' should have source 'foo', but it has source 'bar'",
    ),
    "two sources": (
        index(source=[FOO, BAR]),
        "Index 'i' should have source 'foo', but it has source 'foo, bar'",
    ),
    "every collection": (index(source="_"), "Index 'i' should have source 'foo', but it has source '_'"),
    "every collection, as an object": (
        index(source={"collection": "_"}),
        "Index 'i' should have source 'foo', but it has source '_'",
    ),
    "no values": (index(values=()), f"{VALUES} []"),
    "only ts": (index(values=(TS,)), f"{VALUES} [{{'field': ['ts']}}]"),
    "the other way round": (index(values=(REF, TS)), f"{VALUES} [{{'field': ['ref']}}, {{'field': ['ts']}}]"),
    "ts of the data": (
        index(values=({"field": ["data", "ts"]}, REF)),
        f"{VALUES} [{{'field': ['data', 'ts']}}, {{'field': ['ref']}}]",
    ),
    "reversed ts": (
        index(values=({**TS, "reverse": True}, REF)),
        f"{VALUES} [{{'field': ['ts'], 'reverse': True}}, {{'field': ['ref']}}]",
    ),
    "reversed ref": (
        index(values=(TS, {**REF, "reverse": True})),
        f"{VALUES} [{{'field': ['ts']}}, {{'field': ['ref'], 'reverse': True}}]",
    ),
    "a binding": (
        index(values=({"binding": "ts"}, REF)),
        f"{VALUES} [{{'binding': 'ts'}}, {{'field': ['ref']}}]",
    ),
    "terms": (index(terms=(N,)), "Index 'i' should have no terms, but it has terms [{'field': ['data', 'n']}]"),
    "being built": (
        index(active=False),
        "Index 'i' is still being built: it can be used when it is active",
    ),
}


@pytest.mark.parametrize(("unfit", "message"), MISFITS.values(), ids=MISFITS.keys())
def test_these_do_not_and_say_why(unfit: Index, message: str) -> None:
    assert misfit(unfit, "foo") == message
    assert fitting_index(FOO_COLLECTION, [unfit], None) is None
    assert index_complaint(FOO_COLLECTION, [unfit], "i") == message


CHOICES: dict[str, tuple[list[Index] | None, str | None, str | None]] = {
    "the first that fits": ([index("other", source=BAR), index("a"), index("b")], None, "a"),
    "the preferred one": ([index("a"), index("b")], "b", "b"),
    "a preferred one that does not fit": ([index("a"), index("b", terms=(N,))], "b", None),
    "a preferred one that does not exist": ([index("a")], "b", None),
    "none": ([], None, None),
    "no right to list them": (None, None, None),
}


@pytest.mark.parametrize(("indexes", "preferred", "chosen"), CHOICES.values(), ids=CHOICES.keys())
def test_one_rule_chooses_the_index(indexes: list[Index] | None, preferred: str | None, chosen: str | None) -> None:
    found = fitting_index(FOO_COLLECTION, indexes, preferred)
    assert (found and found.name) == chosen


def test_a_missing_index_is_told() -> None:
    assert index_complaint(FOO_COLLECTION, [], "i") == "Index 'i' does not exist"


def test_the_line_that_creates_an_index_takes_a_free_name() -> None:
    values = 'values: [{field: ["ts"]}, {field: ["ref"]}]'
    assert (
        creation_line(FOO_COLLECTION, []) == f'CreateIndex({{name: "foo_by_ts", source: Collection("foo"), {values}}})'
    )
    taken = [index("foo_by_ts"), index("foo_by_ts_2")]
    assert '"foo_by_ts_3"' in creation_line(FOO_COLLECTION, taken)


KEPT = {"ref": ref("collections", "kept"), "ts": 5, "history_days": 30, "name": "kept"}
FOREVER = {"ref": ref("collections", "forever"), "ts": 6, "name": "forever"}
BY_N = {
    "ref": ref("indexes", "by_n"),
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
    with pytest.raises(AirbyteTracedException) as raised:
        read_definitions(scripted.client)
    assert raised.value.message == "No permissions to list collections"


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
    both = Definitions(collections=COLLECTIONS, indexes=(index("a"), index("b")))
    less = both.without(collections={"kept"}, indexes={"a"})
    assert [one.name for one in less.collections] == ["forever"]
    assert [one.name for one in less.indexes or ()] == ["b"]
    assert Definitions(collections=(), indexes=None).without(indexes={"a"}).indexes is None
