"""What a worker is told to read: frozen, small, without a secret, and the same each time it is read.

Timestamps are integer microseconds. Positions are those of `extents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from source_fauna.parts.extents import Entry


@dataclass(frozen=True, kw_only=True)
class Documents:
    """The documents whose ids lie from `low` to `high`, both included, at the snapshot; `count` of them were planned.

    With `since`, those with a ts above it alone are wanted. `is_conditional` tells that the key may read what fits a
    condition, and nothing else.
    """

    collection: str
    snapshot: int
    low: int
    high: int
    count: int
    since: int | None = None
    is_conditional: bool = False


@dataclass(frozen=True, kw_only=True)
class Updates:
    """The documents whose entries in the index lie from `low` to `high`, both included, at the snapshot.

    `count` entries were planned; with `has_further` a document may have several of them, so that nobody can compare it.
    An index that is younger than `since` may lack some.
    """

    collection: str
    index: str
    has_further: bool
    snapshot: int
    since: int
    low: Entry
    high: Entry
    count: int
    is_conditional: bool = False


@dataclass(frozen=True, kw_only=True)
class Removals:
    """The deletions after `since` up to the snapshot; when some may be lost, `bears_loss` says to go on."""

    collection: str
    snapshot: int
    since: int
    bears_loss: bool


Part: TypeAlias = Documents | Updates | Removals
