"""Full refreshes that are killed and resumed while other clients write. They must emit exactly their snapshot.

`python -m integration_tests.histories.refresh --documents 20000 --kills 50` tells the numbers.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.inputs import catalog, stream_state
from integration_tests.histories import kills
from integration_tests.histories.judge import covered, records_of, states_of
from integration_tests.histories.operations import Scene
from integration_tests.histories.runs import ForkServer, Job, Launcher, RunLog, mostly, run
from integration_tests.histories.world import World
from integration_tests.histories.writers import Writer, between_requests, take_turns, writing

FILLED_AT_ONCE = 2_000
WRITTEN_IDS = 500
WRITES = {"put": 4, "touch": 2, "delete": 3, "recreate": 2, "batch": 1}
"""Without ttl: an expired document is gone from all snapshots."""
WRITER_PAUSE_SECONDS = 0.02
CONSOLE_EACH = 10
"""One run in so many is the console command as a process of its own."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of full refreshes: missing records, records that are not in the snapshot, and counts.

    `snapshots` is one for each refresh, unless a resumed one lost its own.
    """

    refreshes: int = 0
    missing: int = 0
    foreign: int = 0
    records: int = 0
    kills: int = 0
    snapshots: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(**{name: count + getattr(other, name) for name, count in vars(self).items()})

    def __str__(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in vars(self).items())


class KilledRefreshes:
    """A collection of many documents, and full refreshes of it."""

    def __init__(self, *, database: Fauna, documents: int, launchers: Iterator[Launcher], seed: int) -> None:
        self._numbers = random.Random(f"refresh {seed}")
        self.world = World(database=database, name="refreshed", history_days=1)
        self._database = database
        self._launchers = launchers
        self._documents = documents
        large = {self._numbers.randint(10**17, 2**62) for _ in range(documents // 2)}
        ids = [*range(1, documents - len(large) + 1), *sorted(large)]
        for start in range(0, documents, FILLED_AT_ONCE):
            self.world.fill(ids[start : start + FILLED_AT_ONCE])
        scene = Scene(
            collection=self.world.collection,
            ids=tuple(ids[:: max(1, documents // WRITTEN_IDS)]),
            now=database.now,
            numbers=self._numbers,
        )
        self._writers = [Writer(database=database, scene=scene, weights=WRITES)]

    def live(self, *, kills_most: int) -> Outcome:
        """One full refresh, killed up to so many times, each time at a random record of those that are left."""
        state: dict[str, Any] = {}
        delivered: list[dict[str, Any]] = []
        snapshots: set[int] = set()
        count = killed = 0
        log = RunLog()
        while not log.completed:
            left = self._documents - len(delivered)
            rule = kills.at_record(self._numbers.randint(1, left)) if killed < kills_most and left > 0 else kills.never
            with self._activity():
                log = run(next(self._launchers), self._job(state), rule)
            assert log.killed or log.completed, log.errors
            killed += log.killed
            count += len(records_of(log))
            # What a run gave before its first state is of a snapshot that nobody knows, and the destination drops it.
            delivered += records_of(log) if state or log.completed else covered(log)
            states = states_of(log)
            state = states[-1] if states else state
            snapshots |= {each["full_sync_cursor"]["ts"] for each in states if "ts" in each.get("full_sync_cursor", {})}
        right = self._database.versions(self.world.collection, at=max(snapshots))
        found = {(record["ref"], record["ts"]) for record in delivered}
        return Outcome(
            refreshes=1,
            missing=len(set(right.items()) - found),
            foreign=len(found - set(right.items())),
            records=count,
            kills=killed,
            snapshots=len(snapshots),
        )

    def _activity(self) -> AbstractContextManager[None]:
        if self._database.local is None:
            return writing(self._writers, pause_seconds=WRITER_PAUSE_SECONDS)
        return between_requests(self._database.local, lambda *_: take_turns(self._writers, self._numbers, share=0.8))

    def _job(self, state: dict[str, Any]) -> Job:
        name = self.world.collection
        return Job(
            config=self._database.config(secret=self.world.secret, name=name),
            catalog=catalog("full_refresh", name, destination="overwrite"),
            state=[stream_state(name, state)] if state else [],
        )


def live_through(*, documents: int, kills_in_all: int, server: ForkServer, seed: int = 1) -> Outcome:
    """Full refreshes until there were so many kills, on local_fauna or the Fauna that FAUNA_URL names."""
    launchers = mostly(server.launch, each=CONSOLE_EACH)
    outcome = Outcome()
    with fresh_database() as database:
        refreshes = KilledRefreshes(database=database, documents=documents, launchers=launchers, seed=seed)
        while outcome.kills < kills_in_all:
            outcome += refreshes.live(kills_most=kills_in_all - outcome.kills)
    return outcome


def main() -> int:
    """Run as the arguments say; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.histories.refresh", description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with ForkServer() as server:
        outcome = live_through(
            documents=options.documents, kills_in_all=options.kills, server=server, seed=options.seed
        )
    sys.stdout.write(f"{options.documents} documents: {outcome}, in {time.monotonic() - began:.0f} seconds\n")
    return int(outcome.missing + outcome.foreign > 0)


if __name__ == "__main__":
    sys.exit(main())
