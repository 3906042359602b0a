"""The wiring of the commands: warnings and errors before the first request to the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalog
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from local_fauna import LocalFauna
from source_fauna import SourceFauna
from unit_tests.configs import CONNECTION
from unit_tests.told import warnings

LOGGER = logging.getLogger("airbyte")
COMMANDS: dict[str, Callable[[SourceFauna, Any], Any]] = {
    "check": lambda source, config: source.check(LOGGER, config),
    "discover": lambda source, config: source.discover(LOGGER, config),
    "read": lambda source, config: list(source.read(LOGGER, config, ConfiguredAirbyteCatalog(streams=[]))),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_settings_that_do_not_do_what_they_seem_to_are_told_by_every_command(
    command: Callable[[SourceFauna, Any], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with LocalFauna() as fauna:
        fauna.query({"create_collection": {"object": {"name": "foo"}}})
        address = {"domain": fauna.domain, "port": fauna.port, "scheme": "http", "secret": fauna.secret}
        command(SourceFauna(), {**address, "collection": {"index": "foo_ts", "page_size": 20_000}})
    assert warnings(caplog) == [
        "collection.page_size is 20000, which is cut to 10000",
        (
            "Collection Name (collection.name) is empty, so every collection is a stream, and these settings have no "
            "effect: Incremental Sync Index (collection.index)"
        ),
    ]


def test_a_config_that_cannot_be_meant_fails_every_command() -> None:
    config = {**CONNECTION, "domain": ""}
    assert "domain is ''" in str(COMMANDS["check"](SourceFauna(), config).message)
    for name in ("discover", "read"):
        with pytest.raises(AirbyteTracedException, match="domain is ''"):
            COMMANDS[name](SourceFauna(), config)
