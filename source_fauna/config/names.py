"""Names that destroy data in a destination: those that differ in case only, and those that Airbyte keeps for itself.

Many destinations fold the case of column and table names. Of two columns that fold to one name, one is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

HARD_DELETE_COLUMN = "_ab_cdc_deleted_at"
"""The one column of Airbyte's own that a source may fill: destinations delete a row for good when it is not null."""

_OF_AIRBYTE = ("_airbyte_", "_ab_")


def folded(name: str) -> str:
    """What a destination that folds case makes of a name."""
    return name.casefold()


def is_of_airbyte(name: str) -> bool:
    """Whether the name is one of those that Airbyte and its destinations give to columns of their own."""
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
    """What to tell the user about the columns of a stream, which come in the order of its records."""
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
