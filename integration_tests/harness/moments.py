"""Changes to the database during a read: actions that run right before chosen requests of the connector.

This module only watches the requests. They go to the database over real HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import requests

from source_fauna.tuning import Tuning

Kind = Callable[[Any], bool]
"""Tells by its wire JSON whether a request is of a kind."""


def _has(key: str, expression: Any) -> bool:
    if isinstance(expression, dict):
        return key in expression or any(_has(key, value) for value in expression.values())
    return isinstance(expression, list) and any(_has(key, value) for value in expression)


def is_events(expression: Any) -> bool:
    """A page of events."""
    return _has("events", expression) and not is_confirmation(expression)


def is_updates(expression: Any) -> bool:
    """A page of an index."""
    return _has("match", expression) and _has("range", expression) and not is_confirmation(expression)


def is_documents(expression: Any) -> bool:
    """A page of documents, not of events."""
    return _has("documents", expression) and _has("map", expression) and not _has("events", expression)


def is_confirmation(expression: Any) -> bool:
    """A query that asks whether a page was complete."""
    return isinstance(expression, dict) and ("if" in expression or "if" in expression.get("do", [{}])[-1])


def is_confirmation_of_updates(expression: Any) -> bool:
    """A query that asks whether an empty page of an index is really empty."""
    return is_confirmation(expression) and _has("match", expression)


def is_index_definition(expression: Any) -> bool:
    """A question for the definition of an index and nothing else."""
    return isinstance(expression, dict) and isinstance(expression.get("get"), dict) and "index" in expression["get"]


def is_now(expression: Any) -> bool:
    """A question for the time and nothing else."""
    return bool(expression == {"to_micros": {"now": None}})


@dataclass(kw_only=True)
class _Rule:
    kind: Kind
    skip: int
    times: int
    action: Callable[[], object]


class Moments:
    """Actions before requests; `sent` is what was sent, in order: the expression and the headers."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, Mapping[str, str]]] = []
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def before(self, kind: Kind, action: Callable[[], object], *, nth: int = 1, times: int = 1) -> None:
        """Run the action before the nth request of the kind and the following ones, `times` times in all."""
        self._rules.append(_Rule(kind=kind, skip=nth - 1, times=times, action=action))

    def count(self, kind: Kind) -> int:
        """How many requests of the kind were sent."""
        return sum(kind(expression) for expression, _ in self.sent)

    def meet(self, expression: Any, headers: Mapping[str, str]) -> None:
        """A request is about to be sent."""
        with self._lock:
            self.sent.append((expression, headers))
            for rule in self._rules:
                if not rule.kind(expression):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                elif rule.times > 0:
                    rule.times -= 1
                    rule.action()

    def tuning(self, base: Tuning, **changes: Any) -> Tuning:
        """A Tuning with these changes that makes every request of the connector pass through here."""
        return replace(base, session=lambda: _Session(self), **changes)


class _Session(requests.Session):
    def __init__(self, moments: Moments) -> None:
        super().__init__()
        self._moments = moments

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self._moments.meet(orjson.loads(request.body or b"null"), dict(request.headers))
        return super().send(request, **options)
