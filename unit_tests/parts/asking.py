"""A client without threads or sockets: local_fauna's engine answers, and a test sees and changes what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import orjson

from source_fauna.database.attempts import Waiting
from source_fauna.database.client import Client, Page, Request
from source_fauna.database.fql import Expression, wire
from source_fauna.errors.errors import FaunaError
from source_fauna.parts.pages import Pages
from source_fauna.tuning import Tuning
from unit_tests.local_fauna.fauna import SECRET, Fauna
from unit_tests.things import body_of

Which = Callable[[Any], bool]


class Asking:
    """Answers each request at once. `asked` are the expressions, as JSON."""

    def __init__(self, fauna: Fauna, *, secret: str = SECRET) -> None:
        self._engine = fauna.engine
        self.secret = secret
        self.asked: list[Any] = []
        self._refusals: list[tuple[Which, FaunaError]] = []
        self._moments: dict[int, Callable[[], object]] = {}
        self._bodies: dict[int, bytes] = {}

    @property
    def client(self) -> Client:
        return cast("Client", self)

    def pages(self, size: int = 3) -> Pages:
        """What asks for pages of this size, which do not grow."""
        return Pages(client=self.client, tuning=Tuning(page_most_documents=size), first_size=size)

    def refuse(self, which: Which, error: FaunaError) -> None:
        """Answer requests like these with an error."""
        self._refusals.append((which, error))

    def before_answer(self, number: int, action: Callable[[], object]) -> None:
        """Let something happen to the database right before the answer of this number; the first is 1."""
        self._moments[number] = action

    def break_answer(self, number: int, body: bytes) -> None:
        """Answer the request of this number with this body, if it is believed without being read."""
        self._bodies[number] = body

    def page(self, build: Callable[[int], Expression], *, size: int, most_bytes: int) -> Page:
        return self._answer(Request(build=build, size=size, most_bytes=most_bytes, doubted=True))

    def question(self, expression: Expression) -> Any:
        return self.query(expression)

    def query(self, expression: Expression) -> Any:
        return self._answer(Request(build=lambda _: expression, doubted=True)).resource

    def fetch(self, request: Request, *, on_wait: Callable[[Waiting], None]) -> Page:
        del on_wait
        return self._answer(request)

    def _answer(self, request: Request) -> Page:
        expression = request.build(request.first_size)
        asked = orjson.loads(wire(expression))
        self.asked.append(asked)
        self._moments.pop(len(self.asked), lambda: None)()
        for which, error in self._refusals:
            if which(asked):
                raise error
        body = body_of(self._engine, expression, secret=self.secret)
        if not request.doubted:
            body = self._bodies.pop(len(self.asked), body)
        return Page(body=body, size=request.first_size, seconds=0.01)


def mentions(key: str) -> Which:
    """Requests that have this form anywhere."""

    def test(expression: Any) -> bool:
        if isinstance(expression, dict):
            return key in expression or any(map(test, expression.values()))
        return isinstance(expression, list) and any(map(test, expression))

    return test
