"""Fixtures of the tests that read a database through the connector."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from integration_tests.harness.fauna import Fauna, fresh_database, local_database
from local_fauna import LocalFauna


@pytest.fixture
def local() -> Iterator[LocalFauna]:
    """A local_fauna of this test alone, with its clock and its faults (marker local_only)."""
    with LocalFauna() as started:
        yield started


@pytest.fixture
def fauna(request: pytest.FixtureRequest) -> Iterator[Fauna]:
    """An empty database: on the server of FAUNA_URL, otherwise the one of `local`."""
    if "FAUNA_URL" not in os.environ:
        yield local_database(request.getfixturevalue("local"))
        return
    with fresh_database() as database:
        yield database


def skip_local_only(items: list[pytest.Item]) -> None:
    """On a real server there is neither a clock to move nor a fault to put in."""
    if "FAUNA_URL" in os.environ:
        for item in items:
            if item.get_closest_marker("local_only"):
                item.add_marker(pytest.mark.skip(reason="needs local_fauna"))
