"""The database as its users see it: expressions go in, pages or errors come out. No other module sends a request.

The driver's own client is not used. When it is created, it asks the package index for a newer version; it has no
effective time-out and never retries. Here a pooled session has the headers and time-outs, `transport` makes one
exchange, `attempts` decides about retries, `answers` decodes bodies, and `unreachable` says why there was no answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import requests

from source_fauna.config.config import Config
from source_fauna.config.secret import hidden
from source_fauna.database.answers import MOST_WEIGHT, decode, looks_whole, weight
from source_fauna.database.attempts import Attempts, Waiting
from source_fauna.database.connections import TimelyAdapter
from source_fauna.database.fql import Expression, wire
from source_fauna.database.patience import Patience
from source_fauna.database.transport import MOST_BYTES, AnswerEncoded, AnswerTooLong, receive
from source_fauna.database.unreachable import reason_of
from source_fauna.errors import errors
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import RETRYABLE, Kind
from source_fauna.interruption import Interruption
from source_fauna.tuning import Tuning

logger = logging.getLogger("airbyte.source_fauna")

API_VERSION = "4"
"""Without this header the server answers as version 2.1, with other names for refs and events."""

MOST_TRIES = 3
"""How often a question is asked that the server fails on."""

_MOST_DIGITS = 18
"""Of a transaction time. Microseconds have 16 digits until the year 2286; something else is no time of a server."""

_TOO_LONG_A_PAGE = "the answer is longer than a page should be"
_TOO_LONG = f"the answer is longer than the {MOST_BYTES >> 20} MiB that the connector reads"
_TOO_HEAVY = "the answer holds more than the connector can take at once"
_ENCODED = "the answer has an encoding that the request did not ask for: switch off compression in the proxy between"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A query, or a page of one: `build` makes its expression for a number of documents.

    A `size` of None means a query without pages. A page that is too large or too slow is requested again with at most
    half its size. The request is first sent after `delay_seconds`. A page of more than `most_bytes` is too large,
    unless it asks for a single document, and so is one that takes more than `answers.MOST_WEIGHT` of memory: for a
    single document, or a query without pages, that is `most_weight_of_one`. By default, an answer only has to look
    complete, and its decoding may fail later. With `doubted`, the client decodes the answer at once, and sends the
    request again if that fails.
    """

    build: Callable[[int], Expression]
    size: int | None = None
    most_bytes: int = MOST_BYTES
    most_weight_of_one: int = MOST_WEIGHT
    delay_seconds: float = 0.0
    doubted: bool = False

    def __post_init__(self) -> None:
        """Refuse a page of 0 documents: the server answers it with an empty page, which looks like the last one."""
        if self.size is not None and self.size < 1:
            raise ValueError("a size below 1")

    @property
    def first_size(self) -> int:
        """The number of documents to ask for first. It is 1 for a query without pages, which cannot shrink."""
        return 1 if self.size is None else self.size


@dataclass(frozen=True, kw_only=True)
class Page:
    """The answer to a request: its body, which looks complete, and its cost.

    `size` is the number of documents in the last attempt, or 1 for a query without pages. The body took `seconds` to
    arrive. `shrunk` tells that a page of the first size was too much, and `throttled` that the server asked for fewer
    requests.
    """

    body: bytes
    size: int
    seconds: float
    shrunk: bool = False
    throttled: bool = False

    @cached_property
    def resource(self) -> Any:
        """The decoded resource. It is decoded late, because a decoded page takes some seven times as much memory.

        Raises FaunaError if the body is not an answer of Fauna. This cannot happen after a `doubted` request.
        """
        return _resource(decode(self.body))

    @property
    def length(self) -> int:
        """The bytes of the body."""
        return len(self.body)


