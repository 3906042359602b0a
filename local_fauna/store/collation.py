"""The order of texts in an index: that of a dictionary, not of code points (recording `index`).

The database uses the root collation of Unicode. `collation.txt` holds it for the letters of Latin, Greek, Cyrillic and
Japanese, for punctuation, symbols and emoji; Korean syllables and Chinese characters follow by rule. The order of texts
with any other character is refused as not implemented.

Every character stands for some elements, each of which has a weight on three levels: the letter, its accent, its case.
Texts are compared by all weights of the first level, then of the second, then of the third, at last by code points.

The sections of `collation.txt`, code points in hexadecimal:
    [letters]  characters of ordinary accent and case, in the order of their first weights; `-` is a weight without one
    [kana]     the same, behind the Korean syllables
    [ignored]  characters without elements
    [unplaced] Chinese characters that stand elsewhere than their code points say: their order is not known
    [others]   `character=first.second.third,…`: an element each; a weight left out is the ordinary one, 0 is none
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from local_fauna.errors import not_implemented

if TYPE_CHECKING:
    from collections.abc import Iterator

Key: TypeAlias = tuple[Any, ...]
Weights: TypeAlias = tuple[str, str, str]
"""The weights of a character on the three levels, each as a character that compares like it."""

_PLAIN, _SMALL = chr(1), chr(2)
"""The weights of no accent, which no other goes below, and of small letters."""
_JAMO = (0x2000, 0x2100, 0x2200)
"""The weights of the first, second and last parts of Korean syllables."""
_KANA = 0x3000
_HAN = 0x20000
_FIRST_SYLLABLE, _SYLLABLES = 0xAC00, 11_172
_CHINESE = range(0x4E00, 0x9FA6)
"""Characters in the order of their code points, but for some."""


def _code_points(text: str) -> Iterator[str | None]:
    """The characters of a list such as `41 61-7A -`; None for a dash alone."""
    for item in text.split():
        if item == "-":
            yield None
            continue
        first, _, last = item.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


def _element(text: str) -> Weights:
    first, second, third = (*text.split("."), "", "")[:3]
    return (
        chr(int(first, 16)) if first else "",
        _weight(second, _PLAIN),
        _weight(third, _SMALL),
    )


def _weight(text: str, ordinary: str) -> str:
    if not text:
        return ordinary
    return "" if text == "0" else chr(int(text, 16))


def _read() -> tuple[dict[str, Weights], frozenset[str | None]]:
    lines = (Path(__file__).parent / "collation.txt").read_text(encoding="ascii").splitlines()
    sections: dict[str, list[str]] = {"[head]": []}
    for line in lines:
        if line.startswith("["):
            sections[line] = []
        else:
            sections[next(reversed(sections))].append(line)
    content = {name: " ".join(found) for name, found in sections.items()}
    table = dict.fromkeys(filter(None, _code_points(content["[ignored]"])), ("", "", ""))
    for section, first in (("[letters]", 1), ("[kana]", _KANA)):
        for number, letter in enumerate(_code_points(content[section]), first):
            if letter is not None:
                table[letter] = (chr(number), _PLAIN, _SMALL)
    for item in content["[others]"].split():
        letter, _, elements = item.partition("=")
        table[chr(int(letter, 16))] = _joined(map(_element, elements.split(",")))
    return table, frozenset(_code_points(content["[unplaced]"]))


def _joined(parts: Iterator[Weights]) -> Weights:
    first, second, third = zip(*parts, strict=True)
    return "".join(first), "".join(second), "".join(third)


_TABLE, _UNPLACED = _read()
_ASCII_LETTERS = {number: _TABLE[chr(number)][0] for number in range(128)}
_ASCII_CASES = {number: _TABLE[chr(number)][2] for number in range(128)}


class _Unknown(str):
    """A text whose place is not known: it can only be equal to others."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unknown) and str.__eq__(self, other)

    def __lt__(self, _: object) -> NoReturn:
        raise not_implemented(None, "The order of texts in this script")

    __le__ = __gt__ = __ge__ = __lt__


def _weights(character: str) -> Weights | None:
    """The weights of a character, None if they are not known."""
    known = _TABLE.get(character)
    if known is not None:
        return known
    number = ord(character)
    if number - _FIRST_SYLLABLE in range(_SYLLABLES):
        return _syllable(number - _FIRST_SYLLABLE)
    if number in _CHINESE:
        return None if character in _UNPLACED else (chr(_HAN + number), _PLAIN, _SMALL)
    plain = unicodedata.normalize("NFD", character)
    return None if plain == character else _all_weights(plain)


def _syllable(number: int) -> Weights:
    rest, last = divmod(number, 28)
    parts = [*divmod(rest, 21), last - 1]
    letters = [chr(base + part) for base, part in zip(_JAMO, parts, strict=True) if part >= 0]
    return "".join(letters), _PLAIN * len(letters), _SMALL * len(letters)


def _all_weights(text: str) -> Weights | None:
    found = [_weights(character) for character in text]
    return None if None in found else _joined(iter(found))  # type: ignore[arg-type]


def collated(text: str) -> Key:
    """The key of a text: its weights on the three levels, at last its code points."""
    if text.isascii():
        return (text.translate(_ASCII_LETTERS), "", text.translate(_ASCII_CASES), text)
    found = _all_weights(unicodedata.normalize("NFC", text))
    if found is None:
        return (_Unknown(text), "", "", text)
    # Plain accents at the end are left out: no accent goes below them.
    return (found[0], found[1].rstrip(_PLAIN), found[2], text)
