"""Print what each command makes of each fault: of one that passes, and of one that stays."""

from __future__ import annotations

from collections.abc import Iterable

from integration_tests.faults.commands import COMMANDS
from integration_tests.faults.matrix import FAULTS, Outcome, outcomes


def table(found: Iterable[Outcome]) -> str:
    """A line for each fault, a column for each command."""
    cells = {(each.fault, each.command): each.summary for each in found}
    rows = [["fault", *COMMANDS], *([fault, *(cells[fault, command] for command in COMMANDS)] for fault in FAULTS)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> None:
    """Print the three tables."""
    for title, options in (
        ("The fault strikes the first two requests", {"stays": False}),
        ("The fault strikes every request", {"stays": True}),
        ("The fault strikes every request but the first", {"stays": True, "skip": 1}),
    ):
        print(f"{title}:\n\n{table(outcomes(**options))}\n")  # noqa: T201 - it is what this program is for


if __name__ == "__main__":
    main()
