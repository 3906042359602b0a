"""Confirmations of what a worker has read: the rules of `rules.confirmation`, by its requests and in its words."""

from __future__ import annotations

from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError, UserError
from source_fauna.records.values import time_text
from source_fauna.rules.confirmation import Question, confirming, is_replaced
from source_fauna.rules.steps import taken


def confirm(client: Client, question: Question, *, is_conditional: bool) -> None:
    """Return when the claim holds. Raises FaunaError, a transient error when it is false, and config errors.

    `is_conditional`: the key could read what fits a condition alone when it began.
    """
    if not holds(client, question, condition=None if is_conditional else narrowed(question.collection)):
        raise disagreement(question.collection)


def holds(client: Client, question: Question, *, condition: UserError | None) -> bool:
    """Whether the claim holds. Raises FaunaError, the condition, and the error of a replaced collection."""
    try:
        return taken(confirming(question, condition=condition), client.query)
    except FaunaError as error:
        if question.snapshot is None or not is_replaced(error):
            raise
        raise replaced(question.collection, question.snapshot) from error


def replaced(collection: str, then: int) -> ConfigError:
    """The error when another collection bears the name by now."""
    return ConfigError(
        f"The collection that was called '{collection}' at {time_text(then)} is gone, and another has its name: it was "
        "deleted and created again, or renamed, since it was planned to be read. Read the new one from its beginning."
    )


def narrowed(collection: str) -> ConfigError:
    """The error when the key may read what fits a condition, and could read all before."""
    return ConfigError(
        f"The role of the key was put under a condition while collection '{collection}' was read, so what does not fit "
        "it may be missing. Read it again."
    )


def disagreement(collection: str) -> TransientError:
    """The error when a page is not confirmed."""
    return TransientError(
        f"What the database shows of collection '{collection}' differs from one request to the next: what the key may "
        "read was changed meanwhile, or the nodes do not agree on it. Read it again."
    )
