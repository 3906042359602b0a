"""Lambdas that outlive the place where they are written: those of filtered and joined sets, and stored ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import not_implemented
from local_fauna.query.context import Context
from local_fauna.values import Query
from local_fauna.wire.headers import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.compiler import Compiler, Lambda, Scope
    from local_fauna.sets.reader import Reader
    from local_fauna.values import Value

UNVERSIONED = "2.12"
"""The API version of a stored lambda that names none; no lambda has an earlier one."""


def closed(context: Context, body: Lambda, called: Position) -> Callable[[Reader, Value], Value]:
    """The lambda as a function of (reader, argument), with the variables of the place where it is made."""
    env = list(context.env)

    def applied(reader: Reader, argument: Value) -> Value:
        at = reader.at if isinstance(reader, Context) else None
        inside = Context(
            context.run, context.authority, env=env, at=at, depth=context.depth, no_writes=context.no_writes
        )
        return body.apply(inside, argument, called)

    return applied


def stored_lambda(compiler: Compiler, body: Lambda, scope: Scope) -> Query:
    """What a set shows of the lambda that it was made with."""
    query = Query(lambda_version(compiler.api_version), body.raw["lambda"], as_shown(body.raw["expr"]))
    query.closes_over = bool(_names(body.raw["expr"]) & set(scope))
    return query


def lambda_version(api_version: str) -> str:
    """The API version that a lambda written in this one is stored with."""
    return max(api_version, UNVERSIONED, key=VERSIONS.index)


def _names(expression: Any) -> set[str]:
    """The names of all variables in an expression."""
    if isinstance(expression, list):
        return {name for item in expression for name in _names(item)}
    if not isinstance(expression, dict):
        return set()
    if set(expression) == {"var"} and isinstance(expression["var"], str):
        return {expression["var"]}
    return {name for item in expression.values() for name in _names(item)}


def as_shown(expression: Any) -> Any:
    """The wire JSON of an expression as the server writes it: a single form where several are accepted."""
    if isinstance(expression, list):
        return [as_shown(item) for item in expression]
    if not isinstance(expression, dict):
        return expression
    keys = set(expression)
    if keys == {"@obj"}:
        return as_shown(expression["@obj"])
    if len(keys) == 1 and next(iter(keys)).startswith("@"):
        return expression
    shown = {key: as_shown(item) for key, item in expression.items()}
    if keys == {"let", "in"} and isinstance(shown["let"], list):
        pairs = [pair for binding in shown["let"] if isinstance(binding, dict) for pair in binding.items()]
        if len(dict(pairs)) != len(pairs):
            raise not_implemented(None, "A stored let that binds a name twice")
        shown["let"] = dict(pairs)
    for key in ("and", "or"):
        if keys == {key} and not isinstance(shown[key], list):
            shown[key] = [shown[key]]
    return shown
