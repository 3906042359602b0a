"""Strings: concat, case, search, parts (recording `errors`)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from local_fauna.errors import expected, invalid_argument, not_implemented
from local_fauna.int64 import int32
from local_fauna.query.arguments import MISSING, eager, integer, scalar, string, zero_or_more
from local_fauna.store.fields import casefolded
from local_fauna.type_names import type_name
from local_fauna.values import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_MOST_REPEATS = 1024
_LONGEST = 16 * 1024 * 1024
_SPACES = "".join(
    character
    for character in map(
        chr, (*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x205F, 0x3000)
    )
    if character != "\u2007"
)
"""What Java takes for white space: no space that keeps words together."""
_WORDS = re.compile(r"[A-Za-z ]*")


@eager({"concat": zero_or_more(string)}, {"separator": string})
def _concat(_: Context, __: Position, values: list[str], separator: Value) -> Value:
    return ("" if separator is MISSING else separator).join(values)


def _define_change(key: str, change: Callable[[str], Value]) -> None:
    @eager({key: string})
    def _run(_: Context, __: Position, value: str) -> Value:
        return change(value)


_define_change("lowercase", str.lower)
_define_change("uppercase", str.upper)
_define_change("trim", lambda text: text.strip(_SPACES))
_define_change("ltrim", lambda text: text.lstrip(_SPACES))
_define_change("rtrim", lambda text: text.rstrip(_SPACES))
_define_change("length", len)


@eager({"titlecase": string})
def _titlecase(_: Context, position: Position, value: str) -> Value:
    if not _WORDS.fullmatch(value):
        raise not_implemented(position, "The words of a text that has more than ASCII letters and spaces")
    return value.title()


_FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def _normalizer(_: Context, value: Value, position: Position) -> str:
    if type(value) is str and value in ("NFKCCaseFold", *_FORMS):
        return value
    raise expected(position, "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD'", type_name(value))


@eager({"casefold": zero_or_more(scalar)}, {"normalizer": _normalizer})
def _casefold(_: Context, __: Position, values: list[Value], normalizer: Value) -> Value:
    def folded(value: Value) -> Value:
        if isinstance(value, str) and normalizer in _FORMS:
            return unicodedata.normalize(normalizer, value)
        return casefolded(value)

    made = [value if isinstance(value, Action) else folded(value) for value in values]
    return made[0] if len(made) == 1 else made


def _define_search(key: str, holds: Callable[[str, str], bool]) -> None:
    @eager({key: string, "search": string})
    def _run(_: Context, __: Position, value: str, search: str) -> Value:
        return holds(value, search)


_define_search("containsstr", lambda value, search: search in value)
_define_search("startswith", str.startswith)
_define_search("endswith", str.endswith)


@eager({"findstr": string, "find": string}, {"start": integer})
def _find(_: Context, position: Position, value: str, find: str, start: Value) -> Value:
    begin = 0 if start is MISSING or not 0 < start < len(value) else start
    if not value.isascii() and begin:
        raise not_implemented(position, "Searching from the middle of a text beyond ASCII")
    return value.find(find, begin)


@eager({"replacestr": string, "find": string, "replace": string})
def _replace(_: Context, __: Position, value: str, find: str, replacement: str) -> Value:
    return value.replace(find, replacement)


@eager({"substring": string}, {"start": integer, "length": integer})
def _substring(_: Context, position: Position, value: str, start: Value, length: Value) -> Value:
    size = len(value)
    begin = 0 if start is MISSING else int32(start if start >= 0 else size + start)
    if not 0 <= begin <= size:
        raise invalid_argument(position, "start must be less than or equal to the string length")
    if length is MISSING:
        return value[begin:]
    if length < 0:
        raise invalid_argument(position, "length must be positive")
    return value[begin : min(begin + length, size)]


def _repeated(value: str, times: int, position: Position) -> str:
    count = max(int32(min(times, _MOST_REPEATS)), 0)
    if len(value) * count > _LONGEST:
        raise not_implemented(position, f"A text of more than {_LONGEST} characters")
    return value * count


@eager({"repeat": string}, {"number": integer})
def _repeat(_: Context, position: Position, value: str, times: Value) -> Value:
    return _repeated(value, 2 if times is MISSING else times, position)


@eager({"space": integer})
def _space(_: Context, position: Position, count: int) -> Value:
    return _repeated(" ", max(count, 0), position)
