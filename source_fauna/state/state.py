"""The state of a stream as frozen values: parsed from every saved format, and written in the current one.

Full refresh   FullSyncState    a snapshot, and the ranges of ids that the walk has not read yet
Incremental    IncrementalState the ranges that the walk has not read yet, the last update, the last deletion

Each mode reads and writes only its own keys. A state that cannot be understood is a config error that tells the user to
clear the stream's data: a silent restart could hide a loss. `state.saved` has the saved formats.
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
    """The ranges, sorted by their first id."""
    return tuple(sorted(ranges, key=lambda each: each.low))


LAST_ID = -1
"""The id that comes last among all ids of one ts, in the order of an index."""

WHOLE = (IdRange(),)
"""The remaining ranges of a walk that has not begun."""


@dataclass(frozen=True, kw_only=True)
class FullSyncState:
    """The state of a full refresh: its snapshot in microseconds, and the ranges that are not read yet.

    `snapshot` is None if nothing was saved. `done` is the sync_id of the job that emitted everything. `done_at` is the
    time when it did (microseconds of the wall clock); it is None in older states.
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
    """The remaining ranges of a walk over all documents. The walk emits only documents with a ts above `since`."""

    ranges: tuple[IdRange, ...] = WHOLE
    since: int | None = None

    def dump(self) -> dict[str, Any]:
        """`{"ranges": […]}`, with `since` when it is set."""
        since = {} if self.since is None else {"since": self.since}
        return {"ranges": [each.dump() for each in self.ranges], **since}


@dataclass(frozen=True, kw_only=True)
class Position:
    """Everything up to (ts, document_id) was emitted. If document_id is None, everything at ts was emitted too.

    The order is that of an index: within one ts, negative ids come after all others (recording `negative_ids`). So 0 is
    the first id of a ts, and -1 the last.
    """

    ts: int
    document_id: int | None = None

    @classmethod
    def behind(cls, ts: int, document_id: int) -> Position:
        """The position after the entry (ts, document_id): it was emitted, and so was everything before it."""
        return cls(ts=ts) if document_id == LAST_ID else cls(ts=ts, document_id=document_id)

    @classmethod
    def before(cls, ts: int, document_id: int) -> Position:
        """The position before the entry (ts, document_id): everything before it was emitted, but not the entry."""
        if document_id == 0:
            return cls(ts=max(ts - 1, 0))
        return cls(ts=ts, document_id=GREATEST_ID if document_id == LEAST_ID else document_id - 1)

    @property
    def whole_until(self) -> int:
        """The last ts, in microseconds, up to which everything was emitted: at `ts` itself, some of it may not be."""
        return self.ts if self.document_id is None else self.ts - 1

    def covers(self, ts: int) -> bool:
        """Whether everything up to and including ts was emitted."""
        return self.ts > ts or (self.ts == ts and self.document_id is None)

    def dump(self) -> dict[str, Any]:
        """`{"ts": …, "ref": "<id>"}`; ref only when it is set."""
        ref = {} if self.document_id is None else {"ref": str(self.document_id)}
        return {"ts": self.ts, **ref}


@dataclass(frozen=True, kw_only=True)
class IncrementalState:
    """The state of an incremental stream: U is `updates`, R is `deletions`, both in microseconds.

    `walk` is the rest of a walk over all documents. `updates` is None until the first walk begins.

    Every deletion up to `deletions` was emitted. It is None if deletions were never read and no earlier state had it.
    While it is 0, the first pass over the existing history is not finished, and `passed` is the position of that pass.
    The first pass does not have to prove that history reaches back to its position.
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
        """The time since which the collection must be the same one, because documents were read from then on.

        None if no document was read yet.
        """
        if self.walk is not None and self.walk.since is not None:
            return self.walk.since
        return self.updates.ts if self.updates else None

    @property
    def is_walked(self) -> bool:
        """Whether the walk has read all documents, so that only updates remain."""
        return self.updates is not None and self.walk is None

    def begun_at(self, snapshot: int, *, reads_deletions: bool) -> IncrementalState:
        """The state just before the first walk, at this snapshot, emits its first document.

        U is the snapshot. R is the position of the first pass of deletions. If the stream does not read deletions, R is
        U: it stays in the state, so that a later sync with deletions reports all that happened since.
        """
        if self.updates is not None:
            return self
        return IncrementalState(
            walk=WalkState(),
            updates=Position(ts=snapshot),
            deletions=self.deletions or (self.passed if reads_deletions else snapshot),
        )

    def after_deletions(self, position: int, *, is_last: bool) -> IncrementalState:
        """The state after all deletions up to the position were emitted.

        In the first pass R stays 0 until the pass reaches S or documents are read. Until then nothing is lost when the
        server removes old history, because no document was emitted.
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
    """A legacy `after` is the entry to continue with. A legacy ref of "" means that nothing at ts was emitted.

    A ref of -1 means the same, because some releases took it for the id before 0. The current version never saves -1:
    it leaves the ref out when everything at ts was emitted. Some documents may be emitted twice, but none is lost.
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
    """A legacy cursor names an event. Deletions at its ts may be emitted again, so that none is missed."""
    if saved.after is not None:
        return max(saved.after - 1, 0)
    if saved.ts is None:
        _require_empty(stream, REMOVES, saved)
        return None
    return saved.ts if saved.ref is None else max(saved.ts - 1, 0)


def _require_empty(stream: str, key: str, saved: saved_as.UpdatesCursor | saved_as.RemoveCursor) -> None:
    """Raise a config error if the cursor has other keys but no ts, because its ts was lost."""
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
