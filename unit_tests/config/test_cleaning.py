"""The parts of a config that the CDK receives."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.sources.utils.schema_helpers import InternalConfig

from source_fauna.config.cleaning import CDK_KEYS, clean_config
from unit_tests.told import raises_config_error


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ({"secret": " a\n", "port": 1}, {"secret": "a", "port": 1}),
        ({"secret": 5}, {"secret": 5}),
        ({}, {}),
        (
            {"port": None, "collection": {"name": None, "additional_columns": [{"format": None, "path": ["a"]}]}},
            {"collection": {"additional_columns": [{"path": ["a"]}]}},
        ),
        ({"_limit": "x", "_page_size": 5, "_other": 1}, {"_other": 1}),
    ],
    ids=["text", "number", "missing", "nulls", "keys of the CDK"],
)
def test_cleaning_strips_the_secret_and_leaves_out_what_the_cdk_refuses(
    raw: dict[str, Any], cleaned: dict[str, Any]
) -> None:
    before = dict(raw)
    assert clean_config(raw) == cleaned
    assert raw == before


def test_the_keys_of_the_cdk_are_all_of_them() -> None:
    assert set(InternalConfig.KEYWORDS) == CDK_KEYS


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"concurrency": 17}, "concurrency is 17, but it must be from 1 to 16"),
        (
            {"collection": {"deletions": {"deletion_mode": "deleted_field", "column": "d", "lost_history": "panic"}}},
            "collection.deletions.lost_history is 'panic', but it must be fail or warn",
        ),
    ],
    ids=["concurrency", "lost history"],
)
def test_a_value_that_the_form_does_not_offer_is_told_by_its_key(raw: dict[str, Any], message: str) -> None:
    with raises_config_error(message):
        clean_config(raw)


@pytest.mark.parametrize(
    "raw", [{"concurrency": "x"}, {"collection": []}, {"collection": {"deletions": {"lost_history": 1}}}]
)
def test_wrong_types_are_left_to_the_cdk(raw: dict[str, Any]) -> None:
    assert clean_config(raw) == raw
