"""What can go wrong.

FaunaError          an answer that is not a result, or no answer; its `kind` says what it means
UserError           what the user is told: what is wrong, and what to do
├── ConfigError     the user can mend it
├── TransientError  it passes by itself
└── SystemFailure   nobody can mend it by a setting

`explained` turns the first into the second by `table`, whose rows say what an answer means, who can mend it, and what
they must do. Nothing here knows Airbyte: `source_fauna.traced` makes Airbyte's exception of a UserError.
"""

from __future__ import annotations

import textwrap
import traceback
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from source_fauna.errors.table import NO_ANSWER, TABLE, UNLISTED, Failure, Kind, Row

MOST_CHARACTERS = 1_000
"""Of a description: more is no help to who reads it. It stands on one line."""


class UserError(Exception):
    """An error in the user's words. `internal` is for those who maintain the connector: a place in its code.

    Neither text ever holds the secret, nor what a document holds.
    """

    failure: ClassVar[Failure]

    def __init__(self, message: str, *, internal: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.internal = internal or message


class ConfigError(UserError):
    """The user mends it in the source's settings, the catalog, the saved state or the database's schema."""

    failure = Failure.CONFIG


class TransientError(UserError):
    """It passes by itself."""

    failure = Failure.TRANSIENT


class SystemFailure(UserError):
    """Nobody can mend it by a setting."""

    failure = Failure.SYSTEM


_OF_FAILURE: dict[Failure, type[UserError]] = {
    kind.failure: kind for kind in (SystemFailure, TransientError, ConfigError)
}
"""The worst first: if anything failed that nobody can mend, that is what the sync came to."""


class FaunaError(Exception):
    """An answer of the server that is not a result, or the lack of any answer.

    `status` is None and `code` empty when the server did not answer; `description` is the server's text, or a short
    reason of ours. `position` is where in the query the server saw the error. Of an answer that was too large `excess`
    tells how many times; 2 where that is not known. It never holds the secret, nor what a document holds.
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
    def reason(self) -> str:
        """The server's status, code and text on one line, or our own short reason; a sentence without its dot."""
        text = self.description.rstrip(".")
        if self.status is None:
            return text
        return f"{self.status} {self.code}: {text}" if self.code else f"{self.status}: {text}"


def from_answer(*, status: int, body: Any, retry_after_seconds: float | None = None) -> FaunaError:
    """The error that an answer with another status than 200 or 201 stands for.

    `body` is its decoded JSON; anything but `{"errors": [{"code": …, "description": …}, …]}` is no answer of a Fauna
    server, and only its status speaks (a proxy's 503 is still a 503).
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
        code=code,
        description=textwrap.shorten(description, MOST_CHARACTERS, placeholder=" …"),
        position=tuple(position) if isinstance(position, list) else (),
        retry_after_seconds=retry_after_seconds,
    )


def no_answer(kind: Kind, description: str, *, excess: float = 2.0) -> FaunaError:
    """The error for a request without an answer of a Fauna server that can be read; `description` is a short reason."""
    return FaunaError(row=NO_ANSWER[kind], description=description, excess=excess)


def not_fauna() -> FaunaError:
    """The error for an answer of something else than a Fauna server, in the words that users know."""
    return no_answer(Kind.NOT_FAUNA, "Invalid JSON.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_error(body: Any) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def explained(error: FaunaError, *, doing: str) -> UserError:
    """The user's form of an error: what we were doing, what the server said, what to do.

    `doing` is a clause such as "reading stream 'users'".
    """
    told = f"Error while {doing}: {error.reason}. {error.row.advice}"
    return _OF_FAILURE[error.row.failure](told)


def unexpected(error: Exception, *, doing: str) -> UserError:
    """The user's form of a fault of our own: its kind and way, not its text, which may quote a document."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {place.name}, {PurePath(place.filename).name}:{place.lineno}"
    told = f"Unexpected error while {doing}. This is a fault of the connector: please report it with its log."
    return SystemFailure(told, internal=where).with_traceback(error.__traceback__)


def summary(failures: Sequence[tuple[str, UserError]]) -> UserError:
    """One error for all streams that failed, by their names: a config error only if nothing but a person can help."""
    failed = {error.failure for _, error in failures}
    worst = next(kind for failure, kind in _OF_FAILURE.items() if failure in failed)
    listed = "\n".join(f"{name}: {error.message}" for name, error in failures)
    return worst(f"During the sync, the following streams did not sync successfully:\n{listed}")
