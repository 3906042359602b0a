"""A document that the server cannot read: it alone is too large or too slow, so no smaller page helps."""

from __future__ import annotations

from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError, SystemFailure
from source_fauna.errors.table import Kind
from source_fauna.rules.steps import Steps


def naming_unreadable(error: FaunaError, *, collection: str, first: Expression) -> Steps[Expression, None]:
    """Raise a system error that names the document, if the error of a page is that of a single one.

    `first` asks for a page of one ref, that with which the failed page begins. Raises the FaunaError of asking for it.
    """
    if not error.concerns_request or error.kind is Kind.SERVER_FAULT:
        return
    for ref in (yield first).result()["data"]:
        raise SystemFailure(
            f"Document '{ref['@ref']['id']}' of collection '{collection}' cannot be read: {error.reason}. Make the "
            "document smaller, or relieve the database, then read again."
        ) from error
