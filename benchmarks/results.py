"""The page of results: a section for each table, replaced when it is measured again."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).with_name("results.md")
HEAD = """# Benchmarks

Written by `make benchmark`, section by section. Ratios within a table were measured side by side.
"""


def record(title: str, section: str) -> None:
    """Put a section in the place that it had, or behind the others."""
    sections = _sections() | {title: section}
    PAGE.write_text("\n".join([HEAD, *sections.values()]), encoding="utf-8")


def _sections() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    _, *parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    return {part.partition("\n")[0]: f"## {part.strip()}\n" for part in parts}
