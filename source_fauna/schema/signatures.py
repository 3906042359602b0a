"""Signatures of a typed collection, as its definition gives them for each field, such as `"Array<String>?"`.

    String Int Long Double Number Boolean Time Date Bytes UUID Ref<X> Array<X> { name: X } Null Any, A | B, A?

What cannot be read as one of these says nothing, as does Any: a sample then tells more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from source_fauna.records.inference import join
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
)

_NULL = "Null"

_NAMED: Mapping[str, ColumnType] = {
    "String": STRING,
    "Int": INTEGER,
    "Long": INTEGER,
    "Double": NUMBER,
    "Number": NUMBER,
    "Boolean": BOOLEAN,
    "Time": TIMESTAMP,
    "Date": DATE,
    "Bytes": STRING,
    "UUID": STRING,
}

_ENCLOSED = re.compile(r"(Ref<|Array<|\{).*[>}]", re.DOTALL)
_BY_OPENING: Mapping[str, ColumnType] = {"Ref<": OBJECT, "Array<": ARRAY, "{": OBJECT}

_STEP = {"<": 1, "{": 1, "(": 1, "[": 1, ">": -1, "}": -1, ")": -1, "]": -1}


def column_types(signatures: Mapping[str, str]) -> dict[str, ColumnType]:
    """The types of the columns of the fields whose signature says one."""
    types = {field: column_type(signature) for field, signature in signatures.items()}
    return {field: found for field, found in types.items() if found is not None}


def column_type(signature: str) -> ColumnType | None:
    """The type of the column of a field; None when the signature says nothing, or nothing but Null."""
    found: ColumnType | None = None
    for part in _alternatives(signature):
        bare = part.strip().rstrip("? ")
        if bare == _NULL:
            continue
        kind = _single(bare)
        if kind is None:
            return None
        found = join(found, kind)
    return found


def _single(bare: str) -> ColumnType | None:
    """The type of a signature without `|` and `?` of its own."""
    if bare.startswith("(") and bare.endswith(")"):
        return column_type(bare[1:-1])
    enclosed = _ENCLOSED.fullmatch(bare)
    return _NAMED.get(bare) if enclosed is None else _BY_OPENING[enclosed[1]]


def _alternatives(signature: str) -> list[str]:
    """The parts of a union, but for what stands within brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(signature):
        depth += _STEP.get(character, 0)
        if character == "|" and depth == 0:
            parts.append(signature[start:place])
            start = place + 1
    return [*parts, signature[start:]]
