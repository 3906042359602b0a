"""The rule that decides which index serves a collection, and the message if none does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.errors.table import Failure
from source_fauna.schema.definitions import Collection, Definitions, Index, index_of
from source_fauna.schema.indexes import (
    Lack,
    choose_index,
    creation_line,
    fitting_indexes,
    index_complaint,
    misfit,
    misfit_lack,
    no_index,
)
from unit_tests.refs import schema_ref

FOO, BAR = schema_ref("foo"), schema_ref("bar")
TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}
FOO_COLLECTION = Collection(name="foo", history_days=None, ts=1)


def index(name: str = "i", **changes: Any) -> Index:
    stated = {"ts": 1, "active": True, "source": FOO, "values": (TS, REF), "terms": (), **changes}
    return Index(name=name, **stated)


def among(*indexes: Index, **more: Any) -> Definitions:
    return Definitions(collections=(FOO_COLLECTION,), indexes=indexes, **more)


BOUND_TS, BOUND_REF = {**TS, "binding": "x"}, {**REF, "binding": "y"}
FITTING = {
    "reference": index(),
    "list of one": index(source=[FOO]),
    "object": index(source={"collection": FOO}),
    "list of one object": index(source=[{"collection": FOO}]),
    "object with a list of one": index(source={"collection": [FOO]}),
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
    "ts that is a binding": (
        index(values=(BOUND_TS, REF)),
        "Index 'i' should have ts and ref without bindings, but it has bindings x",
    ),
    "ts and ref that are bindings": (
        index(values=({"field": "ts", "binding": "x"}, BOUND_REF, N)),
        "Index 'i' should have ts and ref without bindings, but it has bindings x, y",
    ),
    "values that are no objects": (index(values=("ts", "ref")), f"{VALUES} ['ts', 'ref']"),
    "terms that are no objects": (index(terms=("ts",)), "Index 'i' should have no terms, but it has terms ts"),
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
    assert fitting_indexes(FOO_COLLECTION, among(unfit), None) == ()
    assert index_complaint(FOO_COLLECTION, among(unfit), "i") == message


JSON = st.recursive(
    st.sampled_from([None, True, False, 0, 1.5, "ts", "ref", "_", "foo", FOO]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["field", "binding", "reverse", "collection", "@ref", "id"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)


@given(source=JSON, values=JSON, terms=JSON)
def test_no_form_of_an_index_is_more_than_a_misfit(source: Any, values: Any, terms: Any) -> None:
    """The server may send a form that no recording has. Then only this index is unusable."""
    shown = index_of({"name": "i", "ts": 1, "active": True, "source": source, "values": values, "terms": terms})
    chosen = choose_index(FOO_COLLECTION, among(shown), None)
    assert isinstance(chosen, Lack) == (misfit(shown, "foo") is not None)


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
    "one that serves before one with a binding": ([index("bound", values=(BOUND_TS, REF)), index("a")], None, "a"),
    "one with a binding": (
        [index("bound", values=(BOUND_TS, REF))],
        None,
        Lack(reason="Index 'bound' should have ts and ref without bindings, but it has bindings x", remedy=NONE.remedy),
    ),
    "one with a binding and terms, which is meant for something else": (
        [index("bound", values=(BOUND_TS, REF), terms=(N,))],
        None,
        NONE,
    ),
    "an empty list": (
        [],
        None,
        Lack(reason=f"{NONE.reason}, or the key may not list it: give its role read on Indexes()", remedy=NONE.remedy),
    ),
    "a preferred one with a binding": (
        [index("a"), index("bound", values=(TS, BOUND_REF))],
        "bound",
        Lack(reason="Index 'bound' should have ts and ref without bindings, but it has bindings y", remedy=CORRECT),
    ),
    "a preferred one that the list does not show": (
        [index("a")],
        "hidden",
        Lack(reason="Index 'hidden' is there, but the key may not list it", remedy="Give its role read on Indexes()"),
    ),
    "a preferred one that cannot be understood": (
        [index("a")],
        "unclear",
        Lack(reason="The definition of index 'unclear' cannot be understood", remedy=CORRECT),
    ),
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
        hidden=frozenset({"hidden"}) if preferred == "hidden" else frozenset(),
        unclear_indexes=frozenset({"unclear"}) if preferred == "unclear" else frozenset(),
    )
    found = choose_index(FOO_COLLECTION, definitions, preferred)
    assert (found if isinstance(found, Lack) else found.name) == chosen


def test_a_lack_is_an_error_of_a_stream_that_is_to_be_read_incrementally() -> None:
    error = NONE.error("foo")
    assert error.failure is Failure.CONFIG
    assert error.message == (
        f"Stream 'foo' cannot be synced incrementally. {NONE} Then refresh the source's schema, or choose full refresh "
        "for this stream."
    )


def test_an_index_that_is_being_built_is_a_lack_that_passes() -> None:
    assert misfit_lack(index(), "foo", NONE) is None
    lack = misfit_lack(index(active=False), "foo", NONE)
    assert lack is not None
    error = lack.error("foo")
    assert error.failure is Failure.TRANSIENT
    assert error.message.endswith("It can be used when it is active. Sync again then.")


def test_a_lack_is_told_in_two_sentences() -> None:
    assert str(NONE) == f"Collection 'foo' has no index for incremental syncs. This creates one: {LINE}."


def test_a_missing_index_is_told() -> None:
    assert index_complaint(FOO_COLLECTION, among(), "i") == "Index 'i' does not exist"


def test_an_index_that_the_list_does_not_show_is_told_in_the_words_that_users_know() -> None:
    hidden = among(hidden=frozenset({"i"}))
    assert index_complaint(FOO_COLLECTION, hidden, "i") == "No permissions to list indexes"


def test_an_index_that_became_one_with_a_binding_serves_no_longer() -> None:
    assert misfit_lack(index(values=(BOUND_TS, REF)), "foo", NONE) == Lack(
        reason="Index 'i' should have ts and ref without bindings, but it has bindings x", remedy=NONE.remedy
    )


def test_a_name_that_the_list_does_not_show_is_not_free() -> None:
    assert '"foo_by_ts_2"' in no_index(FOO_COLLECTION, among(hidden=frozenset({"foo_by_ts"})).index_names).remedy


def test_the_line_that_creates_an_index_takes_a_free_name() -> None:
    values = 'values: [{field: ["ts"]}, {field: ["ref"]}]'
    assert (
        creation_line(FOO_COLLECTION, []) == f'CreateIndex({{name: "foo_by_ts", source: Collection("foo"), {values}}})'
    )
    taken = ["foo_by_ts", "foo_by_ts_2"]
    assert '"foo_by_ts_3"' in creation_line(FOO_COLLECTION, taken)
