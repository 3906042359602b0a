"""The messages for a collection whose history does not reach back far enough, or belongs to another collection."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.records.values import time_text
from source_fauna.schema.definitions import Collection

logger = logging.getLogger("airbyte.source_fauna")

SHORT_HISTORY_DAYS = 3
"""With less history than this, a weekend without syncs loses deletions."""

DAY_MICROS = 86_400_000_000
GRACE_MICROS = 900_000_000
"""The 15 minutes of history that the server keeps beyond history_days."""

_MINIMUM = re.compile(r"minimum allowed timestamp (\S+?)\.?$")


def warn_of_short_history(collection: Collection) -> None:
    """Warn in the log when the history is so short that syncs are likely to miss deletions."""
    days = collection.history_days
    if days is not None and days < SHORT_HISTORY_DAYS:
        logger.warning(
            "Collection '%s' keeps %d days of history: deletions are lost when syncs are further apart than "
            "that plus 15 minutes. This raises it: %s",
            collection.name,
            days,
            raising_line(collection.name),
        )


def raising_line(collection: str) -> str:
    """The FQL statement that raises history_days, in the syntax of fauna-shell."""
    return f'Update(Collection("{collection}"), {{history_days: 30}})'


def unknown_deletions(collection: Collection, *, snapshot: int) -> str:
    """The warning when documents were read before, but deletions never. `snapshot` is in microseconds."""
    since = collection.ts if collection.history_days is None else snapshot - collection.history_days * DAY_MICROS
    return (
        f"Deletions of collection '{collection.name}' were not read before. Rows deleted before "
        f"{time_text(since - GRACE_MICROS)} cannot be known any more and stay in the table: clear the stream's data to "
        "drop them."
    )


def renamed(collection: str, *, position: int, name_then: str) -> str:
    """The error when a collection had another name at a saved position (microseconds)."""
    return (
        f"Collection '{collection}' was called '{name_then}' at {time_text(position)}, up to where its stream was "
        "read: the name has gone from one collection to another since, and the saved state belongs to the other. Clear "
        "the stream's data and sync again."
    )


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Deletions after `position` (microseconds) may be lost, as the server's `error` shows."""

    collection: str
    position: int
    error: FaunaError

    @property
    def window(self) -> str:
        """What may be lost: a sentence without its dot."""
        begin = time_text(self.position)
        if self.error.kind is Kind.MISSING:
            return (
                f"Collection '{self.collection}' did not exist at {begin}, up to where its deletions were read: it was "
                "deleted and created again, or renamed"
            )
        found = _MINIMUM.search(self.error.description)
        end = f"{found.group(1)}, before which" if found else "a time before which"
        return (
            f"Deletions of collection '{self.collection}' may be lost: they are known up to {begin}, and the database "
            f"has dropped the history from there to {end} it keeps none"
        )

    @property
    def message(self) -> str:
        """What may be lost, and what to do, in the order in which it must be done."""
        if self.error.kind is Kind.MISSING:
            return f"{self.window}. Clear the stream's data and sync again. Or switch deletions off."
        return (
            f"{self.window}. First raise the collection's history_days, {raising_line(self.collection)}, "
            "or sync more often (raising it brings nothing back); then clear the stream's data and sync again. "
            "Or switch deletions off."
        )

    @property
    def warning(self) -> str:
        """The same for users who prefer a table with some rows too many to a sync that fails."""
        return (
            f"{self.window}. The sync goes on from what history still holds, as lost_history says; rows deleted in "
            "that time stay in the table until the stream's data is cleared."
        )
