"""The name of the column of a field in `data`. It is the field's name, unless another kind of column has that name.

The rule works in both directions, because a read knows only the columns in its catalog. If a field has the name of one
of our columns, with or without `data_` before it, its column gets another `data_` before the name. So `ref` is in the
column `data_ref`, and `data_ref` in `data_data_ref`. No two fields get the same column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from source_fauna.config.config import RESERVED_COLUMNS
from source_fauna.config.names import HARD_DELETE_COLUMN, is_of_airbyte
from source_fauna.config.names import folded as in_one_case

PREFIX = "data_"

LONGEST = 250
"""Characters of a name. Some destinations refuse a table with a name of more than 255, our prefix included."""

_SEPARATOR = re.compile(r"\s+|\W")
_KEPT = 63
"""Bytes that PostgreSQL keeps of a name in UTF-8. Others keep more."""


def folded(name: str) -> str:
    """The name as destinations may fold it: in one case, without dots and blanks, cut off. Equal ones may collide."""
    whole = _SEPARATOR.sub("_", in_one_case(unicodedata.normalize("NFKC", name)))
    return whole.encode()[:_KEPT].decode(errors="ignore")


def is_usable(key: str) -> bool:
    """Whether a field can name a column at all.

    Not with control characters, and not without a letter or digit: such a name is `_` or nothing in a destination.
    """
    return key.isprintable() and any(map(str.isalnum, key)) and len(key) <= LONGEST


@dataclass(frozen=True)
class ColumnNames:
    """The columns that a record has beside the fields: `ours`, folded, and the additional ones of its user."""

    ours: frozenset[str]
    additional: frozenset[str]

    def column_of(self, key: str) -> str:
        """The name of the column of a field."""
        return PREFIX + key if self._is_taken(key) else key

    def field_of(self, column: str) -> str:
        """The field whose column has this name."""
        key = column[len(PREFIX) :]
        return key if column.startswith(PREFIX) and self._is_taken(key) else column

    def _is_taken(self, key: str) -> bool:
        while True:
            name = folded(key)
            if name in self.ours or is_of_airbyte(name) or name == HARD_DELETE_COLUMN:
                return True
            if not key.startswith(PREFIX):
                return False
            key = key[len(PREFIX) :]


def column_names(*, additional: Iterable[str] = (), deletion_column: str | None = None) -> ColumnNames:
    """The names that are taken in the records of a stream."""
    ours = [*RESERVED_COLUMNS, *([] if deletion_column is None else [deletion_column])]
    return ColumnNames(ours=frozenset(map(folded, ours)), additional=frozenset(additional))
