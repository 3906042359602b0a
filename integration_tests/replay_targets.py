"""Where a transcript can be replayed: the engine in this process with a clock of its own, or any server over HTTP."""

from __future__ import annotations

import json
import time
from typing import Any

import urllib3

from integration_tests.harness.fauna import post
from local_fauna.clock import Clock
from local_fauna.engine import Engine

_START = 1_700_000_000_000_000


class InProcess:
    """A new local_fauna whose clock stands still between steps."""

    SECRET = "admin"

    def __init__(self) -> None:
        self._clock = Clock(wall=lambda: _START)
        self._engine = Engine(secret=self.SECRET, clock=self._clock)

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        reply = self._engine.query(body, secret=secret)
        return reply.status, json.loads(reply.body)

    def wait(self, *, seconds: float) -> None:
        self._clock.advance(seconds=seconds)


class HttpTarget:
    """A server over HTTP. Its time is real, or that of a local_fauna whose clock is given."""

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._url = url
        self._pool = urllib3.PoolManager()
        self._clock = clock

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        reply = post(self._pool, self._url, secret=secret, body=json.dumps(body))
        return reply.status, reply.json()

    def wait(self, *, seconds: float) -> None:
        if self._clock is None:
            time.sleep(max(seconds, 0))
        else:
            self._clock.advance(seconds=max(seconds, 0))
