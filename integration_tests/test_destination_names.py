"""Names that a destination folds, keeps for itself, or acts upon."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness.connector import check, command, discover, incremental
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete
from unit_tests.configs import NUMBER


def test_collections_that_differ_in_case_only_are_told(fauna: Fauna) -> None:
    for name in ("orders", "Orders"):
        fauna.collection(name)
    run = command("discover", config=fauna.config()).succeed()
    run.warn("Collections 'orders' and 'Orders' differ in case only")
    assert [stream["name"] for stream in run.streams] == ["orders", "Orders"]


FILES: dict[str, dict[str, Any]] = {"check": {}, "discover": {}, "read": {"catalog": {"streams": []}}}


@pytest.mark.parametrize("name", FILES)
def test_columns_that_a_destination_may_lose_are_told(fauna: Fauna, name: str) -> None:
    fauna.collection("foo")
    columns = [{**NUMBER, "name": each} for each in ("Ref", "_airbyte_n")]
    config = fauna.config(name="foo", deletions="TS", additional_columns=columns)
    command(name, config=config, **FILES[name]).succeed().warn(
        "Columns 'ref' and 'Ref' differ in case only",
        "Columns 'ts' and 'TS' differ in case only",
        "Column '_airbyte_n' begins like the columns of Airbyte itself",
    )


def test_a_blank_column_is_refused(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config(name="foo", additional_columns=[{**NUMBER, "name": " "}])
    assert check(config).check_status == ("FAILED", "Additional column cannot have an empty name")


def test_the_column_by_which_destinations_delete_rows_for_good_is_filled(fauna: Fauna) -> None:
    """Airbyte's destinations delete a row whose record has a time in the column of this name, and by no other."""
    column = "_ab_cdc_deleted_at"
    fauna.collection("foo")
    fauna.write(create("foo", 1), create("foo", 2))
    config = fauna.config(deletions=column)
    (stream,) = discover(config)
    assert stream["json_schema"]["properties"][column]["airbyte_type"] == "timestamp_with_timezone"
    before = incremental(config).succeed()
    assert all(column not in record for record in before.records())
    fauna.write(delete("foo", 1))
    run = incremental(config, before.state).succeed().warn()
    (record,) = run.records()
    assert set(record) == {"ref", "ts", column}
    assert (record["ref"], record[column][-1]) == ("1", "Z")
