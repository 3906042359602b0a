"""The layer between HTTP and the engine: latency, faults, and the list of requests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import orjson
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send

from local_fauna.clock import wall_micros
from local_fauna.engine import Engine, Reply, Request
from local_fauna.faults import JSON, Fault, FaultPlan

_KEPT_REQUESTS = 100_000

Breaker = Callable[[Scope, bool], None]
"""Breaks the connection of a request; True means by RST, False in good order."""


@dataclass(frozen=True, kw_only=True)
class SeenRequest:
    """A request that was answered over HTTP; `at` is `time.monotonic()` at its arrival.

    `expression` is None when the body was no JSON, `status` None when the connection broke before a status.
    """

    expression: JSON
    headers: Mapping[str, str]
    status: int | None
    at: float
    fault: Fault | None


class Front:
    """The ASGI application in front of an engine. A request that waits for `latency_seconds` blocks no other one."""

    def __init__(self, *, engine: Engine, breaker: Breaker) -> None:
        self.faults = FaultPlan()
        self.latency_seconds = 0.0
        self._engine = engine
        self._breaker = breaker
        self._seen: deque[SeenRequest] = deque(maxlen=_KEPT_REQUESTS)
        self._lock = threading.Lock()

    @property
    def requests(self) -> list[SeenRequest]:
        """The latest requests, the oldest first."""
        with self._lock:
            return list(self._seen)

    def reset_requests(self) -> None:
        """Forget the requests seen so far."""
        with self._lock:
            self._seen.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except (asyncio.CancelledError, ClientDisconnect):
            # The client or the stopping server has closed the connection, so no answer is needed.
            return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = time.monotonic()
        http = HttpRequest(scope, receive)
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=dict(http.headers),
            body=await http.body(),
        )
        if self.latency_seconds > 0:
            await asyncio.sleep(self.latency_seconds)
        expression = _parsed(request.body)
        fault = self.faults.draw(expression)
        reply = self._reply(request, fault)
        status = None if fault is not None and fault.breaks_before_status else reply.status
        seen = SeenRequest(expression=expression, headers=request.headers, status=status, at=at, fault=fault)
        with self._lock:
            self._seen.append(seen)
        if fault is None:
            await HttpResponse(reply.body, status_code=reply.status, headers=reply.headers)(scope, receive, send)
        else:
            await self._deliver(reply, fault, scope, receive, send)

    def _reply(self, request: Request, fault: Fault | None) -> Reply:
        # An error has the time of one node's clock, which is not the transaction clock.
        if fault is None or fault.reply is None:
            return self._engine.handle(request)
        return replace(fault.reply, headers={**fault.reply.headers, "x-txn-time": str(wall_micros())})

    async def _deliver(self, reply: Reply, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(fault.delay_seconds)
        if not fault.breaks_before_status:
            body = reply.body[: int(len(reply.body) * fault.share)]
            announced = len(body if fault.ending == "shortened" else reply.body)
            headers = {**reply.headers, "content-length": str(announced)}
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": reply.status, "headers": raw})
            await _send_body(body, fault, send)
        if fault.ending in ("whole", "shortened"):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        self._breaker(scope, fault.ending == "reset")
        while (await receive())["type"] != "http.disconnect":
            pass


async def _send_body(body: bytes, fault: Fault, send: Send) -> None:
    step = max(1, -(-len(body) // fault.pieces))
    for start in range(0, len(body), step):
        if start > 0:
            await asyncio.sleep(fault.pause_seconds)
        await send({"type": "http.response.body", "body": body[start : start + step], "more_body": True})


def _parsed(body: bytes) -> JSON:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
