"""What all tests share: property tests without a time limit, and the database of Airbyte's standard tests.

Pytest and `airbyte-cdk connector test` both use that database.

The configs in acceptance-test-config.yml have the port and the secret of `make local-fauna`, so that they also work by
hand. The tests start a database of their own on a free port, and replace the port in each config by that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from hypothesis import HealthCheck, settings

from local_fauna import LocalFauna
from local_fauna.sample import bookshop

if TYPE_CHECKING:
    from collections.abc import Iterator

# A machine that does something else beside is slow, which says nothing of the code.
settings.register_profile("no time limit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no time limit")


@pytest.fixture(scope="module")
def database_of_the_standard_tests() -> Iterator[LocalFauna]:
    """Serve the bookshop on a free port."""
    with LocalFauna() as fauna:
        bookshop(fauna.query)
        yield fauna


@pytest.fixture(autouse=True)
def _configs_name_that_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the port into the configs. Only the standard tests start the database, because no other test needs it."""
    if not hasattr(request.cls, "get_scenarios"):
        return
    port = request.getfixturevalue("database_of_the_standard_tests").port
    config_of_the_file = ConnectorTestScenario.get_config_dict

    def config_with_the_port(scenario: ConnectorTestScenario, **how: Any) -> dict[str, Any]:
        config = config_of_the_file(scenario, **how)
        return {**config, "port": port} if config else config

    monkeypatch.setattr(ConnectorTestScenario, "get_config_dict", config_with_the_port)
