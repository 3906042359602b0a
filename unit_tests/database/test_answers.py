"""JSON as servers write it, and as some might."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import pytest

from source_fauna.database.answers import MOST_WEIGHT, decode, looks_whole, weight
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b'{"resource": [1, 2.5, "x"]}', {"resource": [1, 2.5, "x"]}, id="plain"),
        pytest.param(b"[9007199254740993, -9223372036854775808]", [2**53 + 1, -(2**63)], id="beyond doubles"),
        pytest.param(b'"\\ud83d\\ude00"', "\N{GRINNING FACE}", id="a pair of surrogates"),
        pytest.param(b'"a\\ud800b"', "a?b", id="the first half of one"),
        pytest.param(b'"a\\udc00\\ud83d\\ude00"', "a?\N{GRINNING FACE}", id="the second half before a pair"),
        pytest.param(b'"\\ud800\\ud83d\\ude00"', "?\N{GRINNING FACE}", id="the first half before a pair"),
        pytest.param(b'"\\\\ud800 \\ud800"', "\\ud800 ?", id="a backslash and a u are none"),
        pytest.param(b'{"\\ud800": "\\n\\"\\u0041"}', {"?": '\n"A'}, id="in a key, beside other escapes"),
        pytest.param(b"[NaN, Infinity, -Infinity]", ["NaN", "Infinity", "-Infinity"], id="no numbers"),
        pytest.param(b"<html></html>", None, id="a page"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b'{"resource": ', None, id="half"),
        pytest.param(b'"\xff\xfe', None, id="no text"),
    ],
)
def test_what_a_body_says(body: bytes, value: Any) -> None:
    assert decode(body) == value


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        pytest.param(b'{"resource":{"data":[{"a":1}]}}', True, id="whole"),
        pytest.param(b'{"resource":null}', True, id="null"),
        pytest.param(b'{"resource":{"data":[{"a":1}]', False, id="broken off"),
        pytest.param(b'{"resource":"{"}', False, id="a brace in a text: to be read"),
        pytest.param(b'{ "resource": 1}', False, id="with blanks: to be read"),
        pytest.param(b'{"errors":[]}', False, id="an error"),
        pytest.param(b"<html>", False, id="a page"),
        pytest.param(b'{"resource":nul}', True, id="broken within: only reading it shows that"),
    ],
)
def test_what_looks_whole(body: bytes, *, looks: bool) -> None:
    assert looks_whole(body) is looks


@pytest.mark.parametrize("levels", [300, 900])
def test_many_levels_are_read(levels: int) -> None:
    value = decode(b'{"a":' * levels + b'"x"' + b"}" * levels)
    for _ in range(levels):
        value = value["a"]
    assert value == "x"


def test_more_levels_than_can_be_read_are_an_error_that_a_smaller_page_may_mend() -> None:
    levels = 200_000
    with pytest.raises(FaunaError) as caught:
        decode(b"[" * levels + b"]" * levels)
    assert caught.value.kind is Kind.TOO_LARGE
    assert caught.value.reason == "the answer has too many levels to be read"


def test_doubles_stay_exact() -> None:
    (value,) = decode(b"[1.7976931348623157E308]")
    assert value == math.nextafter(math.inf, 0.0)


LISTS = b'{"resource":[' + b"[]," * 1_500_000 + b"[]]}"
HEAVY = {
    "empty lists": LISTS,
    "empty objects": LISTS.replace(b"[],", b"{},"),
    "numbers": b"[" + b"1234567," * 600_000 + b"7]",
    "members": b"{" + b",".join(b'"%d":%d' % (number, number) for number in range(300_000)) + b"}",
    "short texts": b"[" + b'"ab",' * 900_000 + b"7]",
    "a text with a wide character": b'"' + b"x" * 5_000_000 + "😀".encode() + b'"',
    "documents": b"["
    + b",".join([b'{"ref":{"@ref":{"id":"1"}},"ts":17000000,"data":{"a":[1,2.5],"b":"x"}}'] * 70_000)
    + b"]",
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_no_value_takes_more_memory_than_it_weighs(body: bytes) -> None:
    tracemalloc.start()
    decoded = decode(body)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert decoded is not None
    assert weight(body) / 12 < taken <= weight(body) + 1_000


def test_a_short_body_is_not_weighed() -> None:
    assert weight(LISTS[: 4 << 20]) == 0
    assert weight(LISTS[: (4 << 20) + 1]) > MOST_WEIGHT, "and a longer one may be too heavy at once"
