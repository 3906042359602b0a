"""Whether what was read may be believed: that it was all because there is no more.

A key that loses its right to read gets empty pages, and a collection that was deleted and created again under its name
has none of what was planned; neither is an error. So a part ends with one question, which asks for the right to read,
for the collection of the snapshot, and whether nothing is left, all in one query.
"""

from __future__ import annotations

from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.parts.expressions import ANOTHER, confirmed_in
from source_fauna.records.values import time_text


def confirm(client: Client, part_of: str, snapshot: int, claim: Expression, *, is_conditional: bool) -> None:
    """Return when the claim about the collection holds. Raises FaunaError (FORBIDDEN: the right was lost).

    Raises a config error when the collection is another by now, and a transient one when the claim is false.
    """
    if not _holds(client, part_of, snapshot, claim, is_conditional=is_conditional):
        raise TransientError(
            f"What the database shows of collection '{part_of}' differs from one request to the next: what the key may "
            "read was changed meanwhile, or the nodes do not agree on it. Read it again."
        )


def _holds(client: Client, collection: str, snapshot: int, claim: Expression, *, is_conditional: bool) -> bool:
    try:
        answer = _answer(client, confirmed_in(collection, snapshot, claim))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        if "if" in error.position[:1]:
            return _holds_in_unknown(client, collection, claim, is_conditional=is_conditional)
        if not is_conditional:
            raise
        return _holds_under_condition(client, collection, claim, error)
    if answer == ANOTHER:
        raise recreated(collection, snapshot)
    return bool(answer)


def _answer(client: Client, question: Expression) -> bool | str:
    """What the question is answered with; 404 of the probe is what it is meant to be. Raises FaunaError."""
    try:
        answer: bool | str = client.query(question)
    except FaunaError as error:
        if error.kind is not Kind.MISSING:
            raise
        return ANOTHER if error.description == questions.NOT_FOUND_THEN else True
    return answer


def _holds_in_unknown(client: Client, collection: str, claim: Expression, *, is_conditional: bool) -> bool:
    """The same for a key that may not read the definition of the collection."""
    try:
        return bool(_answer(client, questions.confirmed(collection, claim)))
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


def recreated(collection: str, snapshot: int) -> ConfigError:
    """The error when another collection bears the name by now."""
    return ConfigError(
        f"The collection that was called '{collection}' at {time_text(snapshot)} is gone, and another has its name: it "
        "was deleted and created again, or renamed, while it was read. Read the new one from its beginning."
    )
