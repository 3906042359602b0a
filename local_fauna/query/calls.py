"""Running stored lambdas: user functions, predicates of roles, bindings of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.access.auth import Authority
from local_fauna.errors import FaunaError, fault
from local_fauna.query.compiler import Compiler, Effect, Lambda
from local_fauna.query.context import Context
from local_fauna.store.entities import Entity
from local_fauna.values import Query, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.values import Value


def _program(query: Query) -> tuple[Lambda, int]:
    if query.program is None:
        compiler = Compiler(api_version=query.api_version)
        body = compiler.lambda_({"lambda": query.params, "expr": query.body}, {}, ())
        compiler.raise_if_wrong()
        query.program = (body, compiler.slots)
    program: tuple[Lambda, int] = query.program  # type: ignore[assignment]
    return program


def is_pure(query: Query) -> bool:
    """Whether a stored lambda neither reads nor writes."""
    body, _ = _program(query)
    return body.effect is Effect.PURE


def run_stored(context: Context, query: Query, argument: Value, position: Position = ()) -> Value:
    """The value of a stored lambda, for which `position` calls it. Errors of its body have positions within it."""
    body, slots = _program(query)
    inside = Context(
        context.run,
        context.authority,
        env=[None] * slots,
        at=context.at,
        depth=context.depth,
        no_writes=context.no_writes,
    )
    return body.apply(inside, argument, position)


def call_function(context: Context, query: Query, arguments: Value, role: Value, position: Position) -> Value:
    """Call a user function. An error inside is a `call error` with its cause."""
    inside = Context(
        context.run,
        context.authority if role is None else _acting_as(context, role),
        env=[],
        at=context.at,
        depth=context.depth,
        no_writes=context.no_writes,
    )
    try:
        return run_stored(inside, query, arguments, position)
    except FaunaError as error:
        if error.ends_query or [item.code for item in error.items] == ["stack overflow"]:
            raise
        text = "Calling the function resulted in an error."
        raise fault("call error", text, position, status=400, cause=error.items) from None


def _acting_as(context: Context, role: Value) -> Authority:
    if isinstance(role, SchemaRef):
        entity = role.entity
        return Authority(context.database, None, (entity,) if isinstance(entity, Entity) else ())
    return Authority(context.database, str(role))
