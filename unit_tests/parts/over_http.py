"""What reads the collection `things` of a local_fauna over HTTP."""

from __future__ import annotations

from typing import Any

from local_fauna import LocalFauna
from source_fauna.config.config import Config, parse_config
from unit_tests.configs import DELETED_AT
from unit_tests.things import COLLECTION


def settings(fauna: LocalFauna, **changes: Any) -> Config:
    """The settings of a read with deletions."""
    collection = {"name": COLLECTION, "deletions": DELETED_AT}
    address = {"domain": fauna.domain, "port": fauna.port, "scheme": "http", "secret": fauna.secret}
    return parse_config({**address, "collection": collection, **changes})
