"""FQL as the docs show it, in fauna-shell's syntax, and its twin on the wire.

`FORMS` is the table: each function of fauna-shell with the wire form it stands for. `wire` writes a whole statement by
it; a statement with a function that the table lacks has no twin, and is an error. `statements` finds them in a page:
fenced as `fql`, one after the other with a blank line at the margin between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Json: TypeAlias = Any

_FENCED = re.compile(r"^ *```fql\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(r'\s*("[^"]*"|-?\d+|\w+|[(){}\[\],:])')
_CONSTANTS = {"true": True, "false": False, "null": None}


def statements(page: str) -> list[str]:
    """Give the FQL statements of a Markdown page, in their order."""
    blocks = (block.strip() for block in _FENCED.findall(page))
    return [statement for block in blocks for statement in re.split(r"\n\n(?=\S)", block)]


def _of_one(form: str) -> Callable[..., Json]:
    return lambda argument: {form: argument}


def _of_none(form: str) -> Callable[..., Json]:
    return lambda: {form: None}


def _of_several(form: str) -> Callable[..., Json]:
    return lambda *arguments: {form: list(arguments)}


def _of_keys(*keys: str) -> Callable[..., Json]:
    """Arguments in the order of the keys; the last ones may be left out."""
    return lambda *arguments: dict(zip(keys, arguments, strict=False))


FORMS: dict[str, Callable[..., Json]] = {
    "Abort": _of_one("abort"),
    "And": _of_several("and"),
    "At": _of_keys("at", "expr"),
    "Collection": _of_one("collection"),
    "Collections": _of_none("collections"),
    "Count": _of_one("count"),
    "CreateIndex": _of_one("create_index"),
    "CreateKey": _of_one("create_key"),
    "CreateRole": _of_one("create_role"),
    "Do": _of_several("do"),
    "Documents": _of_one("documents"),
    "Equals": _of_several("equals"),
    "Exists": _of_keys("exists", "ts"),
    "Filter": lambda page, function: {"filter": function, "collection": page},
    "GT": _of_several("gt"),
    "Get": _of_one("get"),
    "If": _of_keys("if", "then", "else"),
    "Index": _of_one("index"),
    "Indexes": _of_none("indexes"),
    "LTE": _of_several("lte"),
    "Lambda": _of_keys("lambda", "expr"),
    "Let": lambda bound, result: {"let": [{key: value} for key, value in bound["object"].items()], "in": result},
    "Map": lambda page, function: {"map": function, "collection": page},
    "Match": _of_keys("match", "terms"),
    "Not": _of_one("not"),
    "Now": _of_none("now"),
    "Or": _of_several("or"),
    "Paginate": lambda paged, options=None: {"paginate": paged, **(options["object"] if options else {})},
    "Range": _of_keys("range", "from", "to"),
    "Ref": _of_keys("ref", "id"),
    "Role": _of_one("role"),
    "Select": _of_keys("select", "from", "default"),
    "ToMicros": _of_one("to_micros"),
    "Update": _of_keys("update", "params"),
    "Var": _of_one("var"),
}


def wire(statement: str) -> Json:
    """Give the twin of a statement. ValueError when it is not in the syntax, or uses what `FORMS` lacks."""
    tokens = _tokens(statement)
    value = _value(next(tokens), tokens)
    rest = list(tokens)
    if rest:
        raise ValueError(f"more than one statement: {rest[0]} comes after the end of {statement}")
    return value


def _tokens(statement: str) -> Iterator[str]:
    position, text = 0, statement.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ValueError(f"not FQL: {text[position:]}")
        position = found.end()
        yield found[1]


def _value(token: str, tokens: Iterator[str]) -> Json:
    if token == "[":
        return list(_until("]", tokens))
    if token == "{":
        return {"object": dict(_members(tokens))}
    if token.startswith('"'):
        return token[1:-1]
    if token in _CONSTANTS:
        return _CONSTANTS[token]
    if token.removeprefix("-").isdecimal():
        return int(token)
    if token not in FORMS or next(tokens) != "(":
        raise ValueError(f"no twin is known for {token}")
    return FORMS[token](*_until(")", tokens))


def _until(end: str, tokens: Iterator[str]) -> Iterator[Json]:
    for token in tokens:
        if token == end:
            return
        if token != ",":
            yield _value(token, tokens)
    raise ValueError(f"{end} is missing")


def _members(tokens: Iterator[str]) -> Iterator[tuple[str, Json]]:
    for token in tokens:
        if token == "}":
            return
        if token != ",":
            if next(tokens) != ":":
                raise ValueError(f"a colon is missing after {token}")
            yield token, _value(next(tokens), tokens)
    raise ValueError("} is missing")
