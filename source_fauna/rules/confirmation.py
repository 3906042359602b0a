"""Whether what was read may be believed: that it was all because there is no more.

A key that loses its right to read gets empty pages, and one that may read under a condition gets pages without the
documents that do not fit it, and without the events of all deleted documents. A collection that took over the name of
the one that was read has none of what was read. None of this is an error. So one query asks for the right to read, for
the collection, and whether the page still shows what it showed. A page and then a probe would not do: the right may
come back in between, or another node may answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from source_fauna.database import queries, questions
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import ConfigError, FaunaError, UserError
from source_fauna.errors.table import Kind
from source_fauna.rules.steps import Steps

Confirming: TypeAlias = Steps[Expression, bool]
"""Yields expressions; raises the FaunaError of one, or another error."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whether a claim is true, for a key that may read all; with a snapshot, in the collection that was read then.

    Without a claim the right to read is the whole question.
    """

    collection: str
    claim: Expression | None = None
    snapshot: int | None = None

    @property
    def expression(self) -> Expression:
        """What the server is asked: true, false, or the errors of the probe and of the definition."""
        claim = True if self.claim is None else self.claim
        confirmed = questions.confirmed(self.collection, claim)
        return confirmed if self.snapshot is None else questions.identified(self.collection, self.snapshot, confirmed)

    def and_also(self, claim: Expression) -> Question:
        """The question whether another claim is true as well."""
        return replace(self, claim=claim if self.claim is None else questions.both(self.claim, claim))


def confirming(question: Question, *, condition: UserError | None) -> Confirming:
    """Whether the claim is true for a key that may read all that there is; if not, the page is to be asked for again.

    `condition` is raised for a key that may read under a condition; None: such a key is accepted. FaunaError FORBIDDEN
    is raised for a key that may read nothing, and the error that `is_replaced` for another collection.
    """
    try:
        return (yield from _answer(question))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN:
            raise
        refusal = error
    if not _concerns_probe(refusal):
        if question.snapshot is None or not _concerns_definition(refusal):
            raise refusal
        # The key may not read the definition of the collection.
        return (yield from confirming(replace(question, snapshot=None), condition=condition))
    return (yield from confirming_refused(question, refusal, condition=condition))


def confirming_refused(question: Question, refusal: FaunaError, *, condition: UserError | None) -> Confirming:
    """The same when the probe was refused: the right may be back, or be one under a condition.

    Raises the refusal if the key may read nothing.
    """
    something = questions.something_in(queries.first_id(question.collection))
    try:
        is_back = yield from _answer(question.and_also(something))
    except FaunaError as error:
        if error.kind is not Kind.FORBIDDEN or not _concerns_probe(error):
            raise
        if condition is None:
            return True
        raise condition from error
    if is_back:
        # Without a claim that says nothing of the page, which may have been read without the right.
        return question.claim is not None
    if (yield something).result():
        return False
    raise refusal


def is_replaced(error: FaunaError) -> bool:
    """Whether an error says that the collection of this name is not the one that had it at an earlier time.

    Told by its text where it did not exist: an error that is taken for one of the probe would confirm a page of another
    collection.
    """
    return error.kind is Kind.RENAMED or (error.kind is Kind.MISSING and error.description == questions.NOT_FOUND_THEN)


def hides_deletions(collection: str) -> ConfigError:
    """The error when the key may read what fits a condition: it sees no events of deleted documents."""
    return ConfigError(
        f"The key may read collection '{collection}' under a condition only, which hides the events of deleted "
        "documents, so their deletions would be lost. Give its role read without a condition, or switch deletions off."
    )


def _answer(question: Question) -> Confirming:
    """What the question is answered with; 404 of the probe is what it is meant to be."""
    try:
        return bool((yield question.expression).result())
    except FaunaError as error:
        if error.kind is not Kind.MISSING or not _concerns_probe(error):
            raise
        return True


def _concerns_definition(error: FaunaError) -> bool:
    return error.position[:2] == questions.DEFINITION or is_replaced(error)


def _concerns_probe(error: FaunaError) -> bool:
    """Not if it lies within the claim: an index there may be refused too, which says nothing of documents."""
    return not _concerns_definition(error) and "if" not in error.position
