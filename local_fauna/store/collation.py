"""The order of texts in an index: that of a dictionary, not of code points (recording `index`).

The database uses the root collation of Unicode. This module knows the order of ASCII, and that a letter with an accent
comes after the one without. It refuses any other order as not implemented.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NoReturn, TypeAlias

from local_fauna.errors import not_implemented

Key: TypeAlias = tuple[Any, ...]

_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_PRIMARY = str.maketrans({letter: chr(place + 1) for place, letter in enumerate(_ORDER)})
_KNOWN = frozenset(_ORDER)


def _refuse() -> NoReturn:
    raise not_implemented(None, "The order of texts beyond ASCII and accents")


class _Unknown(str):
    """A text whose place is not known: it can only be equal to others."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True

    def __lt__(self, _: object) -> bool:
        _refuse()

    __le__ = __gt__ = __ge__ = __lt__


class _Accents(str):
    """The accents of one letter: none come first, the order of others is not known."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True

    def __lt__(self, other: str) -> bool:
        if self and other and self != other:
            _refuse()
        return not self and bool(other)

    def __gt__(self, other: str) -> bool:
        return _Accents(other) < self


def collated(text: str) -> Key:
    """The key of a text: letters first, then accents, then small letters before capitals, at last the code points."""
    if text.isascii():
        small = text.lower()
        if _KNOWN.issuperset(small):
            return (small.translate(_PRIMARY), (), text.swapcase(), text)
        return (_Unknown(text), (), "", text)
    letters: list[str] = []
    accents: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character) and letters:
            accents[-1] += character
        else:
            letters.append(character)
            accents.append("")
    plain = "".join(letters)
    if not _KNOWN.issuperset(plain.lower()):
        return (_Unknown(text), (), "", text)
    marks = tuple(map(_Accents, accents))
    return (plain.lower().translate(_PRIMARY), marks, plain.swapcase(), text)
