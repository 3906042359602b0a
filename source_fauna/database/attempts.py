"""Decides whether to send a request again, when, and for how many documents. tenacity runs the loop.

Reads are idempotent, so a request is sent again after every temporary failure, as long as Patience allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import tenacity

from source_fauna.database.patience import Patience
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import RETRYABLE, Kind
from source_fauna.tuning import Tuning

MOST_DOUBLINGS = 16
"""The most doublings of the first wait. More would exceed the longest wait anyway, and could overflow a float."""

MOST_QUICK = 3
"""A quick time-out says little about the size of the page, so it halves the page only after this many failures. If
every failure halved it, pages would shrink to one document, and the sync would be slower than the writers."""

STOPPED_SECONDS = 120.0
"""If an attempt or a wait ends so much later than it may, the process was stopped meanwhile (SIGSTOP, docker pause)."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request failed and is sent again in `seconds`."""

    error: FaunaError
    seconds: float

    @property
    def message(self) -> str:
        """What the log says.

        It is given this text and not the object: whoever keeps log records would keep the error with its traceback, and
        so the connection.
        """
        return f"{self.error.reason}; asking again in {self.seconds:.1f} seconds."


@dataclass(kw_only=True)
class Attempts:
    """The history of one request.

    `started` is the time of the first attempt, later by the time in which the process was stopped. `size` is the
    number of documents to ask for now. `throttled` tells whether the server answered 429, and `server_faults` how often
    it answered 500. When `is_wanted` returns False, the request is not sent again.
    """

    size: int
    is_wanted: Callable[[], bool]
    patience: Patience
    tuning: Tuning
    started: float = field(init=False)
    throttled: bool = False
    server_faults: int = 0
    _asked: float = field(init=False, default=0.0)
    _due: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self._due = self.tuning.clock()

    @property
    def seconds_left(self) -> float:
        """How many seconds the request may still take, at least 1."""
        return max(1.0, self.patience.left(self.started))

    def retrying(self, *, sleep: Callable[[float], None], on_wait: Callable[[Waiting], None]) -> tenacity.Retrying:
        """A tenacity loop that raises the last error when it gives up. It calls `on_wait` before each wait."""
        return tenacity.Retrying(
            before=self._begin,
            retry=tenacity.retry_if_exception(self._may_help),
            after=self._learn,
            stop=self._is_spent,
            wait=self._wait_seconds,
            sleep=lambda seconds: self._sleep(seconds, sleep),
            before_sleep=lambda state: on_wait(Waiting(error=_failure(state), seconds=state.upcoming_sleep)),
            reraise=True,
        )

    def _may_help(self, error: BaseException) -> bool:
        """Whether another attempt may succeed: the failure is temporary, or a smaller page may work."""
        if not isinstance(error, FaunaError) or not self.is_wanted():
            return False
        return error.kind in RETRYABLE or (error.kind is Kind.TOO_LARGE and self.size > 1)

    def _begin(self, _: tenacity.RetryCallState) -> None:
        self._forgive_stop()
        self._asked = self.tuning.clock()
        longest = self.tuning.query_seconds + self.tuning.answer_margin_seconds
        self._due = self._asked + min(self.seconds_left, longest)

    def _sleep(self, seconds: float, sleep: Callable[[float], None]) -> None:
        self._due = self.tuning.clock() + seconds
        sleep(seconds)
        self._forgive_stop()

    def _forgive_stop(self) -> None:
        """The time in which the process was stopped does not count: the server is not to blame for it."""
        late = self.tuning.clock() - self._due
        if late > STOPPED_SECONDS:
            self.started += late
            self._due += late

    def _learn(self, state: tenacity.RetryCallState) -> None:
        """Count the failure. If the page was too large or too slow, reduce its size at least by half."""
        self._forgive_stop()
        error = _failure(state)
        kind = error.kind
        self.throttled = self.throttled or kind is Kind.BUSY
        self.server_faults += kind is Kind.SERVER_FAULT
        is_too_slow = kind is Kind.TIMED_OUT and (self._took_long() or state.attempt_number > MOST_QUICK)
        if self.size > 1 and (kind is Kind.TOO_LARGE or is_too_slow):
            self.size = max(1, int(self.size / max(2.0, error.excess)))
        if kind in RETRYABLE:
            self.patience.failed()

    def _took_long(self) -> bool:
        """Whether the attempt took longer than a page should."""
        return self.tuning.clock() - self._asked >= self.tuning.page_target_seconds

    def _is_spent(self, state: tenacity.RetryCallState) -> bool:
        return self.server_faults >= self.tuning.server_fault_attempts or state.upcoming_sleep > self.patience.left(
            self.started
        )

    def _wait_seconds(self, state: tenacity.RetryCallState) -> float:
        """Exponential back-off with full jitter, but no less than the Retry-After of the server."""
        error = _failure(state)
        if error.kind is Kind.TOO_LARGE:
            return 0.0
        doublings = min(state.attempt_number - 1, MOST_DOUBLINGS)
        ceiling = min(self.tuning.backoff_most_seconds, self.tuning.backoff_first_seconds * 2.0**doublings)
        return max(self.tuning.random() * ceiling, error.retry_after_seconds or 0.0)


def _failure(state: tenacity.RetryCallState) -> FaunaError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, FaunaError)  # noqa: S101 - nothing else is ever tried again
    return error
