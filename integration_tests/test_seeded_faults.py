"""Histories find mistakes: each rule of the sync is broken on purpose, and some history must report it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.histories.laboratory import Laboratory
from integration_tests.histories.runs import ForkServer
from integration_tests.histories.seeded_faults import FAULTS

pytestmark = [pytest.mark.local_only, pytest.mark.slow]

MOST_HISTORIES = 40
"""A seed does not determine the order of processes and threads, so one history is not enough."""


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.mark.parametrize("name", FAULTS)
def test_histories_find_it(fork_server: ForkServer, name: str) -> None:
    fault = FAULTS[name]
    with Laboratory(seeded_fault=name, incident=fault.incident, fork_server=fork_server) as laboratory:
        seeds = range(fault.seed, fault.seed + MOST_HISTORIES)
        found = (not laboratory.live(fault.profile, seed)[0].is_clean for seed in seeds)
        assert any(found), fault.mistake.__doc__


def test_the_guard_ends_a_run_that_would_never_end(fork_server: ForkServer) -> None:
    """Without it the run hangs, and is killed by the one who waits for it."""
    name = "asks_without_end"
    with Laboratory(seeded_fault=name, fork_server=fork_server) as laboratory:
        _, story = laboratory.live(FAULTS[name].profile, FAULTS[name].seed)
    assert "stands still" in str(story)


@pytest.mark.parametrize("name", FAULTS)
def test_the_right_version_passes_the_same_history(fork_server: ForkServer, name: str) -> None:
    fault = FAULTS[name]
    with Laboratory(incident=fault.incident, fork_server=fork_server) as laboratory:
        tally, story = laboratory.live(fault.profile, fault.seed)
        assert tally.is_clean, str(story)
