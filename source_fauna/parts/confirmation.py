"""Whether what was read may be believed: that it was all because there is no more.

A key that loses its right to read gets empty pages, and a collection that took over the name of the one that was read
has none of what was planned; neither is an error. So a part ends with one question, which asks for the right to read,
for the collection of the snapshot, and whether nothing is left, all in one query.
"""

from __future__ import annotations

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.records.values import time_text


def confirm(client: Client, collection: str, snapshot: int, claim: Expression, *, is_conditional: bool) -> None:
    """Return when the claim about the collection holds. Raises FaunaError (FORBIDDEN: the right was lost).

    Raises a config error when the collection is another by now, and a transient one when the claim is false.
    """
    if not _holds(client, collection, snapshot, claim, is_conditional=is_conditional):
        raise TransientError(
            f"What the database shows of collection '{collection}' differs from one request to the next: what the key "
            "may read was changed meanwhile, or the nodes do not agree on it. Read it again."
        )


def _holds(client: Client, collection: str, snapshot: int, claim: Expression, *, is_conditional: bool) -> bool:
    question = questions.identified(collection, snapshot, questions.confirmed(collection, claim))
    try:
        return _answer(client, question)
    except FaunaError as error:
        if is_replaced(error):
            raise replaced(collection, snapshot) from error
        if error.kind is not Kind.FORBIDDEN:
            raise
        if error.position[:2] == questions.DEFINITION:
            return _holds_by_name(client, collection, claim, is_conditional=is_conditional)
        if not is_conditional:
            raise
        return _holds_under_condition(client, collection, claim, error)


def _answer(client: Client, question: Expression) -> bool:
    """What the question is answered with; 404 of the probe is what it is meant to be. Raises FaunaError."""
    try:
        return bool(client.query(question))
    except FaunaError as error:
        if error.kind is not Kind.MISSING or is_replaced(error):
            raise
        return True


def _holds_by_name(client: Client, collection: str, claim: Expression, *, is_conditional: bool) -> bool:
    """The same for a key that may not read the definition of the collection, which the plan has told of."""
    try:
        return _answer(client, questions.confirmed(collection, claim))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN or not is_conditional:
            raise
        return _holds_under_condition(client, collection, claim, error)


def _holds_under_condition(client: Client, collection: str, claim: Expression, refusal: FaunaError) -> bool:
    """The same for a key that may read what fits a condition; raises the refusal when nothing fits it."""
    something = questions.something_in(queries.first_id(collection))
    is_true, is_open = client.query(queries.together([claim, something]))
    if not is_open:
        raise refusal
    return bool(is_true)


def hides_deletions(collection: str) -> ConfigError:
    """The error when the key may read what fits a condition: it sees no events of deleted documents."""
    return ConfigError(
        f"The key may read collection '{collection}' under a condition only, which hides the events of deleted "
        "documents, so their deletions would be lost. Give its role read without a condition, or switch deletions off."
    )


def is_replaced(error: FaunaError) -> bool:
    """Whether an error says that the collection of this name is not the one that had it at an earlier time."""
    return error.kind is Kind.RENAMED or error.description == questions.NOT_FOUND_THEN


def replaced(collection: str, then: int) -> ConfigError:
    """The error when another collection bears the name by now."""
    return ConfigError(
        f"The collection that was called '{collection}' at {time_text(then)} is gone, and another has its name: it was "
        "deleted and created again, or renamed, since it was planned to be read. Read the new one from its beginning."
    )
