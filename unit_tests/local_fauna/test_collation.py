"""The order of texts: that of ICU's root collation, which the database uses (its differences were asked of ICU 72)."""

from __future__ import annotations

import random
import unicodedata

import pytest

from local_fauna.errors import FaunaError
from local_fauna.store.collation import collated
from unit_tests.local_fauna.fauna import Fauna, data, field, match

ORDERED = [
    (
        "", "\x00", "\xad", "\t", " ", "_", "-", ",", "!", "?", ".", "'", '"', "(", "@", "/", "&", "#", "%", "+",
        "<", "|", "~", "\u263a", "\U0001f600", "$", "\u20ac", "0", "1", "\uff11", "\xb9", "2", "a", "A", "\xaa",
        "\xe1", "\xc1", "\xe4", "\xe6", "b", "c", "\xe7", "d", "\u0111", "\xf0", "e", "i", "\u0130", "\u0131", "l",
        "\u0142", "o", "\xf8", "\u0153", "s", "ss", "\xdf", "\u1e9e", "st", "t", "z", "Z", "\xfe", "\u03b1",
        "\u0391", "\u03c9", "\u03a9", "\u0430", "\u0438", "\u0439", "\u044f", "\uac00", "\uac00\ub098", "\uac01",
        "\ub098", "\u3042", "\u30a2", "\u304b", "\u304c", "\u65e5", "\u672c",
    ),
    (
        "a", "a\x00", "a!", "ab", "aB", "Ab", "AB", "\xe1b", "ac", "a\u0301c",
    ),
    (
        "cote", "cot\xe9", "c\xf4te", "c\xf4t\xe9",
    ),
    (
        "e\u0301", "\xe9", "\xe9a",
    ),
]  # fmt: skip
"""Each list in the order of the database. `e` with its accent apart is equal but for its code points."""


@pytest.mark.parametrize("texts", ORDERED, ids=map(str, range(len(ORDERED))))
def test_order(texts: tuple[str, ...]) -> None:
    shuffled = random.Random(1).sample(texts, len(texts))
    assert tuple(sorted(shuffled, key=collated)) == texts


def test_every_letter_with_an_accent_stands_between_those_without() -> None:
    for number in range(0xC0, 0x180):
        plain = unicodedata.normalize("NFD", chr(number))
        if len(plain) == 2 and plain[0] not in "zZ":
            assert collated(plain[0]) < collated(chr(number)) < collated(chr(ord(plain[0]) + 1))


def test_a_script_that_is_not_known_is_equal_to_itself_and_refused_with_others() -> None:
    assert collated("\u0915") == collated("\u0915") != collated("\u0916")
    assert collated("a\u9fa5") == collated("a\u9fa5")
    for other in ("\u0916", "a", "", "\u9f9c", "\u3400"):
        with pytest.raises(FaunaError, match="The order of texts in this script"):
            assert collated("\u0915") < collated(other)
        with pytest.raises(FaunaError, match="The order of texts in this script"):
            assert collated(other) < collated("\u0915")


def test_an_index_is_in_this_order(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "t")])
    for number, text in enumerate(["Z", "\u00e9", "st", "\u00df", "ss", "E", "\u65e5", ""]):
        fauna.create(number, {"t": text})
    assert data(fauna, match()) == ["", "E", "\u00e9", "ss", "\u00df", "st", "Z", "\u65e5"]
