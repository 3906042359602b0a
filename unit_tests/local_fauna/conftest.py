from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from unit_tests.local_fauna.fauna import Fauna


@pytest.fixture
def fauna() -> Fauna:
    """An empty database whose clock stands still unless it is moved."""
    return Fauna()


@pytest.fixture(autouse=True)
def _no_fault_goes_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail each test in which the engine logs a bug of its own. It answers such a bug with a 500."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []
