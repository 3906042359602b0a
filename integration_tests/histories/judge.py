"""The rules for every run, and for the table at the end. Each breach is counted and reported with its story."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from integration_tests.harness.table import DELETED
from integration_tests.histories.runs import RunLog
from integration_tests.histories.table import Row, Table

BREACHES = ("missing", "stale", "phantom", "false_deletions", "going_back", "unexpected", "unsaid")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What was counted over histories; those of BREACHES must be 0.

    unexpected: runs that failed without a reason, or broke the protocol. unsaid: runs that succeeded although history
    was lost. told: runs that failed for an actual reason. expired: rows of documents whose ttl has passed. unmarked:
    expired rows without that ttl, because it was set and passed before the update could be read.
    """

    histories: int = 0
    runs: int = 0
    kills: int = 0
    records: int = 0
    states: int = 0
    missing: int = 0
    stale: int = 0
    phantom: int = 0
    false_deletions: int = 0
    going_back: int = 0
    unexpected: int = 0
    unsaid: int = 0
    told: int = 0
    expired: int = 0
    unmarked: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Tally)})

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(getattr(self, name) for name in BREACHES)

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, each.name)} {each.name.replace('_', ' ')}" for each in fields(Tally))


@dataclass
class Emitted:
    """All versions that were emitted in a history: existing ones (with their ttl) and deletions."""

    alive: dict[tuple[str, int], int | None] = field(default_factory=dict)
    removed: set[tuple[str, int]] = field(default_factory=set)

    def false_deletions(self, log: RunLog, now: int) -> list[str]:
        """The refs of false deletions: they have the ts of a version that was emitted and has not expired."""
        found = []
        for record in records_of(log):
            key = (record["ref"], record["ts"])
            if DELETED in record:
                self.removed.add(key)
            else:
                self.alive[key] = Row.of(record).ttl
            if key in self.removed and key in self.alive:
                ttl = self.alive[key]
                if ttl is None or ttl > now:
                    found.append(record["ref"])
        return found


def records_of(log: RunLog) -> list[dict[str, Any]]:
    """The data of the records of a run."""
    return [record["data"] for record in log.of("RECORD")]


def states_of(log: RunLog) -> list[dict[str, Any]]:
    """The contents of the states of a run."""
    return [state["stream"]["stream_state"] for state in log.of("STATE")]


def covered(log: RunLog) -> list[dict[str, Any]]:
    """The data of the records before the last state."""
    return [message["record"]["data"] for message in log.covered if message["type"] == "RECORD"]


def going_back(log: RunLog) -> list[str]:
    """The refs whose ts decreased within the run."""
    newest: dict[str, int] = {}
    found = []
    for record in records_of(log):
        ref, ts = record["ref"], record["ts"]
        if ts < newest.get(ref, 0):
            found.append(ref)
        newest[ref] = ts
    return found


def breaches_of_protocol(log: RunLog) -> list[str]:
    """The messages of a run that break the protocol."""
    found = []
    states = states_of(log)
    if any(earlier == later for earlier, later in itertools.pairwise(states)):
        found.append("two equal states in a row")
    stats = [state.get("sourceStats", {}).get("recordCount") for state in log.of("STATE")]
    if sum(stats) != len(covered(log)):
        found.append("the states do not count their records")
    if log.killed:
        return found
    statuses = [status["status"] for status in log.traces("STREAM_STATUS")]
    if log.completed:
        if not states or statuses[-1:] != ["COMPLETE"] or log.errors:
            found.append("a success without a state or COMPLETE, or with an error")
        if len(covered(log)) != len(records_of(log)):
            found.append("records after the last state")
    elif not log.errors or (statuses and statuses[-1] != "INCOMPLETE"):
        found.append("a failure without an error, or without INCOMPLETE after STARTED")
    return found


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The refs where table and database differ. `extra` rows have no ttl that has passed."""

    missing: list[str]
    stale: list[str]
    extra: list[str]
    expired: list[str]


def compare(table: Table, documents: Mapping[str, dict[str, Any]], now: int) -> Difference:
    """The differences between what users see in the table and all documents of the database at the time `now`."""
    # A sync promises nothing for negative ids, and the database does not list them.
    alive = {ref: row for ref, row in table.alive.items() if not ref.startswith("-")}
    extra = {ref: row for ref, row in alive.items() if ref not in documents}
    return Difference(
        missing=[ref for ref in documents if ref not in alive],
        stale=[
            ref
            for ref, document in documents.items()
            if ref in alive and (alive[ref].ts, alive[ref].data) != (document["ts"], document.get("data", {}))
        ],
        extra=[ref for ref, row in extra.items() if not row.expired(now)],
        expired=[ref for ref, row in extra.items() if row.expired(now)],
    )
