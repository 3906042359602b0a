"""Where histories are lived: one fork server for all of them, a database for each."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from itertools import repeat
from typing import final

from integration_tests.harness.fauna import fresh_database
from integration_tests.histories.history import History
from integration_tests.histories.incidents import happen
from integration_tests.histories.judge import Tally
from integration_tests.histories.runs import ForkServer, mostly
from integration_tests.histories.story import Story

CONSOLE_EACH = 50
"""One run in so many is the console command as a process of its own."""


@final
class Laboratory:
    """Lives histories on local_fauna, or on the Fauna that FAUNA_URL names. A context manager."""

    def __init__(
        self,
        *,
        faults_share: float = 0.0,
        seeded_fault: str | None = None,
        incident: str | None = None,
        fork_server: ForkServer | None = None,
    ) -> None:
        self._resources = ExitStack()
        self._server = fork_server or self._resources.enter_context(ForkServer())
        self._faults_share = faults_share
        self._seeded_fault = seeded_fault
        self._incident = incident
        # The console command has no injected waits and no seeded faults.
        with_console = not faults_share and seeded_fault is None
        self._launchers = (
            mostly(self._server.launch, each=CONSOLE_EACH) if with_console else repeat(self._server.launch)
        )

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def live(self, profile: str, seed: int) -> tuple[Tally, Story]:
        """One history: what was counted, and its story."""
        with fresh_database() as database:
            history = History(
                profile=profile,
                seed=seed,
                database=database,
                launchers=self._launchers,
                faults_share=self._faults_share,
                seeded_fault=self._seeded_fault,
                happen=partial(happen, always=self._incident),
            )
            return history.play(), history.story
