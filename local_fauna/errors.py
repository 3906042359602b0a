"""What goes wrong in a query: one exception, and a constructor for each code.

FaunaError      one or more errors of one query; the status is that of the gravest
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Position: TypeAlias = tuple[str | int, ...]

NOT_IMPLEMENTED = 501
_STATUSES = {
    "unauthorized": 401,
    "permission denied": 403,
    "instance not found": 404,
    "value not found": 404,
    "not found": 404,
    "method not allowed": 405,
    "contended transaction": 409,
    "request too large": 413,
    "internal server error": 500,
    "not implemented": NOT_IMPLEMENTED,
    "time out": 503,
}
DENIED = "Insufficient privileges to perform the action."
_GRAVITY = {"invalid expression": 3, "invalid argument": 2, "permission denied": 1}
"""Which of several errors gives the answer its status; every other code weighs nothing (recording `several_errors`)."""


@dataclass(frozen=True)
class ErrorItem:
    """One member of `errors`. A position of None means an error of the protocol, which shows none."""

    code: str
    description: str
    position: Position | None
    status: int
    failures: tuple[dict[str, Any], ...] = ()
    cause: tuple[ErrorItem, ...] = ()

    def wire(self) -> dict[str, Any]:
        """The JSON of this error."""
        shown: dict[str, Any] = {} if self.position is None else {"position": list(self.position)}
        shown |= {"code": self.code, "description": self.description}
        if self.failures:
            shown["failures"] = list(self.failures)
        if self.cause:
            shown["cause"] = [item.wire() for item in self.cause]
        return shown


class FaunaError(Exception):
    """One or more errors that end a query."""

    def __init__(self, items: tuple[ErrorItem, ...]) -> None:
        super().__init__("; ".join(item.description for item in items))
        self.items = items

    @property
    def status(self) -> int:
        """The status of the answer: that of the gravest error, of the first one among equals."""
        return max(self.items, key=lambda item: _GRAVITY.get(item.code, 0)).status

    @property
    def ends_query(self) -> bool:
        """Whether the query ends with this error alone: it has no position, or is one of local_fauna's own."""
        return self.left_out or any(item.position is None for item in self.items)

    @property
    def left_out(self) -> bool:
        """Whether local_fauna refuses what a real server may answer: nothing may hide it."""
        return any(item.status == NOT_IMPLEMENTED for item in self.items)


class ErrorCollector:
    """Gathers the errors of sibling arguments, so that one answer tells them all."""

    def __init__(self) -> None:
        self._items: list[ErrorItem] = []

    def __len__(self) -> int:
        return len(self._items)

    def forget_from(self, number: int) -> None:
        """Forget all errors but the first `number`."""
        del self._items[number:]

    def add(self, error: FaunaError) -> None:
        """Keep the errors of one sibling. Raises one that has no position: the whole query ends with it alone."""
        if error.ends_query:
            raise error
        self._items.extend(error.items)

    def attempt(self, function: Callable[..., Any], *arguments: object) -> Any:
        """The value of a call; None, with its errors kept, if it fails. Raises FaunaError as `add` does."""
        try:
            return function(*arguments)
        except FaunaError as error:
            self.add(error)
            return None

    def raise_if_any(self) -> None:
        """Raise FaunaError with everything gathered, if anything was."""
        if self._items:
            raise FaunaError(tuple(self._items))


class FirstError:
    """Keeps the first error of several parts that are all evaluated (recording `do_history`)."""

    def __init__(self) -> None:
        self._error: FaunaError | None = None

    def add(self, error: FaunaError) -> None:
        """Keep the first error. Raises one that has no position: the whole query ends with it alone."""
        if error.ends_query:
            raise error
        self._error = self._error or error

    def raise_if_any(self) -> None:
        """Raise the first error, if there was one."""
        if self._error is not None:
            raise self._error


_IN_OLDER_WORDS = [
    (re.compile(pattern), wording)
    for pattern, wording in (
        (r"^Document (not found|already exists)\.$", r"Instance \1."),
        (r"^Collection (not found|already exists)\.$", r"Class \1."),
        (r"^document (is not unique|data is not valid)\.$", r"instance \1."),
        (r"^Ref refers to undefined collection ", "Ref refers to undefined class "),
        (r"^Cannot (create|update|delete) a schema meta collection\.$", r"Cannot \1 a schema meta class."),
    )
]


def in_older_words(item: ErrorItem) -> ErrorItem:
    """The error as API versions before 2.7 say it: a document is an instance, a collection a class."""
    text = item.description
    for pattern, wording in _IN_OLDER_WORDS:
        text = pattern.sub(wording, text)
    return replace(item, description=text, cause=tuple(map(in_older_words, item.cause)))


def fault(
    code: str,
    description: str,
    position: Position | None,
    *,
    status: int | None = None,
    failures: tuple[dict[str, Any], ...] = (),
    cause: tuple[ErrorItem, ...] = (),
) -> FaunaError:
    """An error of this code; the status follows from the code unless given."""
    shown_status = _STATUSES.get(code, 400) if status is None else status
    return FaunaError((ErrorItem(code, description, position, shown_status, failures, cause),))


def invalid_expression(position: Position, description: str) -> FaunaError:
    """The query itself is malformed. This is found before anything runs."""
    return fault("invalid expression", description, position)


def invalid_argument(position: Position, description: str) -> FaunaError:
    """A value does not fit the argument."""
    return fault("invalid argument", description, position)


def expected(position: Position, wanted: str, provided: str) -> FaunaError:
    """Another type than the argument takes: `Integer expected, String provided`."""
    return invalid_argument(position, f"{wanted} expected, {provided} provided.")


def undefined_ref(position: Position, kind: str, name: str) -> FaunaError:
    """A ref had to be resolved and its name is unknown. `kind` is singular: `collection`, `index`."""
    return fault("invalid ref", f"Ref refers to undefined {kind} '{name}'", position)


def not_found(position: Position, what: str) -> FaunaError:
    """Something that the form needs does not exist: a document, a set, a collection, an index."""
    return fault("instance not found", f"{what} not found.", position)


def denied(position: Position) -> FaunaError:
    """The key lacks the privilege."""
    return fault("permission denied", DENIED, position)


def bad_request(description: str) -> FaunaError:
    """A limit, a header, a time below the minimum: an error without a position."""
    return fault("bad request", description, None)


def timed_out(why: str) -> FaunaError:
    """The query did not end within its time."""
    return fault("time out", f"Read timed out ({why})", None)


def validation_failed(position: Position, *failures: tuple[list[str | int], str, str]) -> FaunaError:
    """A document cannot be written. Each failure is (path of the field, code, description)."""
    items = tuple({"field": field, "code": code, "description": text} for field, code, text in failures)
    return fault("validation failed", "document data is not valid.", position, failures=items)


def invalid_type(path: list[str | int], found: str, wanted: str) -> tuple[list[str | int], str, str]:
    """The failure of a field that holds another type than it must."""
    return path, "invalid type", f"Invalid type {found}, expected type {wanted}."


def internal(description: str) -> FaunaError:
    """The 500 that the database gives for some bad input, every time."""
    text = f"{description} Please create a ticket at https://support.fauna.com"
    return fault("internal server error", text, None)


def not_implemented(position: Position | None, what: str) -> FaunaError:
    """The real database may support this. local_fauna does not, and refuses it instead of guessing."""
    return fault("not implemented", f"{what} is not implemented by local_fauna.", position)
