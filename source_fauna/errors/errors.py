"""What can go wrong.

FaunaError          the server answered with an error, or did not answer; `kind` says which error it is
UserError           the message for the user: what is wrong, and what to do
├── ConfigError     the user can fix it
├── TransientError  it goes away by itself
└── SystemFailure   no setting can fix it

`explained` converts a FaunaError to a UserError. It looks the error up in `table`, whose rows say what an answer means,
who can fix it, and how. Nothing here knows Airbyte: `source_fauna.traced` converts a UserError to Airbyte's exception.
"""

from __future__ import annotations

import textwrap
import traceback
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from source_fauna.errors.table import NO_ANSWER, TABLE, UNLISTED, Failure, Kind, Row

MOST_CHARACTERS = 1_000
"""The limit for the server's description in a message. Longer text does not help the user."""


MOST_LISTED = 100
"""How many failed streams one message lists. Each of them has an error of its own, too."""


class UserError(Exception):
    """An error with a message for the user. `internal` is a text for maintainers, such as a place in the code.

    Neither text ever contains the secret or the content of a document.
    """

    failure: ClassVar[Failure]

    def __init__(self, message: str, *, internal: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.internal = internal or message


class ConfigError(UserError):
    """The user can fix it: in the source's settings, the catalog, the saved state or the database's schema."""

    failure = Failure.CONFIG


class TransientError(UserError):
    """It goes away by itself."""

    failure = Failure.TRANSIENT


class SystemFailure(UserError):
    """No setting can fix it."""

    failure = Failure.SYSTEM


_OF_FAILURE: dict[Failure, type[UserError]] = {
    kind.failure: kind for kind in (SystemFailure, TransientError, ConfigError)
}
"""Sorted from the most to the least severe. The error of a whole sync has the most severe type of its streams."""


class FaunaError(Exception):
    """The server answered with an error, or gave no answer.

    `status` is None and `code` is empty when the server did not answer. `description` is the server's text, or a short
    reason of ours. `position` is the place in the query where the server found the error. If the answer was too large,
    `excess` is its size divided by the limit, or 2 if the size is unknown. No attribute contains the secret or the
    content of a document.
    """

    def __init__(
        self,
        *,
        row: Row,
        description: str,
        status: int | None = None,
        code: str = "",
        position: tuple[str | int, ...] = (),
        retry_after_seconds: float | None = None,
        excess: float = 2.0,
    ) -> None:
        super().__init__(description)
        self.row = row
        self.status = status
        self.code = code
        self.description = description
        self.position = position
        self.retry_after_seconds = retry_after_seconds
        self.excess = excess

    @property
    def kind(self) -> Kind:
        """What the answer means."""
        return self.row.kind

    @property
    def concerns_request(self) -> bool:
        """Whether the server failed on this very request, and may answer another one."""
        was_answered = self.status is not None
        return self.kind in (Kind.SERVER_FAULT, Kind.TOO_LARGE) or (self.kind is Kind.TIMED_OUT and was_answered)

    @property
    def reason(self) -> str:
        """The server's status, code and text on one line, or our own short reason, without the final full stop."""
        text = self.description.rstrip(".")
        if self.status is None:
            return text
        return f"{self.status} {self.code}: {text}" if self.code else f"{self.status}: {text}"


def from_answer(
    *, status: int, body: Any, retry_after_seconds: float | None = None, hide: Callable[[str], str] = str
) -> FaunaError:
    """The error for an answer with a status other than 200 or 201.

    `body` is its decoded JSON. A Fauna server sends `{"errors": [{"code": …, "description": …}, …]}`. Any other body
    comes from something else, such as a proxy. Then only the status counts: a proxy's 503 is still a 503. `hide` masks
    the secret in a text: a server may quote it.
    """
    first = _first_error(body)
    code = _text(first.get("code"))
    description = _text(first.get("description")) or "the answer holds no error of a Fauna database"
    position = first.get("position")
    row = next((row for row in TABLE if row.fits(status=status, code=code, description=description)), UNLISTED)
    if not first and not row.speaks_alone:
        return not_fauna()
    return FaunaError(
        row=row,
        status=status,
        code=textwrap.shorten(hide(code), MOST_CHARACTERS, placeholder=" …"),
        # Shortened last: a part of the secret would not be recognised.
        description=textwrap.shorten(hide(description), MOST_CHARACTERS, placeholder=" …"),
        position=tuple(position) if isinstance(position, list) else (),
        retry_after_seconds=retry_after_seconds,
    )


def no_answer(kind: Kind, description: str, *, excess: float = 2.0) -> FaunaError:
    """The error for a request that got no readable answer from a Fauna server. `description` is a short reason."""
    return FaunaError(row=NO_ANSWER[kind], description=description, excess=excess)


def not_fauna() -> FaunaError:
    """The error for an answer that does not come from a Fauna server. Users know its text from earlier releases."""
    return no_answer(Kind.NOT_FAUNA, "Invalid JSON.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_error(body: Any) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def explained(error: FaunaError, *, doing: str) -> UserError:
    """The message for the user: what the connector was doing, what the server said, and what to do.

    `doing` is a clause such as "reading stream 'users'".
    """
    told = f"Error while {doing}: {error.reason}. {error.row.advice}"
    return _OF_FAILURE[error.row.failure](told)


def unexpected(error: Exception, *, doing: str) -> UserError:
    """The error for a bug in the connector. It names the exception's type and place.

    It leaves out the exception's text, which may quote a document.
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {place.name}, {PurePath(place.filename).name}:{place.lineno}"
    told = f"Unexpected error while {doing}. This is a fault of the connector: please report it with its log."
    return SystemFailure(told, internal=where).with_traceback(error.__traceback__)


def summary(failures: Sequence[tuple[str, UserError]]) -> UserError:
    """One error that lists the failed streams by name. It is a config error only if every one of them is."""
    failed = {error.failure for _, error in failures}
    worst = next(kind for failure, kind in _OF_FAILURE.items() if failure in failed)
    listed = [f"{name}: {error.message}" for name, error in failures[:MOST_LISTED]]
    if len(failures) > MOST_LISTED:
        listed.append(f"and {len(failures) - MOST_LISTED} others, each with an error of its own above")
    return worst("\n".join(["During the sync, the following streams did not sync successfully:", *listed]))
