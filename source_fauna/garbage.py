"""How seldom Python looks for garbage while documents are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = (100_000, 50, 100)
"""The thresholds of the garbage collector: new containers, and collections of each younger generation."""


def collect_seldom() -> None:
    """Run the garbage collector seldom: it took half of the time of a read.

    What the imports made stays until the end. Documents hold no reference cycles, so they are freed without it.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """The same within a block, for a process that belongs to another program."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
