"""Rules that ask without knowing how: a generator that yields what it needs to know, and is sent the answer.

A worker answers by asking the database at once; the connector reads many streams in one thread, and answers later.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

from source_fauna.errors.errors import FaunaError

Step = TypeVar("Step")
Result = TypeVar("Result")
Steps: TypeAlias = Generator[Step, Any, Result]
"""Yields steps, is sent their answers or thrown the FaunaError of one, and returns a result."""


def taken(steps: Steps[Step, Result], answer: Callable[[Step], Any]) -> Result:
    """The result when each step is answered at once. Raises what the steps do not catch."""
    try:
        step = next(steps)
        while True:
            try:
                given = answer(step)
            except FaunaError as error:  # noqa: PERF203 - there is an answer from a database between
                step = steps.throw(error)
            else:
                step = steps.send(given)
    except StopIteration as end:
        result: Result = end.value
        return result
