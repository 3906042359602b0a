"""The saved JSON of a state, in every format that any version has written. Here it becomes typed.

The releases 0.1.x saved `ref` as digits or "", and `after` as a text that holds wire JSON. Unknown keys, among them
the leftovers of prototypes (add_remove_cursor, now, _comment), are ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from source_fauna.records.values import GREATEST_ID, LEAST_ID


def _document_id(value: Any) -> Any:
    """Decimal text of a signed 64-bit integer, as the server writes ids."""
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdecimal()) or not LEAST_ID <= int(value) <= GREATEST_ID:
        raise ValueError("not the id of a document")
    return int(value)


def _wire(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - pydantic takes ValueErrors only
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise ValueError("not wire JSON") from error


def _id_of(ref: Any) -> int:
    try:
        return int(_document_id(ref["@ref"]["id"]))
    except (TypeError, KeyError) as error:
        raise ValueError("not a ref") from error


def _ts_of(value: Any) -> int:
    if type(value) is not int or not 0 <= value < GREATEST_ID:
        raise ValueError("not a timestamp")
    return value


def _documents_after(value: Any) -> int:
    """The id in `[ref]`, a saved cursor of a page of documents. Reading continues with this document."""
    cursor = _wire(value)
    if not isinstance(cursor, list) or len(cursor) != 1:
        raise ValueError("not a cursor of documents")
    return _id_of(cursor[0])


def _updates_after(value: Any) -> tuple[int, int]:
    """The ts and id in `[ts, ref, ref]`, a saved cursor of an index page. Reading continues with this entry."""
    cursor = _wire(value)
    if not isinstance(cursor, list) or len(cursor) < 2:
        raise ValueError("not a cursor of an index")
    return _ts_of(cursor[0]), _id_of(cursor[1])


def _event_after(value: Any) -> int:
    """The ts in `{"ts": …, "action": …, "document": …}`, a saved cursor of events. Reading continues with this ts."""
    cursor = _wire(value)
    if not isinstance(cursor, dict) or "ts" not in cursor:
        raise ValueError("not a cursor of events")
    return _ts_of(cursor["ts"])


Timestamp = Annotated[int, Field(ge=0, lt=GREATEST_ID, strict=True)]
DocumentId = Annotated[int, BeforeValidator(_document_id)]


def _legacy_ref(value: Any) -> Any:
    return "" if value == "" else _document_id(value)


LegacyRef = Annotated[Any, BeforeValidator(_legacy_ref)]
"""An id, or "" if nothing at ts was emitted."""


class _Saved(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    @property
    def is_empty(self) -> bool:
        """Whether none of its keys was saved, not even as null."""
        return not self.model_fields_set


class Range(_Saved):
    """A range of ids. If an end is absent, the range is open there."""

    low: DocumentId | None = Field(default=None, alias="from")
    high: DocumentId | None = Field(default=None, alias="to")


class FullSyncCursor(_Saved):
    """`{"ts", "ranges"}`, `{"done": sync_id[, "done_at"]}`, or a legacy `{"ts"[, "after"]}`."""

    ts: Timestamp | None = None
    ranges: list[Range] | None = None
    done: Annotated[int, Field(strict=True)] | None = None
    done_at: Timestamp | None = None
    after: Annotated[int, BeforeValidator(_documents_after)] | None = None


class InitialSyncCursor(_Saved):
    """`{"ranges"[, "since"]}`: the part of the first walk that remains."""

    ranges: list[Range] | None = None
    since: Timestamp | None = None


class UpdatesCursor(_Saved):
    """`{"ts"[, "ref"]}`, or a legacy one with a ref of "" or an `after`."""

    ts: Timestamp | None = None
    ref: LegacyRef | None = None
    after: Annotated[tuple[int, int], BeforeValidator(_updates_after)] | None = None


class RemoveCursor(_Saved):
    """`{"ts"[, "passed"]}`, or a legacy one with a ref or an `after`."""

    ts: Timestamp | None = None
    passed: Timestamp = 0
    ref: LegacyRef | None = None
    after: Annotated[int, BeforeValidator(_event_after)] | None = None


class FullRefresh(_Saved):
    """The keys of a full refresh. The CDK's two sentinels are unknown keys here, and are ignored."""

    full_sync_cursor: FullSyncCursor | None = None


class Incremental(_Saved):
    """The keys of an incremental stream."""

    initial_sync_cursor: InitialSyncCursor | None = None
    updates_cursor: UpdatesCursor | None = None
    remove_cursor: RemoveCursor | None = None


AnyState = TypeVar("AnyState", FullRefresh, Incremental)
