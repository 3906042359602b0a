"""The saved position of a stream: frozen values, parsed from every shape that was ever saved, and dumped.

Full refresh   FullSyncState    a snapshot and the ranges of ids that are left of its walk
Incremental    IncrementalState what is left of a walk, the last update, the last deletion

Each mode reads and writes its own keys only. What cannot be understood is a config error that says to clear the
stream: a silent restart would hide a loss. `saved_state` has the saved shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from source_fauna.errors.errors import ConfigError, UserError
from source_fauna.records.values import GREATEST_ID, LEAST_ID
from source_fauna.state import saved as saved_as

FULL_SYNC = "full_sync_cursor"
INITIAL_SYNC = "initial_sync_cursor"
UPDATES = "updates_cursor"
REMOVES = "remove_cursor"


@dataclass(frozen=True, kw_only=True)
class IdRange:
    """Document ids from `low` to `high`, both included; a high of None is open."""

    low: int = 0
    high: int | None = None

    def dump(self) -> dict[str, str]:
        """`{"from": "<id>", "to": "<id>"}`; an open end is absent."""
        low = {"from": str(self.low)} if self.low > 0 else {}
        return low if self.high is None else {**low, "to": str(self.high)}


def in_order(ranges: Iterable[IdRange]) -> tuple[IdRange, ...]:
    """Ranges by where they begin."""
    return tuple(sorted(ranges, key=lambda each: each.low))


LAST_ID = -1
"""The id that an index orders behind all others of the same ts."""

WHOLE = (IdRange(),)
"""The ranges of a walk that has not begun."""


@dataclass(frozen=True, kw_only=True)
class FullSyncState:
    """Where a full refresh stands: its snapshot in microseconds and the ranges that are left.

    `snapshot` None: nothing saved. `done` is the sync_id for which everything was emitted, at the time `done_at`
    (microseconds of the wall clock), which older states do not tell.
    """

    snapshot: int | None = None
    ranges: tuple[IdRange, ...] = WHOLE
    done: int | None = None
    done_at: int | None = None

    def dump(self) -> dict[str, Any]:
        """The keys of a full refresh; `{}` when there is nothing to save."""
        if self.done is not None:
            return {FULL_SYNC: {"done": self.done, **({} if self.done_at is None else {"done_at": self.done_at})}}
        if self.snapshot is None:
            return {}
        return {FULL_SYNC: {"ts": self.snapshot, "ranges": [each.dump() for each in self.ranges]}}


@dataclass(frozen=True, kw_only=True)
class WalkState:
    """What is left of a walk over all documents; only those with a ts above `since` are wanted."""

    ranges: tuple[IdRange, ...] = WHOLE
    since: int | None = None

    def dump(self) -> dict[str, Any]:
        """`{"ranges": […]}`, with `since` when it is set."""
        since = {} if self.since is None else {"since": self.since}
        return {"ranges": [each.dump() for each in self.ranges], **since}


@dataclass(frozen=True, kw_only=True)
class Position:
    """Everything up to (ts, document_id) was emitted; a document_id of None: everything at ts too.

    The order is that of an index: at one ts, ids below zero stand behind all others (recording `negative_ids`). So
    0 is the first id of a ts, and -1 the last.
    """

    ts: int
    document_id: int | None = None

    @classmethod
    def behind(cls, ts: int, document_id: int) -> Position:
        """Everything up to the entry (ts, document_id) was emitted, and the entry itself."""
        return cls(ts=ts) if document_id == LAST_ID else cls(ts=ts, document_id=document_id)

    @classmethod
    def before(cls, ts: int, document_id: int) -> Position:
        """Everything before the entry (ts, document_id) was emitted, and not the entry itself."""
        if document_id == 0:
            return cls(ts=max(ts - 1, 0))
        return cls(ts=ts, document_id=GREATEST_ID if document_id == LEAST_ID else document_id - 1)

    def covers(self, ts: int) -> bool:
        """Whether everything up to ts was emitted, and everything at ts too."""
        return self.ts > ts or (self.ts == ts and self.document_id is None)

    def dump(self) -> dict[str, Any]:
        """`{"ts": …, "ref": "<id>"}`; ref only when it is set."""
        ref = {} if self.document_id is None else {"ref": str(self.document_id)}
        return {"ts": self.ts, **ref}


@dataclass(frozen=True, kw_only=True)
class IncrementalState:
    """Where an incremental stream stands: U is `updates`, R is `deletions`, both in microseconds.

    `walk` is what is left of a walk over all documents, and `updates` None tells that none has begun. Every deletion up
    to `deletions` was emitted; None: never read nor carried on. While it is 0, the first pass over what history still
    holds is not done, and `passed` is how far it has got: nobody needs a proof that history reaches back to there.
    """

    walk: WalkState | None = None
    updates: Position | None = None
    deletions: int | None = None
    passed: int = 0

    @property
    def latest(self) -> int:
        """The greatest saved ts."""
        return max(self.updates.ts if self.updates else 0, self.deletions or 0, self.passed)

    @property
    def oldest(self) -> int | None:
        """The time since when documents are read one after the other: what was emitted rests on it. None at first."""
        if self.walk is not None and self.walk.since is not None:
            return self.walk.since
        return self.updates.ts if self.updates else None

    @property
    def is_walked(self) -> bool:
        """Whether all documents were read, so that updates are what is left."""
        return self.updates is not None and self.walk is None

    def begun_at(self, snapshot: int, *, reads_deletions: bool) -> IncrementalState:
        """The same when the first document of a first walk is about to be emitted, at this snapshot.

        U is the snapshot. R is what the first pass of deletions has reached, or, where they are not read, U as well: it
        is carried on, for the deletions since then are owed.
        """
        if self.updates is not None:
            return self
        return IncrementalState(
            walk=WalkState(),
            updates=Position(ts=snapshot),
            deletions=self.deletions or (self.passed if reads_deletions else snapshot),
        )

    def after_deletions(self, position: int, *, is_last: bool) -> IncrementalState:
        """The same when all deletions up to the position were emitted.

        In the first pass R stays 0 until S is reached, and until documents are read: before that nothing is lost when
        history is cut.
        """
        if self.deletions or (is_last and self.updates is not None):
            return replace(self, deletions=position, passed=0)
        return replace(self, deletions=0, passed=position)

    def dump(self) -> dict[str, Any]:
        """The keys of an incremental stream; `{}` when there is nothing to save."""
        dumped: dict[str, Any] = {}
        if self.walk is not None:
            dumped[INITIAL_SYNC] = self.walk.dump()
        if self.updates is not None:
            dumped[UPDATES] = self.updates.dump()
        if self.deletions is not None:
            dumped[REMOVES] = {"ts": self.deletions, **({"passed": self.passed} if self.passed else {})}
        return dumped


def parse_full(stream: str, raw: Mapping[str, Any]) -> FullSyncState:
    """The state of a full refresh. Raises a config error when it cannot be understood."""
    saved = _validated(stream, saved_as.FullRefresh, raw).full_sync_cursor
    if saved is None or saved.is_empty:
        return FullSyncState()
    if saved.done is not None:
        return FullSyncState(done=saved.done, done_at=saved.done_at)
    if saved.ts is None:
        raise _unreadable(stream, f"{FULL_SYNC}.ts is missing")
    if saved.after is not None:
        return FullSyncState(snapshot=saved.ts, ranges=(IdRange(low=max(saved.after, 0)),))
    return FullSyncState(snapshot=saved.ts, ranges=_ranges(stream, saved.ranges))


def parse_incremental(stream: str, raw: Mapping[str, Any]) -> IncrementalState:
    """The state of an incremental stream. Raises a config error when it cannot be understood."""
    saved = _validated(stream, saved_as.Incremental, raw)
    updates = _position(stream, saved.updates_cursor) if saved.updates_cursor else None
    walk = None
    if saved.initial_sync_cursor is not None:
        if updates is None:
            raise _unreadable(stream, f"{UPDATES} is missing beside {INITIAL_SYNC}")
        if saved.initial_sync_cursor.ranges is None:
            raise _unreadable(stream, f"{INITIAL_SYNC}.ranges is missing")
        walk = WalkState(
            ranges=_ranges(stream, saved.initial_sync_cursor.ranges), since=saved.initial_sync_cursor.since
        )
    deletions = _deletions(stream, saved.remove_cursor) if saved.remove_cursor else None
    passed = saved.remove_cursor.passed if saved.remove_cursor and deletions == 0 else 0
    return IncrementalState(walk=walk, updates=updates, deletions=deletions, passed=passed)


def _position(stream: str, saved: saved_as.UpdatesCursor) -> Position | None:
    """A legacy `after` is the entry to go on with; a legacy ref of "" says that nothing at ts was emitted.

    So did a ref of -1 in the releases that took it for the id before 0. What it says now, that everything at ts was
    emitted, is never saved with it. Some documents may come twice, none is lost.
    """
    if saved.after is not None:
        return Position.before(*saved.after)
    if saved.ts is None:
        _require_empty(stream, UPDATES, saved)
        return None
    if saved.ref in ("", LAST_ID):
        return Position(ts=max(saved.ts - 1, 0))
    return Position(ts=saved.ts, document_id=saved.ref)


def _deletions(stream: str, saved: saved_as.RemoveCursor) -> int | None:
    """A legacy cursor names an event; deletions may repeat within its ts, but none may be missed."""
    if saved.after is not None:
        return max(saved.after - 1, 0)
    if saved.ts is None:
        _require_empty(stream, REMOVES, saved)
        return None
    return saved.ts if saved.ref is None else max(saved.ts - 1, 0)


def _require_empty(stream: str, key: str, saved: saved_as.UpdatesCursor | saved_as.RemoveCursor) -> None:
    """Raise a config error unless nothing was saved: a cursor with anything else has lost its ts."""
    if not saved.is_empty:
        raise _unreadable(stream, f"{key}.ts is missing")


def _ranges(stream: str, saved: list[saved_as.Range] | None) -> tuple[IdRange, ...]:
    if saved is None:
        return WHOLE
    ranges = in_order(IdRange(low=max(each.low or 0, 0), high=each.high) for each in saved)
    if not ranges:
        raise _unreadable(stream, "its list of ranges is empty")
    if any(each.high is not None and each.high < each.low for each in ranges):
        raise _unreadable(stream, "a range ends before it begins")
    return ranges


def _validated(stream: str, model: type[saved_as.AnyState], raw: Mapping[str, Any]) -> saved_as.AnyState:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _unreadable(stream, f"{place} has an unexpected value") from None


def _unreadable(stream: str, why: str) -> UserError:
    return ConfigError(
        f"The saved state of stream '{stream}' cannot be understood: {why}. Clear this stream's data, then sync again."
    )
