"""Fixtures for every test of this folder."""

from __future__ import annotations

import pytest

from integration_tests.harness.fixtures import fauna, local, skip_local_only

__all__ = ["fauna", "local"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_local_only(items)
