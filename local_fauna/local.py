"""`LocalFauna`: the engine, its clock and its HTTP front in one object that a test or program starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, final

import orjson

from local_fauna.clock import Clock
from local_fauna.engine import Engine
from local_fauna.front import Front, SeenRequest
from local_fauna.server import HOST, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from local_fauna.faults import JSON, FaultPlan

DEFAULT_KEY = "fnAElocal0fauna1stand2in"


class QueryFailed(Exception):
    """An in-process query was answered with an error; `status` and `errors` are the answer."""

    def __init__(self, *, status: int, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{status}: " + "; ".join(_told(error) for error in errors))
        self.status = status
        self.errors = errors


def _told(error: dict[str, Any]) -> str:
    failures = "".join(f"; {failure['field']}: {failure['description']}" for failure in error.get("failures", ()))
    return f"{error['code']} at {error.get('position', [])}: {error['description']}{failures}"


class FaunaExpression(Protocol):
    """What the builders of `faunadb.query` return."""

    def to_fauna_json(self) -> Any:
        """Give the wire form, one level deep."""


@final
class LocalFauna:
    """A small Fauna on a port of this machine. Its data is lost when it stops.

    A context manager, or `start` and `stop`; OSError when the port is taken. Port 0 takes a free one, which
    `port` then tells. `latency_seconds` may be set at any time.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        secret: str = DEFAULT_KEY,
        clock: Clock | None = None,
        latency_seconds: float = 0.0,
    ) -> None:
        self.port = port
        self.secret = secret
        self.domain = HOST
        self.clock = Clock() if clock is None else clock
        self.engine = Engine(secret=secret, clock=self.clock)
        self._front = Front(engine=self.engine, breaker=self._break)
        self._server = Server(self._front)
        self.latency_seconds = latency_seconds

    def __enter__(self) -> LocalFauna:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and return when requests are answered."""
        self.port = self._server.start(self.port)

    def stop(self) -> None:
        """Break all connections and end the thread; nothing happens when it does not run."""
        self._server.stop()

    @property
    def url(self) -> str:
        """The address that clients post queries to."""
        return f"http://{self.domain}:{self.port}"  # ignore-https-check

    @property
    def faults(self) -> FaultPlan:
        """The faults over HTTP. There are none until a test adds them."""
        return self._front.faults

    @property
    def latency_seconds(self) -> float:
        """How long each request over HTTP waits before it runs. Requests wait concurrently."""
        return self._front.latency_seconds

    @latency_seconds.setter
    def latency_seconds(self, seconds: float) -> None:
        self._front.latency_seconds = seconds

    @property
    def requests(self) -> list[SeenRequest]:
        """The latest 100,000 requests over HTTP, the oldest first."""
        return self._front.requests

    def count(self, predicate: Callable[[JSON], bool] | None = None) -> int:
        """How many of `requests` have an expression that the predicate accepts; without one, all."""
        return sum(1 for seen in self.requests if predicate is None or predicate(seen.expression))

    def reset_requests(self) -> None:
        """Forget the requests seen so far."""
        self._front.reset_requests()

    def query(self, expression: JSON | FaunaExpression) -> JSON:
        """Run a query as admin in this process, without HTTP, latency and faults, and return its resource as JSON.

        Takes wire JSON and what `faunadb.query` builds, also mixed. QueryFailed on an error answer, TypeError
        for what is neither.
        """
        body = orjson.dumps(expression, default=_wire, option=orjson.OPT_PASSTHROUGH_DATETIME)
        reply = self.engine.query(orjson.Fragment(body))
        content = orjson.loads(reply.body)
        if reply.status >= 400:
            raise QueryFailed(status=reply.status, errors=content["errors"])
        return content["resource"]

    def type_collection(self, name: str, *, fields: Mapping[str, JSON], wildcard: str | None = None) -> None:
        """Give a collection typed fields as FQL v10 does: `{"name": {"signature": "String"}}`.

        Its definition then shows `fields` and, if given, `wildcard`. KeyError for an unknown name.
        """
        self.engine.type_collection(name, fields=fields, wildcard=wildcard)

    def _break(self, scope: Any, reset: bool) -> None:  # noqa: FBT001 - the shape of a Breaker
        self._server.break_connection(scope, reset=reset)


def _wire(value: Any) -> Any:
    """Give the next level of a builder; AttributeError, which orjson turns into its own TypeError, for others."""
    return value.to_fauna_json()
