"""Fixtures of the tests that read a database through the connector."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integration_tests.harness.fauna import Fauna, local_database, remote_database
from local_fauna import LocalFauna


@contextmanager
def fresh_database() -> Iterator[Fauna]:
    """An empty database for tests that share it because they only read it."""
    url = os.environ.get("FAUNA_URL")
    if url is None:
        with LocalFauna() as started:
            yield local_database(started)
        return
    with remote_database(url, os.environ["FAUNA_SECRET"]) as database:
        yield database


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
