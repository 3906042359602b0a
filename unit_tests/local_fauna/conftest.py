from __future__ import annotations

import pytest

from unit_tests.local_fauna.fauna import Fauna


@pytest.fixture
def fauna() -> Fauna:
    """An empty database whose clock stands still unless it is moved."""
    return Fauna()
