"""Many stories of many topics, each in an empty database of its own on both servers, and what was counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import urllib3

from integration_tests.compare.side_by_side import Told, tell
from integration_tests.compare.teller import Teller
from integration_tests.record import WRONG, Recorder
from integration_tests.replay import Replay, Target
from integration_tests.replay_targets import InProcess

if TYPE_CHECKING:
    from integration_tests.compare.servers import Server
    from integration_tests.compare.teller import Topic


@dataclass(kw_only=True)
class Tally:
    """What was counted: requests by topic, those refused by name, stories that ended with a difference."""

    requests: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    differences: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compares `server` with a new `other` for each story; `clock` gives seconds."""

    server: Server
    other: Callable[[], Target] = InProcess
    clock: Callable[[], float] = time.monotonic
    tally: Tally = field(default_factory=Tally)

    def run(self, topics: Mapping[str, Topic], *, seed: int, number: int, seconds: float) -> Iterator[dict[str, Any]]:
        """Tell stories of the topics in turn until so many requests were sent, or so many seconds have passed.

        Gives the first difference of each topic as a transcript. The seed and the answers decide what is asked.
        """
        ends, differing = self.clock() + seconds, set[str]()
        for round_ in range(number):
            for name, topic in topics.items():
                if self.tally.requests.total() >= number or self.clock() >= ends:
                    return
                told = self._told(topic, Random(f"{name} {seed} {round_}"))
                self.tally.requests[name] += told.requests
                self.tally.refused += told.refused
                if told.difference is not None:
                    self.tally.differences += 1
                    if name not in differing:
                        differing.add(name)
                        yield _transcript(told, f"{name}_{seed}_{round_}")

    def _told(self, topic: Topic, chance: Random) -> Told:
        with self.server.database() as secret, urllib3.PoolManager() as pool:
            recorder = Recorder(
                url=self.server.url,
                secrets={"admin": secret, "wrong": WRONG},
                pool=pool,
                pause=self.server.pause,
            )
            replay = Replay(self.other(), secrets={"admin": InProcess.SECRET, "wrong": WRONG})
            return tell(topic(Teller(chance)), recorder=recorder, replay=replay)


def _transcript(told: Told, name: str) -> dict[str, Any]:
    *before, last = told.steps
    found = told.difference
    assert found is not None
    note = f"local_fauna differed at {found.path} ({found.why})"
    about = f"random requests of the comparer; the last of {len(told.steps)} steps is one that local_fauna got wrong"
    return {"name": name, "about": about, "steps": [*before, {**last, "note": note}]}
