"""What is said when the history of a collection does not reach back to what is read."""

from __future__ import annotations

import logging

from source_fauna.errors.errors import ConfigError
from source_fauna.errors.table import Kind
from source_fauna.schema.history import Loss, raising_line

logger = logging.getLogger("airbyte.source_fauna")


def tell(loss: Loss, *, bears_loss: bool) -> None:
    """Warn of a loss. Raises a config error unless the user bears it."""
    if not bears_loss:
        raise _lost(loss) from loss.error
    logger.warning("%s", _borne(loss))


def _lost(loss: Loss) -> ConfigError:
    """The error: what is lost, and what to do, in the order in which it has to be done."""
    anew = "read the collection into an empty table, with a new checkpoint. Or switch deletions off"
    if loss.error.kind is Kind.MISSING:
        return ConfigError(f"{loss.window}. To go on, {anew}.")
    return ConfigError(
        f"{loss.window}. First raise the collection's history_days, {raising_line(loss.collection)}, or run the stream "
        f"more often (raising it brings nothing back); then {anew}."
    )


def outlived(collection: str) -> ConfigError:
    """The error when a snapshot is gone from history while it is read, or was before."""
    return ConfigError(
        f"The snapshot of collection '{collection}' is older by now than the history that the database keeps of it, "
        f"history_days plus 15 minutes. Raise its history_days, {raising_line(collection)}, so that it outlasts the "
        "job, then read again (raising it brings nothing back)."
    )


def _borne(loss: Loss) -> str:
    """The warning when the user prefers a table with some rows too many to a stream that fails."""
    return (
        f"{loss.window}. The stream goes on from what history still holds, as lost_history says; rows deleted in that "
        "time stay in the table until it is read anew."
    )
