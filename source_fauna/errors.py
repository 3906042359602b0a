"""The one table of what can go wrong: an answer of the server, who can mend it, and what they must do.

FaunaError              an answer that is not a result, or no answer; its `kind` says what it means
└── (raised to users as)  AirbyteTracedException, made by `traced` and `config_error` only

The rows rest on the statuses and codes of a real server; docs/fauna.md lists them for users.
"""

from __future__ import annotations

import enum
import re
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class Kind(enum.Enum):
    """What an answer means to the one who asked."""

    UNREACHABLE = "unreachable"
    NOT_FAUNA = "not fauna"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    DISABLED = "disabled"
    UNDEFINED = "undefined"
    INACTIVE = "inactive"
    MISSING = "missing"
    HISTORY = "history"
    TOO_LARGE = "too large"
    TIMED_OUT = "timed out"
    BUSY = "busy"
    CONTENDED = "contended"
    OVERLOADED = "overloaded"
    SERVER_FAULT = "server fault"
    BROKEN_CURSOR = "broken cursor"
    REFUSED = "refused"


TRANSIENT = frozenset(
    {
        Kind.UNREACHABLE,
        Kind.NOT_FAUNA,
        Kind.TIMED_OUT,
        Kind.BUSY,
        Kind.CONTENDED,
        Kind.OVERLOADED,
        Kind.SERVER_FAULT,
    }
)
"""Kinds that the same request may survive when it is asked again."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. An answer belongs to the first row whose status, code and text all fit."""

    kind: Kind
    statuses: frozenset[int] = frozenset()
    code: str | None = None
    text: re.Pattern[str] | None = None
    failure_type: FailureType
    advice: str

    def fits(self, *, status: int, code: str, description: str) -> bool:
        """Whether this row describes the answer."""
        return (
            status in self.statuses
            and (self.code is None or self.code == code)
            and (self.text is None or self.text.search(description) is not None)
        )


_LIMITS = re.compile(r"max width|too much compute|exceeds threshold|nesting limit|too large", re.IGNORECASE)

TABLE: tuple[Row, ...] = (
    Row(
        kind=Kind.UNAUTHORIZED,
        statuses=frozenset({401}),
        failure_type=FailureType.config_error,
        advice="The secret is unknown to this database, or its key was deleted or has expired: create a key and save "
        "its secret in the source's settings.",
    ),
    Row(
        kind=Kind.FORBIDDEN,
        statuses=frozenset({403}),
        failure_type=FailureType.config_error,
        advice="The key's role may not read this: give the role read on the collection and on its index.",
    ),
    Row(
        kind=Kind.DISABLED,
        statuses=frozenset({410}),
        failure_type=FailureType.config_error,
        advice="The database's account is disabled: ask who operates the database.",
    ),
    Row(
        kind=Kind.HISTORY,
        statuses=frozenset({400}),
        code="bad request",
        text=re.compile(r"less than minimum allowed timestamp"),
        failure_type=FailureType.config_error,
        advice="The history of the collection no longer reaches back that far: raise its history_days or sync more "
        "often, then clear the stream's data.",
    ),
    Row(
        kind=Kind.TOO_LARGE,
        statuses=frozenset({400}),
        code="bad request",
        text=_LIMITS,
        failure_type=FailureType.system_error,
        advice="A page went beyond a limit of the server, even with a single document.",
    ),
    Row(
        kind=Kind.TOO_LARGE,
        statuses=frozenset({413}),
        failure_type=FailureType.system_error,
        advice="A request or its answer went beyond a limit of the server, even with a single document.",
    ),
    Row(
        kind=Kind.UNDEFINED,
        statuses=frozenset({400}),
        code="invalid ref",
        failure_type=FailureType.config_error,
        advice="It was deleted or renamed: refresh the source's schema and save the connection again.",
    ),
    Row(
        kind=Kind.INACTIVE,
        statuses=frozenset({400}),
        text=re.compile(r"is not active"),
        failure_type=FailureType.transient_error,
        advice="The index is still being built: sync again when it is active.",
    ),
    Row(
        kind=Kind.MISSING,
        statuses=frozenset({404}),
        failure_type=FailureType.config_error,
        advice="What was asked for is not there: check domain, port and scheme, and refresh the source's schema.",
    ),
    Row(
        kind=Kind.BUSY,
        statuses=frozenset({429}),
        failure_type=FailureType.transient_error,
        advice="The database is overloaded or limits its clients: lower the source's concurrency, or sync at a "
        "quieter time.",
    ),
    Row(
        kind=Kind.CONTENDED,
        statuses=frozenset({409}),
        failure_type=FailureType.transient_error,
        advice="Other clients wrote to the same data all the time: sync again at a quieter time.",
    ),
    Row(
        kind=Kind.TIMED_OUT,
        statuses=frozenset({408, 440, 504}),
        failure_type=FailureType.transient_error,
        advice="The database did not answer in time: sync again, or look at its load.",
    ),
    Row(
        kind=Kind.TIMED_OUT,
        statuses=frozenset({503}),
        code="time out",
        failure_type=FailureType.transient_error,
        advice="The database did not answer in time: sync again, or look at its load.",
    ),
    Row(
        kind=Kind.OVERLOADED,
        statuses=frozenset({502, 503, 540}),
        failure_type=FailureType.transient_error,
        advice="The database is not available: sync again, or look at its nodes.",
    ),
    Row(
        kind=Kind.BROKEN_CURSOR,
        statuses=frozenset({500}),
        text=re.compile(r"next cursor must be a subset of the logical cursor"),
        failure_type=FailureType.system_error,
        advice="One transaction holds more documents with negative and positive ids than the database can page "
        "through: clear the stream's data, or switch deletions off.",
    ),
    Row(
        kind=Kind.SERVER_FAULT,
        statuses=frozenset({500}),
        failure_type=FailureType.system_error,
        advice="The database failed on this request each time: its own log tells why.",
    ),
)

