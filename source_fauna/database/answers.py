"""The JSON of an answer, also where it is more, or less, than orjson reads."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from source_fauna.errors import errors
from source_fauna.errors.table import Kind

_ESCAPES = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL)
"""Both halves of a pair, or (in the group) one that stands alone, or any other escape."""


def looks_whole(body: bytes) -> bool:
    """Whether an answer holds a resource and is whole, at a tenth of the cost of reading it.

    True may be wrong, which reading it shows. False says nothing: a text may hold a brace of its own.
    """
    return body.startswith(b'{"resource":') and body.count(b"{") == body.count(b"}")


def decode(body: bytes) -> Any:
    """The JSON of a body, or None if it is none.

    A lone surrogate becomes "?", as in what the server stores, and NaN and infinities texts, as it writes them; orjson
    refuses all of them, and more than 1,024 levels. Raises FaunaError TOO_LARGE for more than Python itself can read.
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
