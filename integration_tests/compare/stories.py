"""What a story is: a generator of questions, which is sent the answer to each before it asks the next."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

REFUSED_BY_NAME = 501
"""The status with which local_fauna refuses what it does not have; a real server never gives it."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request; the fields are those of a step in a plan of `integration_tests/record.py`."""

    request: Any
    as_: str = "admin"
    saves_secret: str | None = None
    pause_seconds: float = 0.0

    def plan(self) -> dict[str, Any]:
        """Give the step of a plan."""
        saved = {} if self.saves_secret is None else {"saves_secret": self.saves_secret}
        return {"as": self.as_, "request": self.request, "pause_seconds": self.pause_seconds, **saved}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What both servers answered, with the times and ids of the reference server."""

    status: int
    content: Any
    txn_time: int

    @property
    def ok(self) -> bool:
        """Whether there is a resource."""
        return self.status < 300

    @property
    def resource(self) -> Any:
        """The resource; None of an error."""
        return self.content.get("resource")


Story: TypeAlias = Generator[Question, Answer, None]
Part: TypeAlias = Generator[Question, Answer, Answer]
"""A part of a story that comes to one answer."""
