"""Who writes while the connector reads: several writers, each with random numbers of its own.

With local_fauna, they write between two requests of the connector. A query sees one snapshot, so only the order of
writes and requests matters. Every order can occur, and a seed reproduces it. On a real Fauna they are threads, because
nothing can be placed between two requests there.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from integration_tests.harness.fauna import Fauna
from integration_tests.histories.operations import Expression, Scene, transactions
from local_fauna import LocalFauna, faults
from local_fauna.local import QueryFailed


class Writer:
    """Runs one transaction at each step, of operations chosen by weight."""

    def __init__(self, *, database: Fauna, scene: Scene, weights: Mapping[str, int]) -> None:
        self._database = database
        self._scene = scene
        self._names, self._weights = list(weights), list(weights.values())
        self._waiting: deque[Expression] = deque()
        self.refused: QueryFailed | None = None
        self.written: list[Expression] = []

    def step(self) -> None:
        """Write. Keeps a refusal in `refused`, because an error in a thread would not fail the test."""
        if not self._waiting:
            name = self._scene.numbers.choices(self._names, self._weights)[0]
            self._waiting.extend(transactions(name, self._scene))
        expression = self._waiting.popleft()
        self.written.append(expression)
        try:
            self._database.query(expression)
        except QueryFailed as error:
            if error.status != 409:
                self.refused = error


def take_turns(writers: Sequence[Writer], numbers: random.Random, *, share: float) -> None:
    """Let some writers write, with the chance `share`, and often several times."""
    while numbers.random() < share:
        numbers.choice(writers).step()


@contextmanager
def between_requests(fauna: LocalFauna, action: Callable[[int, Expression], None]) -> Iterator[None]:
    """Call `action` with 0, 1, 2, … and the expression before each request is answered. Raises what it raised.

    It uses a fault rule that never applies, because the rules see each request before it runs.
    """
    number = 0
    problems: list[Exception] = []

    def look(expression: Expression) -> bool:
        nonlocal number
        try:
            action(number, expression)
        except Exception as problem:  # noqa: BLE001 - raised again in the thread that can fail
            problems.append(problem)
        number += 1
        return False

    fauna.faults.add(faults.delay(0.0), times=2**62, when=look)
    try:
        yield
    finally:
        fauna.faults.clear()
    for problem in problems:
        raise problem


@contextmanager
def writing(writers: Sequence[Writer], *, pause_seconds: float) -> Iterator[None]:
    """Let each writer write in a thread of its own, with pauses."""
    stop = threading.Event()

    def work(writer: Writer) -> None:
        while not stop.wait(pause_seconds):
            writer.step()

    threads = [threading.Thread(target=work, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
