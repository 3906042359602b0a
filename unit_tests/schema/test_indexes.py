"""The one rule which index serves a collection, and what its user is told when none does."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.schema.definitions import Collection, Definitions, Index
from source_fauna.schema.indexes import Lack, creation_line, fitting_indexes, index_complaint, index_or_lack, misfit
from unit_tests.refs import schema_ref

FOO, BAR = schema_ref("foo"), schema_ref("bar")
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
    "terms": (index(terms=(N,)), "Index 'i' should have no terms, but it has terms data.n"),
    "terms of a binding": (
        index(terms=({"binding": "low"}, {"field": "ts"})),
        "Index 'i' should have no terms, but it has terms low, ts",
    ),
    "being built": (
        index(active=False),
        "Index 'i' is still being built: it can be used when it is active",
    ),
}


@pytest.mark.parametrize(("unfit", "message"), MISFITS.values(), ids=MISFITS.keys())
def test_these_do_not_and_say_why(unfit: Index, message: str) -> None:
    assert misfit(unfit, "foo") == message
    assert fitting_indexes(FOO_COLLECTION, [unfit], None) == ()
    assert index_complaint(FOO_COLLECTION, [unfit], "i") == message


FURTHER = index("further", values=(TS, REF, N))
LINE = 'CreateIndex({name: "foo_by_ts", source: Collection("foo"), values: [{field: ["ts"]}, {field: ["ref"]}]})'
NONE = Lack(reason="Collection 'foo' has no index for incremental syncs", remedy=f"This creates one: {LINE}")
CORRECT = "Correct Incremental Sync Index in the source's settings, or leave it empty"

CHOICES: dict[str, tuple[list[Index] | None, str | None, str | Lack]] = {
    "the first that fits": ([index("other", source=BAR), index("a"), index("b")], None, "a"),
    "one with nothing but ts and ref before others": ([FURTHER, index("a")], None, "a"),
    "one with more, if it is the only one": ([index("other", source=BAR), FURTHER], None, "further"),
    "one with more, if it is preferred": ([index("a"), FURTHER], "further", "further"),
    "the preferred one": ([index("a"), index("b")], "b", "b"),
    "one that may be read": ([index("shut"), index("b")], None, "b"),
    "a preferred one that does not fit": (
        [index("a"), index("b", terms=(N,))],
        "b",
        Lack(reason="Index 'b' should have no terms, but it has terms data.n", remedy=CORRECT),
    ),
    "a preferred one that does not exist": (
        [index("a")],
        "b",
        Lack(reason="Index 'b' does not exist", remedy=CORRECT),
    ),
    "a preferred one that may not be read": (
        [index("shut"), index("b")],
        "shut",
        Lack(reason="The key may not read index 'shut'", remedy="Give its role read on it"),
    ),
    "one that is being built": (
        [index("soon", active=False)],
        None,
        Lack(
            reason="Index 'soon' is still being built",
            remedy="It can be used when it is active",
            passes=True,
        ),
    ),
    "none": ([index("other", source=BAR)], None, NONE),
    "none, and the usual name taken": (
        [index("foo_by_ts", source=BAR)],
        None,
        Lack(reason=NONE.reason, remedy=NONE.remedy.replace("foo_by_ts", "foo_by_ts_2")),
    ),
    "no right to list them": (
        None,
        None,
        Lack(reason="No permissions to list indexes", remedy="Give the key's role read on Indexes()"),
    ),
}


@pytest.mark.parametrize(("indexes", "preferred", "chosen"), CHOICES.values(), ids=CHOICES.keys())
def test_one_rule_chooses_the_index(indexes: list[Index] | None, preferred: str | None, chosen: str | Lack) -> None:
    definitions = Definitions(
        collections=(FOO_COLLECTION,),
        indexes=None if indexes is None else tuple(indexes),
        refused=frozenset({"shut"}),
    )
    found = index_or_lack(FOO_COLLECTION, definitions, preferred)
    assert (found if isinstance(found, Lack) else found.name) == chosen


def test_a_lack_is_told_in_two_sentences() -> None:
    assert str(NONE) == f"Collection 'foo' has no index for incremental syncs. This creates one: {LINE}."


def test_a_missing_index_is_told() -> None:
    assert index_complaint(FOO_COLLECTION, [], "i") == "Index 'i' does not exist"


def test_the_line_that_creates_an_index_takes_a_free_name() -> None:
    values = 'values: [{field: ["ts"]}, {field: ["ref"]}]'
    assert (
        creation_line(FOO_COLLECTION, []) == f'CreateIndex({{name: "foo_by_ts", source: Collection("foo"), {values}}})'
    )
    taken = ["foo_by_ts", "foo_by_ts_2"]
    assert '"foo_by_ts_3"' in creation_line(FOO_COLLECTION, taken)
