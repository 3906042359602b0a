"""Random histories with kills: the table equals the database at the end of each (`make histories` lives more)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.histories.laboratory import Laboratory

SEEDS = [("mixed", 7), ("sharp", 7), ("quiet", 6)]


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as opened:
        yield opened


@pytest.mark.parametrize(
    ("profile", "seed"), [(profile, seed) for profile, count in SEEDS for seed in range(1, count + 1)]
)
def test_the_table_equals_the_database(laboratory: Laboratory, profile: str, seed: int) -> None:
    tally, story = laboratory.live(profile, seed)
    assert tally.is_clean, str(story)
    assert tally.runs >= 3
    assert tally.records > 0


@pytest.mark.slow
@pytest.mark.local_only
@pytest.mark.parametrize("profile", ["mixed", "sharp", "quiet"])
def test_nothing_is_lost_among_faults_of_the_network(profile: str) -> None:
    with Laboratory(faults_share=0.3) as laboratory:
        tally, story = laboratory.live(profile, 1)
        assert tally.is_clean, str(story)
        assert tally.records > 0
