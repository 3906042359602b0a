"""The database of the standard tests, for pytest here and for `airbyte-cdk connector test` alike."""

from __future__ import annotations

import errno
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_fauna import LocalFauna
from local_fauna.sample import bookshop

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE_CONFIG = Path(__file__).parent / "integration_tests" / "sample_config.json"


OTHERS_MAY_TAKE_SECONDS = 120
"""Another checkout that is tested at the same time has the port for less than half of this."""


@pytest.fixture(scope="module")
def database_of_the_sample_config() -> Iterator[LocalFauna]:
    """Serve the bookshop on the port that integration_tests/sample_config.json names."""
    config = json.loads(SAMPLE_CONFIG.read_text(encoding="utf-8"))
    fauna = LocalFauna(port=config["port"], secret=config["secret"])
    _start(fauna)
    try:
        bookshop(fauna.query)
        yield fauna
    finally:
        fauna.stop()


def _start(fauna: LocalFauna) -> None:
    """Start it as soon as nobody else has its port."""
    ends = time.monotonic() + OTHERS_MAY_TAKE_SECONDS
    while not _is_started(fauna):
        if time.monotonic() > ends:
            pytest.fail(f"Something else listens on port {fauna.port}, which {SAMPLE_CONFIG.name} names.")
        time.sleep(1.0)


def _is_started(fauna: LocalFauna) -> bool:
    try:
        fauna.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True


@pytest.fixture(autouse=True)
def _start_for_standard_tests(request: pytest.FixtureRequest) -> None:
    """Only those need the port, which one process alone can have."""
    if hasattr(request.cls, "get_scenarios"):
        request.getfixturevalue("database_of_the_sample_config")
