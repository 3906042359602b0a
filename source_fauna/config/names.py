"""Names that lose data in a destination: names that differ only in case, and names that Airbyte reserves.

Many destinations fold the case of column and table names. If two columns fold to the same name, one of them is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

HARD_DELETE_COLUMN = "_ab_cdc_deleted_at"
"""The only column of Airbyte's own that a source may fill. If it is not null, destinations delete the row for good."""

_OF_AIRBYTE = ("_airbyte_", "_ab_")


def folded(name: str) -> str:
    """The name as a destination that folds case writes it."""
    return name.casefold()


def is_of_airbyte(name: str) -> bool:
    """Whether Airbyte and its destinations reserve the name for columns of their own."""
    return folded(name).startswith(_OF_AIRBYTE) and name != HARD_DELETE_COLUMN


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs (earlier name, later name) that differ in case only."""
    first: dict[str, str] = {}
    pairs = []
    for name in names:
        earlier = first.setdefault(folded(name), name)
        if earlier != name:
            pairs.append((earlier, name))
    return pairs


def column_warnings(names: Iterable[str]) -> list[str]:
    """Warnings for the user about the names of a stream's columns, which are given in their order in a record."""
    columns = list(names)
    return [
        *(
            f"Columns '{one}' and '{other}' differ in case only, so destinations that fold case keep only one of them: "
            f"rename '{other}'"
            for one, other in alike(columns)
        ),
        *(
            f"Column '{name}' begins like the columns of Airbyte itself, so destinations may drop or overwrite it: "
            "rename it"
            for name in columns
            if is_of_airbyte(name)
        ),
    ]
