"""Which columns documents have: wire documents go in, columns come out. No requests are made here.

The type of a field is the join of the types of its values, by Fauna's own types on the wire. The order of the documents
does not matter, and more of them only ever widen a type:

    nothing < integer < number < string
    nothing < boolean, timestamp, date, object, array < string

A null has no type. A string column takes every value: texts as they are, and other values as their JSON text. So each
value that was seen fits its column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType

from source_fauna.records.names import ColumnNames, folded, is_usable
from source_fauna.records.types import (
    ARRAY,
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIMESTAMP,
    ColumnType,
    conversion,
)
from source_fauna.records.values import Json, is_set, unescaped

MOST_COLUMNS = 500
"""Found columns of one stream. A map with ids of users as keys is no table."""


@dataclass(frozen=True, kw_only=True)
class FoundColumn:
    """A field of `data` as a column of its own."""

    name: str
    field: str
    type: ColumnType


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The fields of `data` in some documents: in how many each was seen, and the type of those that were not null."""

    documents: int
    seen: Mapping[str, int]
    types: Mapping[str, ColumnType]


@dataclass(frozen=True, kw_only=True)
class Found:
    """The columns in the order of their names, and the fields that have none.

    The name of a `hidden` field is that of another column in a destination that folds names. An `unnamed` field has a
    name that no column can have. `excess` counts the fields beyond the maximum number of columns.
    """

    columns: tuple[FoundColumn, ...] = ()
    hidden: tuple[str, ...] = ()
    unnamed: int = 0
    excess: int = 0


def infer(documents: Iterable[Mapping[str, Json]]) -> Fields:
    """The fields of wire documents."""
    count = 0
    seen: dict[str, int] = {}
    types: dict[str, ColumnType] = {}
    for document in documents:
        count += 1
        for key, value in unescaped(document.get("data", {})).items():
            seen[key] = seen.get(key, 0) + 1
            found = join(types.get(key), wire_type(value))
            if found is not None:
                types[key] = found
    return Fields(documents=count, seen=seen, types=types)


def wire_type(value: Json) -> ColumnType | None:
    """The type of a column that holds this wire value; None for null, which fits any.

    Dates and times beyond the year 9999 are texts: no column of such a type takes them.
    """
    if type(value) is not dict:
        return _PLAIN[type(value)]
    if len(value) != 1:
        return OBJECT
    ((tag, content),) = value.items()
    if tag == "@obj":
        return STRING if is_set(content) else OBJECT
    if tag in _CALENDAR:
        column_type, fits = _CALENDAR[tag]
        return STRING if fits(content) is None else column_type
    return STRING if tag in _TEXTS else OBJECT


_PLAIN: Mapping[type, ColumnType | None] = {
    NoneType: None,
    bool: BOOLEAN,
    int: INTEGER,
    float: NUMBER,
    str: STRING,
    list: ARRAY,
}
_CALENDAR = {"@ts": (TIMESTAMP, conversion(TIMESTAMP)), "@date": (DATE, conversion(DATE))}
_TEXTS = frozenset({"@bytes", "@uuid", "@query", "@set"})
_NUMBERS = (INTEGER, NUMBER)


def join(one: ColumnType | None, other: ColumnType | None) -> ColumnType | None:
    """The narrowest type whose column takes the values of both; None is that of nothing."""
    if one is None or other is None:
        return one or other
    if one == other:
        return one
    return NUMBER if one in _NUMBERS and other in _NUMBERS else STRING


def choose(fields: Fields, names: ColumnNames, defined: Mapping[str, ColumnType] | None = None) -> Found:
    """The columns of the fields: first those of a definition, then those that were seen in the most documents.

    The type in the definition is widened by the values that were seen. If a destination would give several fields the
    same column, the first one gets it. A column that the user added comes before all.
    """
    defined = defined or {}
    types = dict(defined)
    for key, seen in fields.types.items():
        types[key] = join(types.get(key), seen) or seen
    ranked = sorted(types, key=lambda key: (key not in defined, -fields.seen.get(key, 0), key))
    taken = {*names.ours, *map(folded, names.additional)}
    columns, hidden = [], []
    for key in filter(is_usable, ranked):
        name = names.column_of(key)
        if folded(name) not in taken:
            taken.add(folded(name))
            columns.append(FoundColumn(name=name, field=key, type=types[key]))
        elif key not in names.additional:
            hidden.append(key)
    kept = _most_frequent(columns, fields, defined)
    return Found(
        columns=tuple(sorted(kept, key=lambda column: (folded(column.name), column.name))),
        hidden=tuple(sorted(hidden)),
        unnamed=sum(not is_usable(key) for key in types),
        excess=len(columns) - len(kept),
    )


def _most_frequent(columns: list[FoundColumn], fields: Fields, defined: Mapping[str, ColumnType]) -> list[FoundColumn]:
    """As many columns as a stream may have. Among too many, what one document of several has is a key of a map."""
    if len(columns) <= MOST_COLUMNS:
        return columns
    if fields.documents > 1:
        columns = [each for each in columns if each.field in defined or fields.seen[each.field] > 1]
    return columns[:MOST_COLUMNS]
