"""Rules that ask without knowing how: a generator that yields what it needs to know, and is sent what came of it.

A worker answers by asking the database at once; the connector reads many streams in one thread, and answers later.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from source_fauna.errors.errors import FaunaError

Step = TypeVar("Step")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a step: an answer, or the error of asking for it.

    It is sent: tracers, such as those that measure coverage, lose a generator into which an error is thrown.
    """

    answer: Any = None
    error: FaunaError | None = None

    def result(self) -> Any:
        """The answer. Raises the FaunaError in its place."""
        if self.error is not None:
            raise self.error
        return self.answer


Steps: TypeAlias = Generator[Step, Outcome, Result]
"""Yields steps, is sent their outcomes, and returns a result."""


def taken(steps: Steps[Step, Result], answer: Callable[[Step], Any]) -> Result:
    """The result when each step is answered at once. Raises what the steps do not catch."""
    try:
        step = next(steps)
        while True:
            try:
                outcome = Outcome(answer=answer(step))
            except FaunaError as error:
                outcome = Outcome(error=error)
            step = steps.send(outcome)
    except StopIteration as end:
        result: Result = end.value
        return result
