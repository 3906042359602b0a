"""Warnings about names that lose data in a destination."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.config.names import HARD_DELETE_COLUMN, alike, column_warnings, is_of_airbyte
from unit_tests.configs import NUMBER, config


def columns(*names: str, deleted_at: str | None = None, **more: Any) -> dict[str, Any]:
    """The settings of a collection with these additional columns."""
    on = {} if deleted_at is None else {"deletions": {"deletion_mode": "deleted_field", "column": deleted_at}}
    return {"name": "foo", "additional_columns": [{**NUMBER, "name": name} for name in names], **on, **more}


def folding(one: str, other: str) -> str:
    return (
        f"Columns '{one}' and '{other}' differ in case only, so destinations that fold case keep only one of them: "
        f"rename '{other}'"
    )


def of_airbyte(name: str) -> str:
    begins = f"Column '{name}' begins like the columns of Airbyte itself"
    return f"{begins}, so destinations may drop or overwrite it: rename it"


TOLD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing odd": (columns("name", "born", deleted_at="deleted_at"), []),
    "like a column of every record": (columns("Ref"), [folding("ref", "Ref")]),
    "like each other": (columns("name", "Name"), [folding("name", "Name")]),
    "three alike": (columns("name", "Name", "NAME"), [folding("name", "Name"), folding("name", "NAME")]),
    "beyond ASCII": (columns("straße", "STRASSE"), [folding("straße", "STRASSE")]),
    "a deletion column like ts": (columns(deleted_at="TS"), [folding("ts", "TS")]),
    "a deletion column like another": (columns("gone", deleted_at="Gone"), [folding("gone", "Gone")]),
    "a deletion column of all collections": ({**columns(deleted_at="TTL"), "name": ""}, [folding("ttl", "TTL")]),
    "like the data column, which is off": (columns("Data", data_column=False), []),
    "of Airbyte": (columns("_airbyte_raw_id", "_AB_source"), [of_airbyte("_airbyte_raw_id"), of_airbyte("_AB_source")]),
    "a deletion column of Airbyte": (columns(deleted_at="_ab_cdc_lsn"), [of_airbyte("_ab_cdc_lsn")]),
    "the column of hard deletes": (columns(deleted_at="_ab_cdc_deleted_at"), []),
    "almost the column of hard deletes": (columns(deleted_at="_AB_CDC_DELETED_AT"), [of_airbyte("_AB_CDC_DELETED_AT")]),
}


@pytest.mark.parametrize(("collection", "told"), TOLD.values(), ids=TOLD.keys())
def test_columns_that_a_destination_may_lose_are_told_and_load(collection: dict[str, Any], told: list[str]) -> None:
    assert list(config(**collection).warnings) == told


def test_the_rules_hold_for_any_columns() -> None:
    assert alike(["a", "b", "A", "B", "b"]) == [("a", "A"), ("b", "B")]
    assert column_warnings(["ref", "REF"]) == [folding("ref", "REF")]
    assert is_of_airbyte("_Airbyte_meta")
    assert not is_of_airbyte(HARD_DELETE_COLUMN)
    assert not is_of_airbyte("airbyte_meta")
