"""The column of a field, and the field of a column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.records.names import column_names, folded, is_usable

NAMES = column_names(additional=["born"], deletion_column="deleted_at")

COLUMNS = {
    "title": "title",
    "Title": "Title",
    "a.b": "a.b",
    "first name": "first name",
    "@foo": "@foo",
    "ref": "data_ref",
    "Ref": "data_Ref",
    "TS": "data_TS",
    "data": "data_data",
    "ttl": "data_ttl",
    "deleted_at": "data_deleted_at",
    "Deleted.At": "data_Deleted.At",
    "data_ref": "data_data_ref",
    "data_data_ref": "data_data_data_ref",
    "data_title": "data_title",
    "_airbyte_raw_id": "data__airbyte_raw_id",
    "_ab_cdc_deleted_at": "data__ab_cdc_deleted_at",
    "born": "born",
}


@pytest.mark.parametrize(("field", "column"), COLUMNS.items(), ids=COLUMNS.keys())
def test_a_field_that_is_called_like_a_column_of_ours_gets_a_prefix(field: str, column: str) -> None:
    assert NAMES.column_of(field) == column
    assert NAMES.field_of(column) == field


def test_without_deletions_their_column_is_a_name_like_others() -> None:
    assert column_names().column_of("deleted_at") == "deleted_at"


def test_a_deletion_column_may_have_the_prefix_itself() -> None:
    names = column_names(deletion_column="data_gone")
    assert [names.column_of(field) for field in ("gone", "data_gone")] == ["gone", "data_data_gone"]


FIELDS = st.lists(
    st.sampled_from(["data_", "ref", "Ref", "ts", "deleted_at", "gone", "_airbyte_x", "x", "", " ", "."]), max_size=5
).map("".join)


@given(st.sets(FIELDS), st.sampled_from([None, "deleted_at", "data_gone"]))
def test_every_field_is_found_by_its_column_and_no_two_have_the_same(
    fields: set[str], deletion_column: str | None
) -> None:
    names = column_names(deletion_column=deletion_column)
    columns = {field: names.column_of(field) for field in fields}
    assert len(set(columns.values())) == len(fields)
    assert {names.field_of(column) for column in columns.values()} == fields
    assert not {folded(column) for column in columns.values()} & names.ours


UNFIT = ["", " ", "\u00a0", "a\nb", "a\u0000b", "\u202eabc", "\ud800a", "$", "_", "..", "😀", "x" * 251]


@pytest.mark.parametrize("field", UNFIT)
def test_no_column_has_a_name_that_destinations_lose(field: str) -> None:
    assert not is_usable(field)


@pytest.mark.parametrize("field", ["a", "a b", "名称", "@x", "1", "é", "_a", "x" * 250])
def test_other_names_can_name_a_column(field: str) -> None:
    assert is_usable(field)


def test_names_that_destinations_take_for_one_fold_to_one() -> None:
    assert {folded(name) for name in ("First Name", "first_name", "FIRST.NAME", "first  name")} == {"first_name"}
    assert folded("Straße") == folded("strasse")
    assert folded("Zo\u00eb") == folded("ZOE\u0308")
    assert folded("x" * 63 + "a") == folded("X" * 63 + "b")
    assert folded("名" * 21 + "称") == folded("名" * 21 + "价")


@pytest.mark.parametrize(("one", "other"), [("名称", "价格"), ("resume", "résumé"), ("a", "a_"), ("x" * 62, "x" * 63)])
def test_other_names_do_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)
