"""The table of all errors of the server: what an answer means, who can fix it, and how.

The statuses and codes come from a real server; docs/fauna.md lists them for users. This module holds only data, from
which `errors` builds the exceptions.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Failure(enum.Enum):
    """Who can fix a failure. The values are the failure types of Airbyte's protocol."""

    CONFIG = "config_error"
    """The user: in the source's settings, the catalog, the saved state or the database's schema."""
    TRANSIENT = "transient_error"
    """Nobody needs to: it goes away by itself."""
    SYSTEM = "system_error"
    """Nobody: no setting can fix it."""


class Kind(enum.Enum):
    """What a failed request means to its caller."""

    UNREACHABLE = "unreachable"
    MISDIRECTED = "misdirected"
    NOT_FAUNA = "not fauna"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    DISABLED = "disabled"
    UNDEFINED = "undefined"
    INACTIVE = "inactive"
    MISSING = "missing"
    HISTORY = "history"
    RENAMED = "renamed"
    TOO_LARGE = "too large"
    TIMED_OUT = "timed out"
    CLOCK_BEHIND = "clock behind"
    BUSY = "busy"
    CONTENDED = "contended"
    OVERLOADED = "overloaded"
    SERVER_FAULT = "server fault"
    BROKEN_CURSOR = "broken cursor"
    REFUSED = "refused"


RETRYABLE = frozenset(
    {
        Kind.UNREACHABLE,
        Kind.NOT_FAUNA,
        Kind.TIMED_OUT,
        Kind.CLOCK_BEHIND,
        Kind.BUSY,
        Kind.CONTENDED,
        Kind.OVERLOADED,
        Kind.SERVER_FAULT,
    }
)
"""Kinds of failures after which the same request may succeed within this sync.

They are independent of the failure type, which tells whether the next sync may succeed. For example, an index that is
still being built is a transient error, but no retry waits that long. A server fault is a system error, but is retried.
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. An answer belongs to the first row whose status, code and text all fit.

    `speaks_alone` says that the row also fits an answer of a proxy or load balancer, which has no Fauna error in its
    body: the status alone has this meaning.
    """

    kind: Kind
    statuses: frozenset[int] = frozenset()
    code: str | None = None
    text: re.Pattern[str] | None = None
    speaks_alone: bool = False
    failure: Failure
    advice: str

    def fits(self, *, status: int, code: str, description: str) -> bool:
        """Whether this row describes the answer."""
        return (
            status in self.statuses
            and (self.code is None or self.code == code)
            and (self.text is None or self.text.search(description) is not None)
        )


_TOO_SLOW = "The database did not answer in time: sync again, or look at its load."
_LIMITS = re.compile(r"max width|too much compute|exceeds threshold|nesting limit|too large", re.IGNORECASE)

