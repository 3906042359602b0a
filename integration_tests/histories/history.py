"""One history: syncs are killed and resumed while clients write. At its end the table must equal the database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from integration_tests.harness.fauna import Fauna
from integration_tests.histories import kills
from integration_tests.histories.judge import (
    Emitted,
    Tally,
    breaches_of_protocol,
    compare,
    covered,
    going_back,
    records_of,
    states_of,
)
from integration_tests.histories.operations import Expression, Scene
from integration_tests.histories.profiles import PROFILES
from integration_tests.histories.runs import Launcher, RunLog, run
from integration_tests.histories.schedule import Schedule
from integration_tests.histories.settings import Setting
from integration_tests.histories.story import Story
from integration_tests.histories.table import Table
from integration_tests.histories.world import World
from integration_tests.histories.writers import Writer, between_requests, take_turns, writing

LARGEST_ID = 2**63 - 1
MOST_RUNS = 120
"""A sync that does not end within so many runs never will."""
WRITES_BETWEEN = 0.95
"""The chance of one more write before a sync."""
LATEST_STATE = 8
THREAD_PAUSE_SECONDS = 0.005
COMPARED_SHARE = 0.3
"""The share of syncs after which table and database are compared. At the end, later writes may have hidden a loss."""


class History:
    """A history of a profile. The seed determines everything except the speed of processes and threads.

    `happen` is called before each sync, and may change the database and the settings.
    """

    def __init__(
        self,
        *,
        profile: str,
        seed: int,
        database: Fauna,
        launchers: Iterator[Launcher],
        faults_share: float = 0.0,
        seeded_fault: str | None = None,
        happen: Callable[[History], None],
    ) -> None:
        self.profile = PROFILES[profile]
        self.numbers = random.Random(f"{profile} {seed}")
        self.story = Story(profile=profile, seed=seed)
        self.tally = Tally(histories=1)
        self._database = database
        self._launchers = launchers
        self._faults_share = faults_share
        self._seeded_fault = seeded_fault
        self._happen = happen
        days = (0, 0, 1, 30, None) if database.local else (1, 30, None)
        self.world = World(database=database, name=f"h_{profile}_{seed}", history_days=self.numbers.choice(days))
        self.writers = self._make_writers()
        self.setting = Setting.draw(self.profile, self.numbers)
        self.table, self.saved = Table(), list[Any]()
        self.state: dict[str, Any] = {}
        self._began = database.now()
        self._emitted = Emitted()
        self._hangs = False
        self.schedule = Schedule()

    def play(self) -> Tally:
        """Run the history. The tally is clean if nothing is wrong; otherwise `story` says what happened."""
        for _ in range(self.numbers.randint(*self.profile.syncs)):
            take_turns(self.writers, self.numbers, share=WRITES_BETWEEN)
            self._happen(self)
            self._sync(self.profile.kills)
            if self.numbers.random() < COMPARED_SHARE:
                self._settle()
        self._settle()
        for writer in self.writers:
            if writer.refused is not None:
                raise writer.refused
        return self.tally

    def _settle(self) -> None:
        """Sync without incidents and with deletions, and compare the table with the database."""
        self.schedule.clear()
        self.world.calm()
        before = self.setting
        self.setting = replace(before, deletions=True)
        self.schedule.pauses_writers = True
        self._sync(0)
        self._compare()
        self.schedule.pauses_writers = False
        self.setting = before

    def new_setting(self) -> None:
        """Draw other settings for the next syncs."""
        self.setting = replace(Setting.draw(self.profile, self.numbers), deletions=self.setting.deletions)

    def clear(self) -> None:
        """Clear the stream's data, as a user can."""
        self.table, self.state, self.saved = Table(), {}, []
        self._began = self._database.now()
        self.story.tell("table and state cleared")

    def switch_deletions(self) -> None:
        """The user switches deletions off, or on again."""
        self.setting = replace(self.setting, deletions=not self.setting.deletions)

    @property
    def removed_until(self) -> int:
        """The position of deletions in the saved state; 0 without one."""
        return _removed_until(self.state)

    def _make_writers(self) -> list[Writer]:
        count = self.numbers.randint(*self.profile.ids)
        small = range(1, count // 2 + 1)
        large = (self.numbers.randint(10**17, LARGEST_ID) for _ in range(count - len(small)))
        ids = (*small, *large)
        self._size = count
        writers = [
            Writer(
                database=self._database,
                scene=Scene(
                    collection=self.world.collection,
                    ids=ids,
                    now=self._database.now,
                    numbers=random.Random(f"{self.story.name} writer {number}"),
                ),
                weights=self.profile.writes,
            )
            for number in range(self.numbers.randint(*self.profile.writers))
        ]
        self.world.fill(ids[:: self.numbers.choice((1, 1, 2))])
        if self._database.local is not None:
            self.world.prepare_swap()
        return writers

    def _sync(self, kills_most: int) -> None:
        for attempt in range(0 if self._hangs else MOST_RUNS):
            log = self._run(self._rule(attempt) if attempt < kills_most else kills.never)
            if log.completed or log.hung:
                return
            if not log.killed and not self._remedied(log):
                return
        if not self._hangs:
            self._breach("unexpected", f"the sync has not ended after {MOST_RUNS} runs")

    def _rule(self, attempt: int) -> kills.KillRule:
        if self.profile.every_state:
            return kills.at_state(attempt + 1)
        if self.numbers.random() > self.profile.kill:
            return kills.never
        if self.numbers.random() < 0.5:
            return kills.at_state(self.numbers.randint(1, LATEST_STATE))
        most = self.numbers.choice((10, 30, self._size, 2 * self._size))
        return kills.at_message(self.numbers.randint(3, max(most, 10)))

    def _run(self, rule: kills.KillRule) -> RunLog:
        self._clear_if_unpromised()
        self.world.begin_watch()
        begun_from, is_lost = self.state, self._is_lost(self.state)
        number = self.tally.runs
        self.story.begin_run(number, self.setting, self.state)
        with self._activity(number):
            job = self.setting.job(self.world, self.state, seeded_fault=self._seeded_fault)
            log = run(next(self._launchers), job, rule)
        self._take(log)
        if log.hung:
            self._hangs = True
            self._breach("unexpected", f"a run hangs; its last requests: {self._last_requests()}")
        # A third collection may have taken the name since then. The sync has not read any of its documents.
        if is_lost and log.completed and self._is_lost(begun_from):
            self._breach("unsaid", "a run succeeded although history was lost")
        return log

    def _activity(self, number: int) -> AbstractContextManager[None]:
        if self._database.local is None:
            return writing([] if self.schedule.pauses_writers else self.writers, pause_seconds=THREAD_PAUSE_SECONDS)
        numbers = random.Random(f"{self.story.name} run {number}")
        if self._faults_share:
            self._database.local.faults.random(share=self._faults_share, seed=numbers.getrandbits(32))
        busy = numbers.choice(self.profile.busy)

        def act(request: int, expression: Expression) -> None:
            self.schedule.act(request, expression)
            if not self.schedule.pauses_writers:
                take_turns(self.writers, numbers, share=busy)

        return between_requests(self._database.local, act)

    def _take(self, log: RunLog) -> None:
        """Load the records that the destination commits, save the last state, and check the run."""
        states = states_of(log)
        self.tally += Tally(runs=1, kills=log.killed, records=len(records_of(log)), states=len(states))
        keeps = self.numbers.random() < self.profile.keep
        self.table.load(records_of(log) if keeps else covered(log))
        if states:
            self.state = states[-1]
            if self.removed_until:
                self.saved.append(self.state)
        self.story.end_run(log, keeps=keeps)
        for ref in self._emitted.false_deletions(log, self._database.now()):
            self._breach("false_deletions", f"{ref}: a version is alive and removed", ref)
        for ref in going_back(log):
            self._breach("going_back", f"{ref}: its ts went back within a run", ref)
        for breach in breaches_of_protocol(log):
            self._breach("unexpected", breach)
        self._clear_if_unpromised()

    def _last_requests(self) -> list[Any]:
        return [each.expression for each in self.world.local.requests[-6:]]

    def _is_lost(self, state: dict[str, Any]) -> bool:
        """Whether a sync from the state must report that history is lost or belongs to another collection."""
        updated_until = int(state.get("updates_cursor", {}).get("ts", 0))
        if updated_until and self.world.had_another_name_at(updated_until):
            return True
        removed_until = _removed_until(state)
        return self.setting.deletions and removed_until > 0 and not self.world.readable_at(removed_until)

    def _clear_if_unpromised(self) -> None:
        """Clear the stream if its state has no position of deletions and history does not reach back to the start.

        Then nothing promises that rows of deleted documents leave the table.
        """
        promised = self.setting.deletions and self.world.readable_at(self._began)
        if self.removed_until == 0 and self.table.rows and not promised:
            self.clear()

    def _remedied(self, log: RunLog) -> bool:
        """Follow the advice of the error if the failure had a reason. Otherwise count a breach and return False."""
        message = log.errors[-1]["message"] if log.errors else ""
        if self._is_lost(self.state) and "clear the stream's data" in message.lower():
            self.clear()
        elif self.world.was_disturbed:
            # The remedy must take effect at once: a node that lags would still show the broken state.
            self.schedule.clear()
            self.world.restore()
        elif not (self._faults_share and log.errors[-1]["failure_type"] != "config_error"):
            self._breach("unexpected", f"a run failed: {message}")
            return False
        self.tally += Tally(told=1)
        return True

    def _compare(self) -> None:
        difference = compare(self.table, self.world.documents(), self._database.now())
        for ref in difference.missing:
            self._breach("missing", f"{ref} is missing", ref)
        for ref in difference.stale:
            self._breach("stale", f"{ref} is stale", ref)
        unmarked = [ref for ref in difference.extra if self.world.expired(ref)]
        for ref in set(difference.extra) - set(unmarked):
            self._breach("phantom", f"{ref} is in the table only", ref)
        self.tally += Tally(expired=len(difference.expired) + len(unmarked), unmarked=len(unmarked))

    def _breach(self, kind: str, text: str, ref: str | None = None) -> None:
        self.tally += Tally(**{kind: 1})
        self.story.breach(f"{kind.upper()}: {text}")
        if ref is not None:
            self.story.tell_of(
                ref, self.world.events(ref), [each for writer in self.writers for each in writer.written]
            )


def _removed_until(state: dict[str, Any]) -> int:
    return int(state.get("remove_cursor", {}).get("ts", 0))
