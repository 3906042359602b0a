"""A client without threads or sockets: local_fauna's engine answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from source_fauna.database.attempts import Waiting
from source_fauna.database.client import Client, Page, Request
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.things import body_of


class DirectClient:
    """Asks local_fauna's engine. As the client does it, a page of too many bytes is asked for again, smaller."""

    def __init__(self, fauna: Fauna) -> None:
        self._engine = fauna.engine
        self.requests: list[int] = []
        self.waits: list[Waiting] = []
        self.before: Callable[[], object] = lambda: None

    @property
    def client(self) -> Client:
        return cast("Client", self)

    def fetch(self, request: Request, *, on_wait: Callable[[Waiting], None]) -> Page:
        size, shrunk = request.first_size, False
        for waiting in self.waits:
            on_wait(waiting)
        while True:
            self.before()
            self.requests.append(size)
            body = body_of(self._engine, request.build(size))
            assert request.most_bytes is not None
            if len(body) <= request.most_bytes or size == 1:
                return Page(body=body, size=size, seconds=0.01, shrunk=shrunk)
            size, shrunk = max(1, int(size * request.most_bytes / len(body))), True
