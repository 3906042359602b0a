"""A short log of a history: a count alone is not enough to find a mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from integration_tests.harness.table import DELETED
from integration_tests.histories.judge import records_of, states_of
from integration_tests.histories.runs import RunLog


class Story:
    """The lines of a history, and where each ref was emitted; printed when something is wrong."""

    def __init__(self, *, profile: str, seed: int) -> None:
        self.name = f"{profile} {seed}"
        self._command = f"python -m integration_tests.histories --profile {profile} --seed {seed} --number 1"
        self._lines: list[str] = []
        self._emitted: dict[str, list[str]] = defaultdict(list)
        self._told: set[str] = set()
        self._run = 0
        self.breaches: list[str] = []

    def tell(self, line: str) -> None:
        """Note what happens."""
        self._lines.append(line)

    def begin_run(self, number: int, setting: object, state: dict[str, Any]) -> None:
        """Note the beginning of a run."""
        self._run = number
        self.tell(f"run {number}: {setting}\n    from {state}")

    def end_run(self, log: RunLog, *, keeps: bool) -> None:
        """Note what a run emitted."""
        for record in records_of(log):
            what = "deletion" if DELETED in record else "row"
            self._emitted[record["ref"]].append(f"run {self._run}: {what} at {record['ts']}, ttl {record.get('ttl')}")
        end = "killed" if log.killed else f"exit code {log.exit_code}"
        self.tell(f"    {len(records_of(log))} records, {len(states_of(log))} states, {end}, {'all' * keeps} kept")
        self._lines.extend(f"    state {state}" for state in states_of(log))
        self._lines.extend(f"    error {error['message']}" for error in log.errors)

    def breach(self, text: str) -> None:
        """Note that something is wrong."""
        self.breaches.append(text)
        self.tell(text)

    def tell_of(self, ref: str, events: list[Any], written: Sequence[Any]) -> None:
        """Note everything about a document, once: its history, the writes to it, and its records."""
        if ref in self._told:
            return
        self._told.add(ref)
        self._lines.extend(f"{ref} in the database: {each['action']} at {each['ts']} {each['data']}" for each in events)
        for expression in written:
            parts = expression.get("do", [expression])
            self._lines.extend(f"{ref} was written: {part}" for part in parts if f"'id': '{ref}'" in str(part))
        self._lines.extend(f"{ref} emitted in {each}" for each in self._emitted[ref])

    def __str__(self) -> str:
        return "\n".join([f"History {self.name}. Again: {self._command}", *self._lines])
