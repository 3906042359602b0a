"""Running stored lambdas: user functions, predicates of roles, bindings of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.access.auth import Authority
from local_fauna.errors import FaunaError, fault, invalid_expression
from local_fauna.query.compiler import Compiler, Lambda
from local_fauna.query.context import Context
from local_fauna.values import Query, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.values import Value

_DEEPEST = 200
"""Nested calls: one more is a stack overflow."""


def _program(query: Query) -> tuple[Lambda, int]:
    if query.program is None:
        compiler = Compiler(api_version=query.api_version)
        body = compiler.lambda_({"lambda": query.params, "expr": query.body}, {}, ())
        compiler.errors.raise_if_any()
        query.program = (body, compiler.slots)
    program: tuple[Lambda, int] = query.program  # type: ignore[assignment]
    return program


def run_stored(context: Context, query: Query, argument: Value) -> Value:
    """The value of a stored lambda. Positions of its errors are those within the lambda."""
    body, slots = _program(query)
    inside = Context(context.run, context.authority, env=[None] * slots, at=context.at, calls=context.calls)
    return body(inside, argument)


def call_function(context: Context, query: Query, arguments: Value, role: Value, position: Position) -> Value:
    """Call a user function. An error inside is a `call error` with its cause."""
    if context.run.read_only:
        text = "Call performs a write, which is not allowed in get requests."
        raise invalid_expression(position, text)
    if context.calls >= _DEEPEST:
        raise fault("stack overflow", f"Function call depth exceeded the limit of {_DEEPEST}.", position)
    authority = context.authority if role is None else _acting_as(context, role)
    inside = Context(context.run, authority, env=[], at=context.at, calls=context.calls + 1)
    try:
        return run_stored(inside, query, arguments)
    except FaunaError as error:
        first = error.items[0]
        if first.position is None or first.code == "stack overflow":
            raise
        text = "Calling the function resulted in an error."
        raise fault("call error", text, position, status=400, cause=error.items) from None


def _acting_as(context: Context, role: Value) -> Authority:
    if isinstance(role, SchemaRef):
        return Authority(context.database, None, () if role.entity is None else (role.entity,))
    return Authority(context.database, str(role))
