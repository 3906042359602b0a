"""Definitions in every form in which a server shows them."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import (
    COLLECTION,
    INDEX,
    Collection,
    Definitions,
    Index,
    index_of,
    name_in,
    understood,
)
from unit_tests.refs import schema_ref

FOO, BAR = schema_ref("foo"), schema_ref("bar")
TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}
SHOWN = {"ref": schema_ref("i", "indexes"), "ts": 7, "active": True, "serialized": True, "name": "i", "partitions": 8}


def shown(**members: Any) -> Index:
    return index_of({**SHOWN, "source": FOO, **members})


SOURCES = {
    "a reference": (FOO, ("foo",)),
    "a list": ([FOO, BAR], ("foo", "bar")),
    "an object": ({"collection": FOO}, ("foo",)),
    "an object with bindings": ({"collection": FOO, "fields": {"x": {"@query": {}}}}, ("foo",)),
    "an object with a list": ({"collection": [FOO, BAR]}, ("foo", "bar")),
    "a list of an object": ([{"collection": FOO}], ("foo",)),
    "a list of objects": ([{"collection": FOO}, {"collection": BAR}], ("foo", "bar")),
    "all": ("_", ("_",)),
    "all, as an object": ({"collection": "_"}, ("_",)),
    "something unheard of": ({"strange": 1}, ("?",)),
    "a reference without a name": ({"@ref": {"collection": FOO}}, ("?",)),
    "a number": (5, ("?",)),
}


@pytest.mark.parametrize(("source", "names"), SOURCES.values(), ids=SOURCES.keys())
def test_the_collections_of_an_index(source: Any, names: tuple[str, ...]) -> None:
    assert shown(source=source).source_names == names


LISTS = {
    "absent": ({}, ()),
    "null": ({"values": None, "terms": None}, ()),
    "an empty list": ({"values": [], "terms": []}, ()),
    "a list": ({"values": [TS, REF], "terms": [TS, REF]}, (TS, REF)),
    "a bare object": ({"values": N, "terms": N}, (N,)),
    "something unheard of": ({"values": "ts", "terms": "ts"}, ("ts",)),
}


@pytest.mark.parametrize(("members", "expected"), LISTS.values(), ids=LISTS.keys())
def test_values_and_terms_of_an_index(members: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """Recording `index_forms`: a bare object stands for a list of one, and is shown as it was given."""
    index = shown(**members)
    assert (index.values, index.terms) == (expected, expected)


UNCLEAR: dict[str, dict[str, Any]] = {
    "no ts": {"name": "i", "active": True, "source": FOO},
    "ts of another type": {**SHOWN, "source": FOO, "ts": {"@ts": "2022-03-04T12:00:30Z"}},
    "no source": SHOWN,
    "no word on whether it is active": {"name": "i", "ts": 1, "source": FOO},
}


@pytest.mark.parametrize("definition", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_an_index_that_cannot_be_understood_has_a_name_all_the_same(definition: dict[str, Any]) -> None:
    assert understood(INDEX, definition) is None
    assert name_in(definition) == "i"
    with pytest.raises(FaunaError) as raised:
        index_of(definition)
    assert raised.value.kind is Kind.NOT_FAUNA


@pytest.mark.parametrize("foreign", [None, 5, "foo", [], {"ts": 1}, {"name": 1}], ids=str)
def test_what_has_no_name_is_no_definition_of_a_fauna_database(foreign: Any) -> None:
    with pytest.raises(FaunaError) as raised:
        name_in(foreign)
    assert raised.value.kind is Kind.NOT_FAUNA


FIELDS: dict[str, tuple[Any, dict[str, str]]] = {
    "a typed collection": (
        {"name": {"signature": "String"}, "product": {"signature": "Ref<Product>?"}},
        {"name": "String", "product": "Ref<Product>?"},
    ),
    "a field with a default": ({"n": {"signature": "Int", "default": "0"}}, {"n": "Int"}),
    "no signature": ({"n": {"default": "0"}, "m": {"signature": "Int"}}, {"m": "Int"}),
    "a signature of another form": ({"n": {"signature": 5}, "m": "Int"}, {}),
    "no object": (["n"], {}),
}


@pytest.mark.parametrize(("fields", "expected"), FIELDS.values(), ids=FIELDS.keys())
def test_fields_of_a_typed_collection(fields: Any, expected: dict[str, str]) -> None:
    definition = {"ref": FOO, "name": "foo", "ts": 1, "history_days": 0, "fields": fields, "wildcard": "Any"}
    found = understood(COLLECTION, definition)
    assert found == Collection(name="foo", ts=1, history_days=0, fields=expected)


def test_a_collection_without_types_has_no_fields() -> None:
    assert understood(COLLECTION, {"name": "foo", "ts": 1}) == Collection(name="foo", ts=1, fields={})


A, B, BOTH = shown(name="a"), shown(name="b", source=[BAR]), shown(name="both", source=[FOO, BAR])
C = shown(name="c", source={"collection": FOO})
MADE = Definitions(collections=(Collection(name="foo", ts=5), Collection(name="bar", ts=6)), indexes=(A, B, BOTH, C))


def test_indexes_are_found_by_name_and_by_their_only_source() -> None:
    assert MADE.index("b") == B
    assert MADE.index("nope") is None
    assert MADE.indexes_of("foo") == (A, C)
    assert MADE.indexes_of("nope") == ()
    assert Definitions(collections=(), indexes=None).indexes_of("foo") == ()


def test_leaving_out_by_name_keeps_the_order() -> None:
    assert MADE.without({"foo"}).collections == MADE.collections[1:]
    assert MADE.refusing(frozenset({"a"})).refused == {"a"}


def test_names_that_are_taken_are_also_those_that_the_list_does_not_show() -> None:
    found = Definitions(
        collections=(), indexes=(A,), hidden=frozenset({"hidden"}), unclear_indexes=frozenset({"unclear"})
    )
    assert found.index_names == {"a", "hidden", "unclear"}
