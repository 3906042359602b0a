"""Some of the inputs of `python -m integration_tests.fuzz`, the same ones at each run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.fuzz.judge import Bench, bench
from integration_tests.fuzz.properties import PROPERTIES
from integration_tests.fuzz.trial import tried

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("fuzz")]

NUMBERS = {"configs": 40, "catalogs": 50, "states": 60}


@pytest.fixture(scope="module")
def site() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_input_is_answered_in_words_or_rightly(site: Bench, name: str) -> None:
    became = tried(site, PROPERTIES[name], number=NUMBERS[name], reproducible=True)
    assert became.total() >= NUMBERS[name]
    assert min(became["refused"], became["answered"]) >= NUMBERS[name] // 10
