"""Where a transcript can be replayed: the engine in this process with a clock of its own, or any server over HTTP."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import requests

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
    """A server over HTTP, whose time is real."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def fresh_database(self, secret: str, name: str) -> str:
        """An admin secret of a new, empty database below that of `secret`."""
        database = f"{name}_{uuid.uuid4().hex}"
        self.send(secret, {"create_database": {"object": {"name": database}}})
        params = {"database": {"database": database}, "role": "admin"}
        status, reply = self.send(secret, {"create_key": {"object": params}})
        assert status == 201, reply
        return str(reply["resource"]["secret"])

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {secret}", "X-FaunaDB-API-Version": "4"}
        reply = self._session.post(self._url, data=json.dumps(body), headers=headers, timeout=130)
        return reply.status_code, reply.json()

    def wait(self, *, seconds: float) -> None:
        time.sleep(max(seconds, 0))
