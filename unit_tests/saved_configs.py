"""Saved configs of every version, and their meaning."""

from __future__ import annotations

from typing import Any

from source_fauna.config.config import AdditionalColumn, Config, Deletions
from unit_tests.configs import BORN, CONNECTION, DELETED_AT, NUMBER, SECRET

BORN_COLUMN = AdditionalColumn(
    name="born",
    path=("data", "born"),
    type="string",
    format="date-time",
    airbyte_type="timestamp_with_timezone",
    required=False,
)
NUMBER_COLUMN = AdditionalColumn(
    name="n", path=("data", "n"), type="integer", format=None, airbyte_type=None, required=True
)
DELETIONS = Deletions(column="deleted_at", lost_history="fail")


DEFAULTS: dict[str, Any] = {
    "ca_certificate": None,
    "concurrency": 4,
    "collection_name": None,
    "index_name": None,
    "data_column": True,
    "additional_columns": (),
    "sample_size": None,
    "page_size": 64,
    "deletions": None,
    "warnings": (),
}
"""The defaults that users know, for settings that a config does not have."""


def meant(**settings: Any) -> Config:
    """The config of that connection, with defaults but for these settings."""
    return Config(**{**CONNECTION, **DEFAULTS, **settings})


SAVED: dict[str, tuple[dict[str, Any], Config]] = {
    "nothing but the connection": (CONNECTION, meant()),
    "a release, deletions off": (
        {**CONNECTION, "collection": {"page_size": 64, "deletions": {"deletion_mode": "ignore"}}},
        meant(),
    ),
    "a release, deletions on": (
        {**CONNECTION, "collection": {"page_size": 2, "deletions": DELETED_AT}},
        meant(page_size=2, deletions=DELETIONS),
    ),
    "the prototype of one collection": (
        {
            **CONNECTION,
            "sourceType": "fauna",
            "collection": {
                "name": "users",
                "index": "users_ts",
                "data_column": True,
                "additional_columns": [BORN],
                "page_size": 64,
                "deletions": {"deletion_mode": "ignore"},
            },
        },
        meant(collection_name="users", index_name="users_ts", additional_columns=(BORN_COLUMN,)),
    ),
    "the first prototype": (
        {
            **CONNECTION,
            "collection": {
                "name": "users",
                "data_column": False,
                "additional_columns": [NUMBER],
                "page_size": 16,
                "deletions": DELETED_AT,
                "updates": {"update_mode": "enabled", "index": "users_ts"},
            },
        },
        meant(
            collection_name="users",
            data_column=False,
            additional_columns=(NUMBER_COLUMN,),
            page_size=16,
            deletions=DELETIONS,
        ),
    ),
    "an empty collection": ({**CONNECTION, "collection": {}}, meant()),
    "an empty name is no name": ({**CONNECTION, "collection": {"name": " ", "data_column": True}}, meant()),
    "an empty index is none": ({**CONNECTION, "collection": {"name": "a", "index": ""}}, meant(collection_name="a")),
    "a column beside ignore": (
        {**CONNECTION, "collection": {"deletions": {"deletion_mode": "ignore", "column": "ref"}}},
        meant(),
    ),
    "lost history": (
        {
            **CONNECTION,
            "collection": {"deletions": {"deletion_mode": "deleted_field", "column": "d", "lost_history": "warn"}},
        },
        meant(deletions=Deletions(column="d", lost_history="warn")),
    ),
    "a whole number written with a fraction": (
        {**CONNECTION, "collection": {"page_size": 128.0}},
        meant(page_size=128),
    ),
    "blanks and line breaks around texts": (
        {"domain": " db.test\n", "port": 8443, "scheme": " http", "secret": f" {SECRET}\r\n"},
        meant(),
    ),
    "columns that are given": ({**CONNECTION, "collection": {"columns": {"column_mode": "given"}}}, meant()),
    "columns that are found": (
        {**CONNECTION, "collection": {"columns": {"column_mode": "found"}}},
        meant(sample_size=1_000),
    ),
    "columns that are found in a sample of another size": (
        {**CONNECTION, "collection": {"columns": {"column_mode": "found", "sample_size": 10.0}}},
        meant(sample_size=10),
    ),
    "a sample of no size beside columns that are given": (
        {**CONNECTION, "collection": {"columns": {"column_mode": "given", "sample_size": 0}}},
        meant(),
    ),
    "concurrency": ({**CONNECTION, "concurrency": 16}, meant(concurrency=16)),
}
"""Keys as they were saved, and what they mean."""
