"""JSON as servers write it, and as some might."""

from __future__ import annotations

import math
from typing import Any

import pytest

from source_fauna.database.answers import decode, looks_whole
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
