"""Faults that tests put between a client and its answers: delays, error statuses, broken connections and bodies.

A fault only affects HTTP. If it has a reply of its own, the query does not run and the client gets this reply. With
every other fault the query runs first, and only its answer is affected, so a write stays written.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeAlias

from local_fauna.engine import Reply

JSON: TypeAlias = Any
"""Any JSON value."""

Predicate = Callable[[JSON], bool]
"""Tells by the expression of a request (None when its body is not JSON) whether a fault may strike it."""

Ending = Literal["whole", "close", "reset", "shortened"]
"""How an answer ends: whole; closed or reset with bytes missing; cut with a Content-Length that fits."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way in which an answer goes wrong; `share` is the part of its body that is sent, from 0 to 1."""

    name: str
    reply: Reply | None = None
    delay_seconds: float = 0.0
    pieces: int = 1
    pause_seconds: float = 0.0
    share: float = 1.0
    ending: Ending = "whole"

    @property
    def breaks_before_status(self) -> bool:
        """Whether the client sees no status at all."""
        return self.ending == "reset" and self.share == 0


def delay(seconds: float = 0.05) -> Fault:
    """Hold the finished answer back before its first byte."""
    return Fault(name="delay", delay_seconds=seconds)


def stall(seconds: float = 0.05) -> Fault:
    """Pause once in the middle of the body."""
    return Fault(name="stall", pieces=2, pause_seconds=seconds)


def trickle(seconds: float = 0.05, *, pieces: int = 10) -> Fault:
    """Send the body in `pieces` pieces, spread over `seconds`."""
    return Fault(name="trickle", pieces=pieces, pause_seconds=seconds / max(1, pieces - 1))


def reset() -> Fault:
    """Reset the connection before a byte of the answer is sent."""
    return Fault(name="reset", share=0.0, ending="reset")


def reset_midway() -> Fault:
    """Reset the connection (RST) in the middle of the body."""
    return Fault(name="reset_midway", share=0.5, ending="reset")


def half() -> Fault:
    """Send half of the announced body, then close in good order."""
    return Fault(name="half", share=0.5, ending="close")


def cut_json() -> Fault:
    """Send half of the body as if it were all: the Content-Length fits, the JSON does not end."""
    return Fault(name="cut_json", share=0.5, ending="shortened")


def html() -> Fault:
    """Answer 200 with the page of a proxy."""
    return Fault(name="html", reply=_page(200, "Sign in to the network"))


def empty() -> Fault:
    """Answer 200 without a body."""
    return Fault(name="empty", reply=Reply(status=200, headers={"content-type": "application/json"}, body=b""))


def foreign() -> Fault:
    """Answer 200 with JSON that is not from a Fauna server."""
    return Fault(name="foreign", reply=_json(200, {"status": "ok"}))


def answer(status: int, *, retry_after: str | None = None) -> Fault:
    """Answer with an error status in the server's own words; 502 and 504 come from a proxy in front of it.

    `retry_after` is the text of a Retry-After header. KeyError for a status that is not in `STATUSES`.
    """
    reply = STATUSES[status]
    headers = dict(reply.headers) if retry_after is None else {**reply.headers, "retry-after": retry_after}
    return Fault(name=str(status), reply=Reply(status=status, headers=headers, body=reply.body))


def _page(status: int, title: str) -> Reply:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(status=status, headers={"content-type": "text/html"}, body=text.encode())


def _json(status: int, content: JSON, *, indent: int | None = None) -> Reply:
    headers = {"content-type": "application/json;charset=utf-8"}
    return Reply(status=status, headers=headers, body=json.dumps(content, indent=indent).encode())


def _error(status: int, code: str, description: str, **more: JSON) -> Reply:
    """Print an error over several lines, as the real server does with those of its own that no query causes."""
    return _json(status, {"errors": [{**more, "code": code, "description": description}]}, indent=2)


_CONTENDED: JSON = {
    "@ref": {"id": "1", "collection": {"@ref": {"id": "c", "collection": {"@ref": {"id": "collections"}}}}}
}

STATUSES: Mapping[int, Reply] = {
    408: _error(408, "request timeout", "Request timed out."),
    409: _error(409, "contended transaction", "Transaction was aborted due to contention.", ref=_CONTENDED),
    429: _error(429, "too many requests", "Rate limit exceeded"),
    440: _error(440, "time out", "Query timed out."),
    500: _error(500, "internal server error", "unexpected. Please create a ticket."),
    502: _page(502, "502 Bad Gateway"),
    503: _error(503, "time out", "Read timed out (Query eval has timed out.)"),
    504: _page(504, "504 Gateway Time-out"),
}
"""The error answers that a client must expect from an overloaded server or from a proxy. No recording has them."""

KINDS: Mapping[str, Callable[[], Fault]] = {
    **{made().name: made for made in (delay, stall, trickle, reset, reset_midway, half)},
    **{made().name: made for made in (cut_json, html, empty, foreign)},
    **{str(status): partial(answer, status) for status in STATUSES},
}
"""Every kind by its name, as `FaultPlan.random` and the option of the histories take them."""


@dataclass(kw_only=True)
class _Rule:
    fault: Fault
    times: int
    skip: int
    when: Predicate | None

    def strikes(self, expression: JSON) -> bool:
        if self.times <= 0 or (self.when is not None and not self.when(expression)):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(kw_only=True)
class _Chance:
    share: float
    kinds: Sequence[str]
    numbers: random.Random

    def draw(self) -> Fault | None:
        """Draw two numbers for each request, so that the n-th request always gets the same fault."""
        chance, kind = self.numbers.random(), self.numbers.choice(self.kinds)
        return KINDS[kind]() if chance < self.share else None


@dataclass
class FaultPlan:
    """Decides which request gets which fault: by the first rule that fits, or else by chance. Thread-safe."""

    _rules: list[_Rule] = field(default_factory=list)
    _chance: _Chance | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, *, times: int = 1, skip: int = 0, when: Predicate | None = None) -> None:
        """Strike the next `times` requests that `when` accepts, after letting `skip` of them pass."""
        with self._lock:
            self._rules.append(_Rule(fault=fault, times=times, skip=skip, when=when))

    def random(self, *, share: float = 0.3, seed: int = 0, kinds: Sequence[str] = tuple(KINDS)) -> None:
        """Strike this share of all requests with faults of these kinds. The seed determines the sequence."""
        for kind in kinds:
            KINDS[kind]
        with self._lock:
            self._chance = _Chance(share=share, kinds=tuple(kinds), numbers=random.Random(seed))  # noqa: S311

    def clear(self) -> None:
        """Forget every rule and all chance."""
        with self._lock:
            self._rules.clear()
            self._chance = None

    def draw(self, expression: JSON) -> Fault | None:
        """Give the fault of the next request, or None; each call counts as one request."""
        with self._lock:
            for rule in self._rules:
                if rule.strikes(expression):
                    return rule.fault
            return None if self._chance is None else self._chance.draw()