TABLE: tuple[Row, ...] = (
    Row(
        kind=Kind.UNAUTHORIZED,
        statuses=frozenset({401}),
        speaks_alone=True,
        failure=Failure.CONFIG,
        advice="The secret is unknown to this database, or its key was deleted or has expired: create a key and save "
        "its secret in the source's settings.",
    ),
    Row(
        kind=Kind.FORBIDDEN,
        statuses=frozenset({403}),
        failure=Failure.CONFIG,
        advice="The key's role may not read this: give the role read on the collection and on its index.",
    ),
    Row(
        kind=Kind.MISDIRECTED,
        statuses=frozenset({407}),
        speaks_alone=True,
        failure=Failure.CONFIG,
        advice="The proxy between wants a login: put user and password into its address in the environment.",
    ),
    Row(
        kind=Kind.DISABLED,
        statuses=frozenset({410}),
        failure=Failure.CONFIG,
        advice="The database's account is disabled: ask who operates the database.",
    ),
    Row(
        kind=Kind.HISTORY,
        statuses=frozenset({400}),
        code="bad request",
        text=re.compile(r"less than minimum allowed timestamp"),
        failure=Failure.CONFIG,
        advice="The history of the collection no longer reaches back that far: raise its history_days or sync more "
        "often, then clear the stream's data.",
    ),
    Row(
        kind=Kind.RENAMED,
        statuses=frozenset({400}),
        code="transaction aborted",
        failure=Failure.CONFIG,
        advice="The name belonged to another collection before: clear the stream's data, then sync again.",
    ),
    Row(
        kind=Kind.TOO_LARGE,
        statuses=frozenset({400}),
        code="bad request",
        text=_LIMITS,
        failure=Failure.SYSTEM,
        advice="A page went beyond a limit of the server, even with a single document.",
    ),
    Row(
        kind=Kind.TOO_LARGE,
        statuses=frozenset({413}),
        speaks_alone=True,
        failure=Failure.SYSTEM,
        advice="A request or its answer went beyond a limit of the server, even with a single document.",
    ),
    Row(
        kind=Kind.UNDEFINED,
        statuses=frozenset({400}),
        code="invalid ref",
        failure=Failure.CONFIG,
        advice="It was deleted or renamed: refresh the source's schema and save the connection again.",
    ),
    Row(
        kind=Kind.INACTIVE,
        statuses=frozenset({400}),
        text=re.compile(r"is not active"),
        failure=Failure.TRANSIENT,
        advice="The index is still being built: sync again when it is active.",
    ),
    Row(
        kind=Kind.MISSING,
        statuses=frozenset({404}),
        failure=Failure.CONFIG,
        advice="What was asked for is not there: check domain, port and scheme, and refresh the source's schema.",
    ),
    Row(
        kind=Kind.BUSY,
        statuses=frozenset({429}),
        speaks_alone=True,
        failure=Failure.TRANSIENT,
        advice="The database is overloaded or limits its clients: lower the source's concurrency, or sync at a "
        "quieter time.",
    ),
    Row(
        kind=Kind.CONTENDED,
        statuses=frozenset({409}),
        failure=Failure.TRANSIENT,
        advice="Other clients wrote to the same data all the time: sync again at a quieter time.",
    ),
    Row(
        kind=Kind.TIMED_OUT,
        statuses=frozenset({408, 440, 504}),
        speaks_alone=True,
        failure=Failure.TRANSIENT,
        advice=_TOO_SLOW,
    ),
    Row(
        kind=Kind.TIMED_OUT,
        statuses=frozenset({503}),
        code="time out",
        failure=Failure.TRANSIENT,
        advice=_TOO_SLOW,
    ),
    Row(
        kind=Kind.OVERLOADED,
        statuses=frozenset({502, 503, 540}),
        speaks_alone=True,
        failure=Failure.TRANSIENT,
        advice="The database is not available: sync again, or look at its nodes.",
    ),
    Row(
        kind=Kind.BROKEN_CURSOR,
        statuses=frozenset({500}),
        text=re.compile(r"next cursor must be a subset of the logical cursor"),
        failure=Failure.SYSTEM,
        advice="One transaction holds more documents with negative and positive ids than the database can page "
        "through: clear the stream's data, or switch deletions off.",
    ),
    Row(
        kind=Kind.SERVER_FAULT,
        statuses=frozenset({500}),
        speaks_alone=True,
        failure=Failure.SYSTEM,
        advice="The database failed on this request each time: its own log tells why.",
    ),
)

UNLISTED = Row(
    kind=Kind.REFUSED,
    failure=Failure.SYSTEM,
    advice="The database refused the request: its code and text say why.",
)
"""The row for an answer that fits no other row. The message quotes the server's code and description."""

NO_ANSWER: dict[Kind, Row] = {
    row.kind: row
    for row in (
        Row(
            kind=Kind.UNREACHABLE,
            failure=Failure.TRANSIENT,
            advice="Check domain, port and scheme, and that the database runs and can be reached from here.",
        ),
        Row(
            kind=Kind.MISDIRECTED,
            failure=Failure.CONFIG,
            advice="Check domain, port and scheme, and what the environment says of proxies and trusted certificates.",
        ),
        Row(
            kind=Kind.TIMED_OUT,
            failure=Failure.TRANSIENT,
            advice=_TOO_SLOW,
        ),
        Row(
            kind=Kind.CLOCK_BEHIND,
            failure=Failure.TRANSIENT,
            advice="Reads wait until that clock has caught up: sync again then, and look at the clocks of its nodes.",
        ),
        Row(
            kind=Kind.TOO_LARGE,
            failure=Failure.SYSTEM,
            advice="A page went beyond what the connector can read, even with a single document.",
        ),
        Row(
            kind=Kind.NOT_FAUNA,
            failure=Failure.TRANSIENT,
            advice="Something else than a Fauna database answers there: check domain, port and scheme, and any proxy "
            "between.",
        ),
    )
}
"""The rows for a request without an answer, with an answer that cannot be read, or with an answer whose own text does
not say what is wrong."""
