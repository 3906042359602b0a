"""Asking the same of many collections or indexes, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from source_fauna.schema.progress import Progress

Answer = TypeVar("Answer")


def side_by_side(
    ask: Callable[[str], Answer], names: Sequence[str], *, at_once: int, progress: Progress, doing: str
) -> dict[str, Answer]:
    """The answer for each name, in their order, with at most `at_once` requests at a time."""
    pool = ThreadPoolExecutor(max_workers=at_once)
    answers: dict[str, Answer] = {}
    try:
        for name, answer in zip(names, pool.map(ask, names), strict=True):
            answers[name] = answer
            progress.tell(doing, len(answers), len(names))
    finally:
        pool.shutdown(cancel_futures=True)
    return answers
