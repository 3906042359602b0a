"""Every config that any version saved can be parsed. Any other shape is refused with a message for the user."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_fauna.config.cleaning import clean_config
from source_fauna.config.config import Config, parse_config
from source_fauna.config.saved import keys_without_effect
from source_fauna.errors.errors import UserError
from unit_tests.configs import CONNECTION, SECRET
from unit_tests.saved_configs import SAVED
from unit_tests.told import raises_config_error


@pytest.mark.parametrize(("raw", "expected"), SAVED.values(), ids=SAVED.keys())
def test_every_generation_of_saved_configs_parses(raw: dict[str, Any], expected: Config) -> None:
    assert parse_config(raw) == expected


TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "a text for a number": ({"port": "8443"}, "port must be an integer"),
    "a truth for a number": ({"port": True}, "port must be an integer"),
    "a fraction": ({"collection": {"page_size": 1.5}}, "collection.page_size must be an integer"),
    "a number for a text": ({"domain": 5}, "domain must be a text"),
    "null for a text": ({"secret": None}, "secret must be a text"),
    "a text for an object": ({"collection": "users"}, "collection must be an object"),
    "an object for a list": (
        {"collection": {"additional_columns": {}}},
        "collection.additional_columns must be a list",
    ),
    "a number in a path": (
        {"collection": {"additional_columns": [{"name": "a", "path": ["data", 0], "type": "string"}]}},
        "collection.additional_columns[0].path[1] must be a text",
    ),
    "a column without path": (
        {"collection": {"additional_columns": [{"name": "a", "type": "string"}]}},
        "collection.additional_columns[0].path is required",
    ),
    "a text for a truth": ({"collection": {"data_column": "yes"}}, "collection.data_column must be true or false"),
}


@pytest.mark.parametrize(("changes", "message"), TYPES.values(), ids=TYPES.keys())
def test_another_type_is_told_with_its_key(changes: dict[str, Any], message: str) -> None:
    with raises_config_error(message):
        parse_config({**CONNECTION, **changes})


@pytest.mark.parametrize("key", ["domain", "port", "scheme", "secret"])
def test_a_missing_key_is_named(key: str) -> None:
    with raises_config_error(f"{key} is required"):
        parse_config({name: value for name, value in CONNECTION.items() if name != key})


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)),
    max_leaves=4,
)
DELETIONS = st.fixed_dictionaries({}, optional={"deletion_mode": JSON, "column": JSON, "lost_history": JSON})
COLUMN = st.fixed_dictionaries({}, optional={"name": JSON, "path": JSON, "type": JSON, "required": JSON})
COLLECTION = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["", "users"]),
        "index": JSON,
        "additional_columns": st.one_of(JSON, st.lists(COLUMN, max_size=2)),
        "page_size": JSON,
        "deletions": st.one_of(JSON, DELETIONS),
    },
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "domain": st.one_of(JSON, st.just("localhost")),
            "port": st.one_of(JSON, st.integers(0, 70_000)),
            "scheme": st.one_of(JSON, st.sampled_from(["http", "https"])),
            "secret": st.one_of(st.just(SECRET), JSON),
            "collection": st.one_of(JSON, COLLECTION),
            "concurrency": JSON,
        },
    )
)
def test_no_config_gives_anything_but_a_config_or_a_config_error(raw: dict[str, Any]) -> None:
    try:
        parsed = parse_config(clean_config(raw))
    except UserError as error:
        message = error.message or ""
        assert message
        assert not re.search(r"pydantic|validation error|Traceback|\bNone\b|<class", message)
        assert SECRET not in message
    else:
        assert 1 <= parsed.page_size <= 10_000
        assert 1 <= parsed.port <= 65_535


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"bogus": 1, "collection": {"deletion": {}}}, ("bogus", "collection.deletion")),
        ({"collection": {"deletions": {"deletion_mode": "ignore", "colum": "x"}}}, ("collection.deletions.colum",)),
        (
            {"collection": {"additional_columns": [{"name": "a"}, {"name": "b", "requird": False}]}},
            ("collection.additional_columns[1].requird",),
        ),
        ({"collection": {"additional_columns": ["no object"]}}, ()),
        ({"sourceType": "fauna", "collection": {"updates": {}, "page_size": 1}}, ()),
    ],
    ids=["misspelled", "deep", "in a list", "no object in a list", "known to others"],
)
def test_keys_that_nothing_reads_are_named(more: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert keys_without_effect({**CONNECTION, **more}) == keys
