"""Configs as tests save them."""

from __future__ import annotations

from typing import Any

from source_fauna.config.config import Config, parse_config

SECRET = "fnAE0000example0001"
CONNECTION: dict[str, Any] = {"domain": "db.test", "port": 8443, "scheme": "http", "secret": SECRET}
"""The keys that every config has. A Config takes them under the same names."""

URL = "http://db.test:8443"
"""The address of this connection."""

DELETED_AT = {"deletion_mode": "deleted_field", "column": "deleted_at"}
"""Deletions, switched on."""

BORN = {
    "name": "born",
    "path": ["data", "born"],
    "type": "string",
    "format": "date-time",
    "airbyte_type": "timestamp_with_timezone",
    "required": False,
}
"""An additional column that may be absent."""

NUMBER = {"name": "n", "path": ["data", "n"], "type": "integer"}
"""An additional column that is required, as the first prototype saved it."""


def config(**collection: Any) -> Config:
    """The config with these keys under `collection`."""
    return parse_config({**CONNECTION, "collection": collection})
