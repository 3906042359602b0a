"""Streams whose driver is killed in the middle of batches end with the table that the database holds."""

from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from local_fauna import LocalFauna
from spark_tests.histories import History, drive, repeated, rows, table_of, writing

RUNS_TO_THE_END = 1 if find_spec("pyspark.sql.streaming.datasource") else 2
"""Before Spark 4.2, a run behind one that was interrupted ends with its batch."""


def live(local: LocalFauna, folder: Path, *, count: int, kills: int, seed: int) -> None:
    """Stream so many histories by drivers that are killed, and judge what they came to."""
    chance = random.Random(seed)
    histories = [History(local, f"h{seed}_{number}", seed=seed * 1_000 + number) for number in range(count)]
    streams = {each.name: each.options() for each in histories}
    for _ in range(kills):
        with writing(histories, pause=0.1):
            drive(folder, streams, kill_after=chance.uniform(0.5, 10.0))
        for history in histories:
            history.change()
    for _ in range(RUNS_TO_THE_END):
        drive(folder, streams, kill_after=None)
    for history in histories:
        found = rows(folder / history.name / "table")
        assert table_of(found) == history.versions(), history.name
        assert repeated(found) == [], history.name


def test_a_history_with_a_kill(local: LocalFauna, tmp_path: Path) -> None:
    live(local, tmp_path, count=2, kills=1, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("seed", range(2, 8))
def test_five_histories_with_kills(local: LocalFauna, tmp_path: Path, seed: int) -> None:
    """Thirty in all. A start of Spark is what takes most of the time, so that five share it."""
    live(local, tmp_path, count=5, kills=3, seed=seed)
