"""Forms with a lambda over whole sets: reduce and join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, expected, invalid_argument, not_found, not_implemented
from local_fauna.query.arguments import refuse_unknown
from local_fauna.query.closures import closed, stored_lambda
from local_fauna.query.compiler import Compiler, Effect, form
from local_fauna.query.context import resolved
from local_fauna.query.forms.folds import values_of
from local_fauna.query.forms.sets import a_set, iterable
from local_fauna.sets.joined_sets import IndexJoin, LambdaJoin
from local_fauna.store.indexes import Index
from local_fauna.type_names import type_name
from local_fauna.values import Page, Query, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value


@form("reduce", "initial", "collection", effect=Effect.READ)
def _reduce(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    called = (*position, "reduce")
    body = compiler.lambda_(expression["reduce"], scope, called)
    first, rest = (compiler.compile(expression[key], scope, (*position, key)) for key in ("initial", "collection"))
    if body is None:
        return rest

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        value, given = errors.attempt(first, context), errors.attempt(rest, context)
        errors.raise_if_any()
        source = iterable(context, given, (*position, "collection"))
        for item in values_of(context, source, called):
            value = body.apply(context, [value, item], called)
        return source.with_data([value]) if isinstance(source, Page) else value

    return run


@form("join", "with")
def _join(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    target, place = expression["with"], (*position, "with")
    source = compiler.compile(expression["join"], scope, (*position, "join"))
    if not isinstance(target, dict) or set(target) != {"lambda", "expr"}:
        return _with_index(source, compiler.compile(target, scope, place), position)
    known = len(compiler.errors)
    body = compiler.lambda_(target, scope, place)
    if len(compiler.errors) > known or body is None:
        # The server reads a lambda with an error once more as an expression, and no expression has these keys.
        compiler.errors.forget_from(known)
        return compiler.unknown_form(target, place)
    shown = stored_lambda(compiler, body, scope)

    def run(context: Context) -> Value:
        base = a_set(context, source(context), (*position, "join"))
        if body.effect is not Effect.PURE:
            text = "Invalid lambda. Lambda in this context may not read, write, or call a user function."
            raise invalid_argument(place, text)
        applied = closed(context, body, place)
        return LambdaJoin(base, lambda reader, item: a_set(context, applied(reader, item), place), shown)

    return run


def _with_index(source: Node, target: Node, position: Position) -> Node:
    place = (*position, "with")

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        given, index = errors.attempt(source, context), errors.attempt(target, context)
        errors.raise_if_any()
        base = a_set(context, given, (*position, "join"))
        if isinstance(index, Query):
            raise not_implemented(place, "A join with a stored lambda")
        refuse_unknown(index, place)
        if not isinstance(index, SchemaRef) or index.kind != "indexes":
            raise expected(place, "Lambda or Index Ref", type_name(index))
        if index.named and not index.known:
            raise not_found(place, "Index")
        return IndexJoin(base, resolved(index, Index, place))

    return run
