"""The body of a request as JSON, the way the database reads it (recordings `errors`, `values`).

Only the first JSON value is read. If any text follows it, that must begin with a JSON token. Of duplicate keys the
first one counts. Integers are int64, and numbers with a point or an exponent are doubles. A lone surrogate becomes `?`.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from local_fauna.errors import internal, invalid_expression
from local_fauna.int64 import INT64

DEEPEST = 1000
"""Levels of nesting: more is refused."""
DEEPEST_SURVIVED = 500
"""Levels of nesting beyond which the server's own stack overflows: a 500."""

_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = " \t\r\n"
_TOKEN_BEHIND = re.compile(r'[\[{"]|(true|false|null)(?![\w$])|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?=[ \t\r\n]|\Z)')


def _integer(text: str) -> int:
    number = int(text) if len(text) < 21 else 2**63
    if number not in INT64:
        raise ValueError(text)
    return number


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        made.update(reversed(pairs))
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse)


def _depth(body: bytes) -> int:
    """The levels of nesting: innermost pairs of brackets are taken away until none is left."""
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = b"".join(plain.split(b'"')[::2]).translate(_BRACKETS, _NO_BRACKETS)
    depth = 0
    while (inner := brackets.replace(b"[]", b"")) != brackets:
        brackets = inner
        depth += 1
    return depth + brackets.count(b"[")


def _refuse_garbage(text: str, end: int, value: Any) -> None:
    """Raise ValueError if no JSON token follows the first value, which ends here. The rest is not checked."""
    behind = text[end:].lstrip(_SPACES)
    separated = len(behind) < len(text) - end or type(value) not in (int, float)
    if not separated or not _TOKEN_BEHIND.match(behind):
        raise ValueError(behind)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("?", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def parse_body(body: bytes) -> Any:
    """The first JSON value of the body. Raises FaunaError for what the database refuses."""
    if not body:
        raise invalid_expression((), "No query provided.")
    if body.count(b"[") + body.count(b"{") > DEEPEST_SURVIVED:
        depth = _depth(body)
        if depth > DEEPEST:
            raise invalid_expression((), "Request body JSON exceeds nesting limit.")
        if depth > DEEPEST_SURVIVED:
            raise internal("java.lang.StackOverflowError")
    try:
        text = body.decode().strip(_SPACES)
        value, end = _DECODER.raw_decode(text)
        if end < len(text):
            _refuse_garbage(text, end, value)
    except ValueError:
        raise invalid_expression((), "Request body is not valid JSON.") from None
    lowered = text.lower() if "\\u" in text else ""
    return _mended(value) if "\\ud" in lowered else value