class Client:
    """Asks one database. Safe to use from several threads; `close` ends its connections.

    `seen` is a snapshot (microseconds) that another process was given by this database: a node that lags behind it
    waits. A saved one never is: the server would believe it.
    """

    def __init__(
        self,
        *,
        config: Config,
        tuning: Tuning,
        outage_seconds: float,
        interruption: Interruption,
        seen: int = 0,
    ) -> None:
        self._url = f"{config.url}/"
        self._secret = config.secret
        self._tuning = tuning
        self._patience = Patience(
            first_seconds=tuning.first_success_seconds, outage_seconds=outage_seconds, clock=tuning.clock
        )
        self._interruption = interruption
        self._sleep = tuning.sleep or interruption.wait
        self._session = tuning.session()
        for prefix in ("http://", "https://"):  # ignore-https-check
            adapter = TimelyAdapter(connections=config.concurrency, authority=config.ca_certificate)
            self._session.mount(prefix, adapter)
        # A password for this host in a netrc file would otherwise take the place of the secret.
        self._session.auth = self._authorize
        self._lock = threading.Lock()
        self._last_seen = seen

    def query(self, expression: Expression) -> Any:
        """The decoded resource of an expression.

        Raises FaunaError if the server refuses it, or if the time for retries is over.
        """
        return self.fetch(Request(build=lambda _: expression, doubted=True), on_wait=log_waiting).resource

    def question(self, expression: Expression) -> Any:
        """The same for one of many questions, each about another collection or index: it is given up soon.

        If the server fails on it, that is raised after MOST_TRIES: otherwise one collection keeps all others waiting.
        """
        failed = 0

        def tell(waiting: Waiting) -> None:
            nonlocal failed
            failed += waiting.error.concerns_request
            log_waiting(waiting)

        request = Request(build=lambda _: expression, doubted=True)
        return self.fetch(request, on_wait=tell, is_wanted=lambda: failed < MOST_TRIES - 1).resource

    def page(self, build: Callable[[int], Expression], *, size: int, most_bytes: int) -> Page:
        """A page of `size` elements at most, and of so many bytes: of fewer elements if it would be longer."""
        return self.fetch(Request(build=build, size=size, most_bytes=most_bytes, doubted=True), on_wait=log_waiting)

    def fetch(
        self, request: Request, *, on_wait: Callable[[Waiting], None], is_wanted: Callable[[], bool] = lambda: True
    ) -> Page:
        """Send a request, again if needed, and return its answer. Raises FaunaError and Interrupted."""
        attempts = Attempts(size=request.first_size, is_wanted=is_wanted, patience=self._patience, tuning=self._tuning)
        retrying = attempts.retrying(sleep=self._sleep, on_wait=on_wait)
        if request.delay_seconds:
            self._sleep(request.delay_seconds)
        page: Page = retrying(self._attempt, request, attempts)
        return replace(page, shrunk=attempts.size < request.first_size, throttled=attempts.throttled)

    def close(self) -> None:
        """Drop all connections."""
        self._session.close()

    def _authorize(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._secret}"
        return prepared

    def _attempt(self, request: Request, attempts: Attempts) -> Page:
        """Send the request once, with time-outs that end no later than the time for retries."""
        self._interruption.check()
        began = self._tuning.clock()
        left = attempts.seconds_left
        limit = max(1.0, min(self._tuning.query_seconds, left - self._tuning.answer_margin_seconds))
        deadline = min(left, limit + self._tuning.answer_margin_seconds)
        is_bounded = attempts.size > 1
        headers = {
            "X-FaunaDB-API-Version": API_VERSION,
            "X-Query-Timeout": str(max(1, int(limit * 1000))),
            "Content-Type": "application/json",
        }
        if last_seen := self._last_seen:
            headers["X-Last-Seen-Txn"] = str(last_seen)
        try:
            status, reply_headers, body = receive(
                self._session,
                url=self._url,
                body=wire(request.build(attempts.size)),
                headers=headers,
                connect_seconds=min(self._tuning.connect_seconds, deadline),
                answer_seconds=deadline,
                most_bytes=request.most_bytes if is_bounded else MOST_BYTES,
            )
        except AnswerTooLong as answer:
            self._patience.heard()
            told = _TOO_LONG_A_PAGE if is_bounded else _TOO_LONG
            raise errors.no_answer(Kind.TOO_LARGE, told, excess=answer.excess) from None
        except AnswerEncoded:
            raise errors.no_answer(Kind.MISDIRECTED, _ENCODED) from None
        except requests.RequestException as error:
            # The text of such an exception quotes addresses and objects, so it is not passed on.
            raise self._no_answer(error, deadline) from None
        if status in (200, 201):
            most_weight = MOST_WEIGHT if is_bounded else request.most_weight_of_one
            if (weighed := weight(body)) > most_weight:
                self._patience.heard()
                raise errors.no_answer(Kind.TOO_LARGE, _TOO_HEAVY, excess=weighed / most_weight)
            if request.doubted or not looks_whole(body):
                _resource(decode(body))
            self._succeeded(reply_headers)
            return Page(body=body, size=attempts.size, seconds=self._tuning.clock() - began)
        retry_after = _retry_after(reply_headers)
        refusal = errors.from_answer(
            status=status,
            body=decode(body),
            retry_after_seconds=retry_after,
            hide=lambda text: hidden(text, self._secret),
        )
        if refusal.kind is Kind.TIMED_OUT and 0 < (node_time := _transaction_time(reply_headers)) < last_seen:
            # The node waited for its clock to reach a time that the database told before. The page is not too slow.
            refusal = _clock_behind(last_seen - node_time)
        if refusal.kind not in RETRYABLE:
            self._patience.answered()
        raise refusal

    def _succeeded(self, reply_headers: Any) -> None:
        """Remember the transaction time. Only that of a 200 is a snapshot; with an error it is one node's clock."""
        self._patience.answered()
        with self._lock:
            self._last_seen = max(self._last_seen, _transaction_time(reply_headers))

    @staticmethod
    def _no_answer(error: requests.RequestException, deadline: float) -> FaunaError:
        if isinstance(error, requests.ReadTimeout):
            return errors.no_answer(Kind.TIMED_OUT, f"no answer within {deadline:.0f} seconds")
        kind, reason = reason_of(error)
        return errors.no_answer(kind, reason)


def _resource(answer: Any) -> Any:
    if not isinstance(answer, dict) or "resource" not in answer:
        raise errors.not_fauna()
    return answer["resource"]


def _transaction_time(reply_headers: Any) -> int:
    """The answer's time in microseconds: a snapshot, or one node's clock with an error. 0 if there is none."""
    told = str(reply_headers.get("x-txn-time", ""))
    return int(told) if len(told) <= _MOST_DIGITS and told.isdecimal() else 0


def _clock_behind(micros: int) -> FaunaError:
    """The error for a node whose clock is behind an earlier time from the database."""
    return errors.no_answer(
        Kind.CLOCK_BEHIND,
        f"the clock of the database, or of one of its nodes, is {micros / 1_000_000:.0f} seconds behind a time that it "
        "told before",
    )


def log_waiting(waiting: Waiting, *, about: str = "") -> None:
    """Log why the answer is delayed, behind what it is about. A page that was too long is asked for again at once."""
    if waiting.seconds > 0:
        logger.warning("%s%s", about, waiting.message)


def _retry_after(headers: Any) -> float | None:
    """The seconds of a Retry-After header, or None. Its other form, a date, is not supported."""
    value = str(headers.get("retry-after", "")).strip()
    return float(value) if value.isdecimal() else None
