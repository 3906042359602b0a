"""Decoding the body of an answer, including the JSON that orjson does not read."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from source_fauna.errors import errors
from source_fauna.errors.table import Kind

_ESCAPES = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL)
"""A surrogate pair, a lone surrogate (in the group), or any other escape."""


def looks_whole(body: bytes) -> bool:
    """Whether a body seems to be complete. This check costs a tenth of decoding the body.

    Both results may be wrong. Decoding shows whether True was right. False may be wrong if a text contains a brace.
    """
    return body.startswith(b'{"resource":') and body.count(b"{") == body.count(b"}")


def decode(body: bytes) -> Any:
    """The JSON value of a body, or None if it is not JSON.

    orjson refuses lone surrogates, NaN, infinities and more than 1,024 levels. Here a lone surrogate becomes "?", as in
    the texts that the server stores. NaN and infinities become texts, as the server writes them. Raises FaunaError
    TOO_LARGE if the value has more levels than Python's own json module can read.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        text = body.decode("utf-8", "replace")
    try:
        return json.loads(_ESCAPES.sub(_whole, text), parse_constant=str)
    except ValueError:
        return None
    except RecursionError:
        raise errors.no_answer(Kind.TOO_LARGE, "the answer has too many levels to be read") from None


def _whole(escape: re.Match[str]) -> str:
    return "?" if escape[1] else escape[0]