UNLISTED = Row(
    kind=Kind.REFUSED,
    failure_type=FailureType.system_error,
    advice="The database refused the request: its code and text say why.",
)
"""What an answer is that no row fits: the server's own code and description are kept."""

NO_ANSWER: dict[Kind, Row] = {
    Kind.UNREACHABLE: Row(
        kind=Kind.UNREACHABLE,
        failure_type=FailureType.transient_error,
        advice="Check domain, port and scheme, and that the database runs and can be reached from here.",
    ),
    Kind.TIMED_OUT: Row(
        kind=Kind.TIMED_OUT,
        failure_type=FailureType.transient_error,
        advice="The database did not answer in time: sync again, or look at its load.",
    ),
    Kind.NOT_FAUNA: Row(
        kind=Kind.NOT_FAUNA,
        failure_type=FailureType.transient_error,
        advice="Something else than a Fauna database answers there: check domain, port and scheme, and any proxy "
        "between.",
    ),
}
"""What it is when there was no answer of a Fauna server at all."""


_SPEAKING_STATUSES = frozenset({401, 408, 413, 429, 440, 500, 502, 503, 504, 540})
"""Statuses that mean the same from a proxy or a load balancer, whatever their body is."""


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
        """The server's status, code and text on one line, or our own short reason."""
        if self.status is None:
            return self.description
        return f"{self.status} {self.code}: {self.description}" if self.code else f"{self.status}: {self.description}"


def from_answer(*, status: int, body: Any, retry_after_seconds: float | None = None) -> FaunaError:
    """The error that an answer with another status than 200 or 201 stands for.

    `body` is its decoded JSON; anything but `{"errors": [{"code": …, "description": …}, …]}` is no answer of a Fauna
    server, and only its status speaks (a proxy's 503 is still a 503).
    """
    first = _first_error(body)
    code = str(first.get("code", ""))
    description = str(first.get("description", "")) or "the answer holds no error of a Fauna database"
    position = tuple(first.get("position") or ())
    if not first and status not in _SPEAKING_STATUSES:
        return no_answer(Kind.NOT_FAUNA, "Invalid JSON.")
    row = next((row for row in TABLE if row.fits(status=status, code=code, description=description)), UNLISTED)
    return FaunaError(
        row=row,
        status=status,
        code=code,
        description=description,
        position=position,
        retry_after_seconds=retry_after_seconds,
    )


def no_answer(kind: Kind, description: str) -> FaunaError:
    """The error for a request that got no answer of a Fauna server; `description` is a short reason."""
    return FaunaError(row=NO_ANSWER[kind], description=description)


def _first_error(body: Any) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def config_error(message: str) -> AirbyteTracedException:
    """An error that the user mends in the source's settings, the catalog, the state or the database's schema."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.config_error)


def system_error(message: str) -> AirbyteTracedException:
    """An error that nobody can mend by a setting."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.system_error)


def transient_error(message: str) -> AirbyteTracedException:
    """An error that passes by itself: the platform tries the job again."""
    return AirbyteTracedException(message=message, internal_message=message, failure_type=FailureType.transient_error)


def unexpected(error: Exception, *, doing: str) -> AirbyteTracedException:
    """The user's form of a fault of our own: its kind and place, not its text, which may quote a document."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {place.name}, {PurePath(place.filename).name}:{place.lineno}"
    return AirbyteTracedException(
        message=f"Unexpected error while {doing}. This is a fault of the connector: please report it with its log.",
        internal_message=where,
        failure_type=FailureType.system_error,
    )


def traced(error: FaunaError, *, doing: str) -> AirbyteTracedException:
    """The user's form of an error: what we were doing, what the server said, what to do.

    `doing` is a clause such as "reading collection 'users'".
    """
    message = f"Error while {doing}: {error.reason.rstrip('.')}. {error.row.advice}"
    return AirbyteTracedException(message=message, internal_message=message, failure_type=error.row.failure_type)
