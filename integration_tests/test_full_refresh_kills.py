"""A full refresh killed at random records and resumed, while others write: its snapshot, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.histories.refresh import live_through
from integration_tests.histories.runs import ForkServer

DOCUMENTS = 4_000
KILLS = 10


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def test_every_document_of_the_snapshot_and_no_other(fork_server: ForkServer) -> None:
    outcome = live_through(documents=DOCUMENTS, kills_in_all=KILLS, server=fork_server)
    assert outcome.kills == KILLS
    assert (outcome.missing, outcome.foreign) == (0, 0)
    assert outcome.snapshots == outcome.refreshes
    assert outcome.records >= outcome.refreshes * DOCUMENTS // 2
