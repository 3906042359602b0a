"""The columns of documents, whatever they hold and in whatever order they come."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.records.inference import MOST_COLUMNS, Fields, Found, choose, infer, join, wire_type
from source_fauna.records.names import column_names
from source_fauna.records.types import (
    ARRAY,
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIMESTAMP,
    ColumnType,
    conversion,
)
from source_fauna.records.values import decode, unescaped
from unit_tests.records.wire import VALUES, documents
from unit_tests.refs import document_ref, schema_ref

NAMES = column_names()
SET = {"@obj": {"@set": {"documents": schema_ref("foo")}}}

ON_THE_WIRE: list[tuple[Any, ColumnType | None]] = [
    (None, None),
    (True, BOOLEAN),
    (7, INTEGER),
    (7.0, NUMBER),
    ("text", STRING),
    ("2022-03-04", STRING),
    ("NaN", STRING),
    ([], ARRAY),
    ({}, OBJECT),
    ({"a": 1}, OBJECT),
    ({"a": 1, "b": 2}, OBJECT),
    ({"@obj": {"@foo": 1}}, OBJECT),
    ({"@obj": {"@ts": "soon", "b": 1}}, OBJECT),
    ({"@ts": "2022-03-04T12:00:30Z"}, TIMESTAMP),
    ({"@ts": "2022-03-04T12:00:30.123456789Z"}, TIMESTAMP),
    ({"@ts": "+20000-01-01T00:00:00Z"}, STRING),
    ({"@date": "2022-03-04"}, DATE),
    ({"@date": "+12345-01-01"}, STRING),
    ({"@bytes": "aGVsbG8/Pz8+Pj4="}, STRING),
    ({"@uuid": "123e4567-e89b-12d3-a456-426614174000"}, STRING),
    ({"@query": {"lambda": "x", "expr": {"var": "x"}}}, STRING),
    (SET, STRING),
    (document_ref(7), OBJECT),
    (schema_ref("foo"), OBJECT),
]


@pytest.mark.parametrize(("value", "column_type"), ON_THE_WIRE)
def test_the_type_of_a_value_is_that_of_the_wire(value: Any, column_type: ColumnType | None) -> None:
    assert wire_type(value) == column_type


TYPES = st.sampled_from([None, BOOLEAN, INTEGER, NUMBER, STRING, TIMESTAMP, DATE, OBJECT, ARRAY])


@given(TYPES, TYPES, TYPES)
def test_join_is_a_join(one: ColumnType | None, other: ColumnType | None, third: ColumnType | None) -> None:
    assert join(one, one) == one
    assert join(one, other) == join(other, one)
    assert join(join(one, other), third) == join(one, join(other, third))
    assert join(one, None) == one
    assert join(one, STRING) == STRING


def test_long_and_double_together_are_a_number_and_other_pairs_a_text() -> None:
    assert join(INTEGER, NUMBER) == NUMBER
    assert join(INTEGER, BOOLEAN) == join(OBJECT, ARRAY) == join(DATE, TIMESTAMP) == STRING


SAMPLES = st.lists(documents(), max_size=6)


@given(st.data(), SAMPLES)
def test_the_order_of_documents_does_not_matter(data: st.DataObject, sample: list[Any]) -> None:
    shuffled = data.draw(st.permutations(sample))
    reversed_members = [
        {**each, "data": dict(reversed(each["data"].items()))} if "data" in each else each for each in shuffled
    ]
    assert choose(infer(sample), NAMES) == choose(infer(reversed_members), NAMES)


@given(SAMPLES, SAMPLES)
def test_more_documents_never_narrow_a_type(sample: list[Any], more: list[Any]) -> None:
    before, after = infer(sample).types, infer([*sample, *more]).types
    assert all(join(column_type, after[field]) == after[field] for field, column_type in before.items())


@given(SAMPLES)
def test_every_value_fits_its_column_or_is_a_text_in_a_string_column(sample: list[Any]) -> None:
    columns = {column.field: column.type for column in choose(infer(sample), NAMES).columns}
    for document in sample:
        for field, value in unescaped(copy.deepcopy(document.get("data", {}))).items():
            column_type = columns.get(field)
            if column_type is None or column_type == STRING:
                continue
            assert conversion(column_type)(decode(value)) is not None


@given(VALUES, VALUES)
def test_two_values_of_one_field_have_the_join_of_their_types(one: Any, other: Any) -> None:
    fields = infer([{"data": {"a": one}}, {"data": {"a": other}}])
    assert fields.types["a"] == join(wire_type(one), wire_type(other))
    assert (fields.documents, fields.seen) == (2, {"a": 2})


def chosen(*data: dict[str, Any], **more: Any) -> dict[str, ColumnType]:
    found = choose(infer([{"data": each} for each in data]), **{"names": NAMES, **more})
    return {column.name: column.type for column in found.columns}


def test_columns_stand_in_the_order_of_their_names() -> None:
    assert list(chosen({"b": 1, "C": 1, "a": 1, "é": 1})) == ["a", "b", "C", "é"]


def test_a_field_of_nulls_alone_has_no_column() -> None:
    assert chosen({"a": None}) == {}
    assert chosen({"a": None}, {"a": 1}) == {"a": INTEGER}


def test_of_two_fields_that_destinations_take_for_one_the_more_frequent_has_the_column() -> None:
    sample = [{"data": {"Name": 1}}, {"data": {"name": 1}}, {"data": {"Name": 1, "first.name": 1, "first name": 1}}]
    found = choose(infer(sample), NAMES)
    assert [column.field for column in found.columns] == ["first name", "Name"]
    assert found.hidden == ("first.name", "name")


def test_an_additional_column_is_older_than_a_field_of_its_name() -> None:
    found = choose(infer([{"data": {"born": 1, "Born": 2, "n": 3}}]), column_names(additional=["born"]))
    assert [column.field for column in found.columns] == ["n"]
    assert found.hidden == ("Born",)


def test_a_column_has_its_prefix_where_the_field_is_called_like_one_of_ours() -> None:
    found = choose(infer([{"data": {"ref": 1, "TTL": 2, "n": 3}}]), NAMES)
    assert {column.name: column.field for column in found.columns} == {"data_ref": "ref", "data_TTL": "TTL", "n": "n"}


def test_a_field_has_no_column_where_the_users_deletion_column_has_its_name() -> None:
    found = choose(infer([{"data": {"ref": 1, "n": 3}}]), column_names(deletion_column="data_ref"))
    assert ([column.field for column in found.columns], found.hidden) == (["n"], ("ref",))


def test_a_field_whose_name_cannot_be_seen_has_no_column() -> None:
    found = choose(infer([{"data": {"": 1, " ": 2, "a": 3}}]), NAMES)
    assert ([column.name for column in found.columns], found.unnamed) == (["a"], 2)


def test_a_definition_comes_first_and_values_only_widen_it() -> None:
    defined = {"Name": STRING, "n": INTEGER, "at": TIMESTAMP, "never": DATE}
    assert chosen({"name": 1, "n": 1.5}, {"name": 1, "more": True}, defined=defined) == {
        "at": TIMESTAMP,
        "more": BOOLEAN,
        "n": NUMBER,
        "Name": STRING,
        "never": DATE,
    }


def many(count: int, *, seen: int = 1) -> list[dict[str, Any]]:
    return [{"data": {f"k{number:05}": number}} for number in range(count) for _ in range(seen)]


def test_keys_of_a_map_are_no_columns() -> None:
    sample = [{"data": {"name": "x", f"user_{number}": 1}} for number in range(10_000)]
    found = choose(infer(sample), NAMES)
    assert [column.name for column in found.columns] == ["name"]
    assert found.excess == 10_000


def test_of_too_many_fields_the_most_frequent_have_columns() -> None:
    sample = [*many(MOST_COLUMNS, seen=2), {"data": {"z": 1, "single": 1}}, {"data": {"z": 1}}, {"data": {"z": 1}}]
    found = choose(infer(sample), NAMES)
    names = [column.name for column in found.columns]
    assert (len(names), names[-1], found.excess) == (MOST_COLUMNS, "z", 2)


def test_of_one_document_alone_nobody_knows_which_fields_are_keys() -> None:
    found = choose(infer([{"data": {f"k{number:05}": number for number in range(MOST_COLUMNS + 1)}}]), NAMES)
    assert (len(found.columns), found.excess) == (MOST_COLUMNS, 1)


def test_fields_of_a_definition_have_columns_before_all_others() -> None:
    defined = {"zzz": STRING}
    found = choose(infer(many(MOST_COLUMNS, seen=2)), NAMES, defined)
    assert found.columns[-1].name == "zzz"
    assert (len(found.columns), found.excess) == (MOST_COLUMNS, 1)


def test_no_documents_have_no_columns() -> None:
    assert infer([]) == Fields(documents=0, seen={}, types={})
    assert choose(infer([{"ref": document_ref(1)}]), NAMES) == Found()
