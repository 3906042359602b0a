"""What the demo prints: steps, SQL, tables, and progress while a sync runs."""

from __future__ import annotations

import sys
import textwrap
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST_CELL = 64
_GREATEST_COUNT = 10**9
"""Greater integers are times in microseconds, and are not set off in thousands."""

_PROGRESS_SECONDS = 0.25
_TOO_FEW_FOR_A_RATE = 100


def step(title: str, *, yourself: str) -> None:
    """Begin a step: what happens now, and the commands that do it with a Fauna of one's own."""
    print(f"\033[1m{title}\033[0m" if sys.stdout.isatty() else title)
    print(textwrap.indent(yourself, " " * 13).replace(" " * 13, "  yourself:  ", 1), end="\n\n", flush=True)


def lines(text: str) -> None:
    """Print a text of one or more lines below its step, and an empty line."""
    print(textwrap.indent(textwrap.dedent(text).strip("\n"), "  "), end="\n\n", flush=True)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows below a header, numbers to the right, long texts cut."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    right = [all(_is_number(row[index]) for row in rows) for index in range(len(header))]
    for row in (list(header), ["-" * width for width in widths], *cells):
        padded = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ]
        print("  " + "  ".join(padded).rstrip())
    print(flush=True)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def _cell(value: object) -> str:
    counted = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _GREATEST_COUNT
    text = "" if value is None else f"{value:,}" if counted else str(value)
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"


@dataclass
class Progress:
    """Counts the records of each stream, and tells how far each one is: four times a second at most.

    A terminal shows it in one line that changes; a file gets a line each time.
    """

    _read: dict[str, int] = field(default_factory=dict)
    _expected: dict[str, int] = field(default_factory=dict)
    _began: float = 0.0
    _told: float = 0.0

    def add(self, stream: str) -> None:
        """Count one record of this stream."""
        now = time.monotonic()
        if not self._read:
            self._began = self._told = now
        self._read[stream] = self._read.get(stream, 0) + 1
        if now - self._told >= _PROGRESS_SECONDS:
            self._tell(now)

    def expect(self, stream: str, records: int) -> None:
        """The connector estimates that this stream will have so many records."""
        self._expected[stream] = records
        if stream in self._read:
            self._tell(time.monotonic())

    def end(self) -> None:
        """Tell the sum."""
        wipe = "\033[K" if sys.stdout.isatty() else ""
        records = sum(self._read.values())
        seconds = max(time.monotonic() - self._began, 0.001)
        rate = f" in {seconds:.1f} s, {records / seconds:,.0f} a second" if records >= _TOO_FEW_FOR_A_RATE else ""
        print(f"  {records:,} records{rate}{wipe}\n", flush=True)

    def _tell(self, now: float) -> None:
        self._told = now
        wipe, end = ("\033[K", "\r") if sys.stdout.isatty() else ("", "\n")
        print(f"  {', '.join(map(self._so_far, self._read))}{wipe}", end=end, flush=True)

    def _so_far(self, stream: str) -> str:
        """An estimate does not count deletions, so more records than expected can come."""
        read, expected = self._read[stream], self._expected.get(stream, 0)
        if read > expected:
            return f"{stream}: {read:,}"
        return f"{stream}: {read:,} of {expected:,} ({100 * read // expected} %)"
