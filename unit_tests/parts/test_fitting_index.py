"""The index by which a collection is read as a stream, or what to do to have one."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.errors.errors import ConfigError, TransientError
from source_fauna.parts.changes import fitting_index
from unit_tests.configs import DELETED_AT, config
from unit_tests.parts.asking import Asking
from unit_tests.things import COLLECTION, INDEX, indexed, things

DELETIONS: dict[str, Any] = {"deletions": DELETED_AT}


def test_the_index_that_fits_is_found(caplog: pytest.LogCaptureFixture) -> None:
    fauna = indexed(things(1, history_days=0))
    assert fitting_index(Asking(fauna).client, config(name=COLLECTION)).name == INDEX
    assert "days of history" not in caplog.text
    assert fitting_index(Asking(fauna).client, config(name=COLLECTION, **DELETIONS)).name == INDEX
    assert "keeps 0 days of history" in caplog.text


def test_without_an_index_it_is_told_how_to_create_one() -> None:
    with pytest.raises(ConfigError, match=r"cannot be read as a stream.*CreateIndex"):
        fitting_index(Asking(things(1)).client, config(name=COLLECTION))


def test_an_index_that_is_being_built_passes() -> None:
    fauna = things(*range(200))
    fauna.engine.index_build.rate = 0
    indexed(fauna)
    with pytest.raises(TransientError, match="still being built"):
        fitting_index(Asking(fauna).client, config(name=COLLECTION))
