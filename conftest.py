"""The database of the standard tests, for pytest here and for `airbyte-cdk connector test` alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_fauna import LocalFauna
from local_fauna.sample import bookshop

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE_CONFIG = Path(__file__).parent / "integration_tests" / "sample_config.json"


@pytest.fixture(scope="session")
def database_of_the_sample_config() -> Iterator[LocalFauna]:
    """Serve the bookshop on the port that integration_tests/sample_config.json names."""
    config = json.loads(SAMPLE_CONFIG.read_text(encoding="utf-8"))
    with LocalFauna(port=config["port"], secret=config["secret"]) as fauna:
        bookshop(fauna.query)
        yield fauna


@pytest.fixture(autouse=True)
def _start_for_standard_tests(request: pytest.FixtureRequest) -> None:
    """Only those need the port, which one process alone can have."""
    if hasattr(request.cls, "get_scenarios"):
        request.getfixturevalue("database_of_the_sample_config")
