"""What can go wrong, and the one place where it becomes an error for users.

FaunaError              an answer that is not a result, or no answer; its `kind` says what it means
└── (raised to users as)  AirbyteTracedException, made here and nowhere else

`error_table` has the rows: what an answer means, who can mend it, and what they must do.
"""

from __future__ import annotations

import textwrap
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.error_table import NO_ANSWER, TABLE, UNLISTED, Kind, Row

MOST_CHARACTERS = 1_000
"""Of a description: more is no help to who reads it. It stands on one line."""


class FaunaError(Exception):
    """An answer of the server that is not a result, or the lack of any answer.

    `status` is None and `code` empty when the server did not answer; `description` is the server's text, or a short
    reason of ours. `position` is where in the query the server saw the error. It never holds the secret, nor what a
    document holds.
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
    ) -> None:
        super().__init__(description)
        self.row = row
        self.status = status
        self.code = code
        self.description = description
        self.position = position
        self.retry_after_seconds = retry_after_seconds

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


def no_answer(kind: Kind, description: str) -> FaunaError:
    """The error for a request without an answer of a Fauna server that can be read; `description` is a short reason."""
    return FaunaError(row=NO_ANSWER[kind], description=description)


def not_fauna() -> FaunaError:
    """The error for an answer of something else than a Fauna server, in the words that users know."""
    return no_answer(Kind.NOT_FAUNA, "Invalid JSON.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_error(body: Any) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def config_error(message: str) -> AirbyteTracedException:
    """An error that the user mends in the source's settings, the catalog, the state or the database's schema."""
    return _traced(message, FailureType.config_error)


def transient_error(message: str) -> AirbyteTracedException:
    """An error that passes by itself."""
    return _traced(message, FailureType.transient_error)


def system_error(message: str) -> AirbyteTracedException:
    """An error that nobody can mend by a setting."""
    return _traced(message, FailureType.system_error)


def traced(error: FaunaError, *, doing: str) -> AirbyteTracedException:
    """The user's form of an error: what we were doing, what the server said, what to do.

    `doing` is a clause such as "reading stream 'users'".
    """
    return _traced(f"Error while {doing}: {error.reason}. {error.row.advice}", error.row.failure_type)


def unexpected(error: Exception, *, doing: str) -> AirbyteTracedException:
    """The user's form of a fault of our own: its kind and way, not its text, which may quote a document."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {place.name}, {PurePath(place.filename).name}:{place.lineno}"
    told = AirbyteTracedException(
        message=f"Unexpected error while {doing}. This is a fault of the connector: please report it with its log.",
        internal_message=where,
        failure_type=FailureType.system_error,
    )
    return told.with_traceback(error.__traceback__)


def summary(failures: Mapping[str, AirbyteTracedException]) -> AirbyteTracedException:
    """One error for all streams that failed: a config error only if nothing but a person can help."""
    types = {error.failure_type for error in failures.values()}
    worst = next(
        kind
        for kind in (FailureType.system_error, FailureType.transient_error, FailureType.config_error)
        if kind in types
    )
    listed = "\n".join(f"{name}: {error.message}" for name, error in failures.items())
    return _traced(f"During the sync, the following streams did not sync successfully:\n{listed}", worst)


def _traced(message: str, failure_type: FailureType) -> AirbyteTracedException:
    return AirbyteTracedException(message=message, internal_message=message, failure_type=failure_type)
