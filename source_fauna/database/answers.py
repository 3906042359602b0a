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


MOST_WEIGHT = 128_000_000
"""Of a decoded answer, in bytes of memory. Pages of documents weigh some ten times as much as their JSON."""

MOST_WEIGHT_OF_A_DOCUMENT = 1_000_000_000
"""Of a page with a single document. Nothing that fits into 8 MiB, the server's limit, weighs more."""

LIGHT_BYTES = 4 << 20
"""A body that is not longer is never too heavy, and is not weighed: that costs a tenth of decoding it."""


def weight(body: bytes) -> int:
    """About the most memory in bytes that the decoded value of a long body takes, and 0 for any other.

    60 MB of empty lists take 2 GB: a value takes some 40 bytes in a list, 64 more if it is a list or an object itself,
    and 110 more as a member of an object, with its key. One wide character makes four bytes of each in its text.
    """
    if len(body) <= LIGHT_BYTES:
        return 0
    containers = body.count(b"[") + body.count(b"{")
    return 4 * len(body) + 104 * containers + 40 * body.count(b",") + 110 * body.count(b":")


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
