"""Tables of measurements, as text and as Markdown, with the machine on which they were made."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True)
class Table:
    """What was measured and how, the numbers, and their targets."""

    title: str
    about: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    wanted: str = ""

    def markdown(self) -> str:
        """The table as a section of a Markdown page, its columns aligned."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        rule = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
        body = "\n".join("| " + " | ".join(_aligned(line, widths)) + " |" for line in [self.header, rule, *self.rows])
        wanted = f"\nWanted: {self.wanted}\n" if self.wanted else ""
        return f"## {self.title}\n\n{self.about}\n\n{body}\n{wanted}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]


def machine() -> str:
    """The size of this machine, and how busy it was."""
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}; load {load} (1, 5 and 15 minutes)"
    )


def times(ratio: float) -> str:
    """A ratio, as `2.15x`."""
    return f"{ratio:.2f}x"
