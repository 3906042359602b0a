"""A client that answers from a table, for the modules that only ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import orjson

from source_fauna.database.client import Page
from source_fauna.database.fql import wire
from unit_tests.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_fauna.database.client import Client

FORBIDDEN = (403, "permission denied", "Insufficient privileges to perform the action.")
MISSING = (404, "instance not found", "Document not found.")
UNAUTHORIZED = (401, "unauthorized", "Unauthorized")


class Scripted:
    """Answers each request by a function of its JSON; a triple of status, code and description is an error.

    Several expressions in one array are answered together: the first error fails all, as on a real server.
    """

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self._answer = answer
        self.asked: list[Any] = []

    @property
    def client(self) -> Client:
        return cast("Client", self)

    def query(self, expression: Any) -> Any:
        asked = orjson.loads(wire(expression))
        self.asked.append(asked)
        if isinstance(asked, list):
            return [self._resource(one, (place,)) for place, one in enumerate(asked)]
        return self._resource(asked, ())

    def question(self, expression: Any) -> Any:
        return self.query(expression)

    def page(self, build: Callable[[int], Any], *, size: int, most_bytes: int) -> Page:
        """A page of fewer elements where it would be too long, as of the client."""
        while True:
            body = json.dumps({"resource": self.query(build(size))}).encode()
            if len(body) <= most_bytes or size == 1:
                return Page(body=body, size=size, seconds=0.0)
            size = max(1, size // 2)

    def _resource(self, asked: Any, position: tuple[int, ...]) -> Any:
        resource = self._answer(asked)
        if isinstance(resource, tuple):
            status, code, description = resource
            raise refusal(status, code, description, position=position)
        return json.loads(json.dumps(resource))
