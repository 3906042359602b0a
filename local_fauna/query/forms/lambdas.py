"""Forms that run a lambda for each element: map, foreach, filter, reduce (recordings `errors`, `several_errors`)."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, FaunaError, FirstError, bad_request, expected, invalid_argument
from local_fauna.query.arguments import boolean
from local_fauna.query.closures import closed, stored_lambda
from local_fauna.query.compiler import Compiler, Effect, form
from local_fauna.query.forms.sets import iterable
from local_fauna.sets.derived_sets import FilteredSet
from local_fauna.sets.sources import SetValue
from local_fauna.values import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.compiler import Lambda, Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

WIDEST = 100_000
"""The most elements of one Map."""


def _elements(context: Context, value: Value, position: Position) -> list[Value]:
    if isinstance(iterable(context, value, position), SetValue):
        raise expected(position, "Array or Page", "Set")
    data: list[Value] = value.data if isinstance(value, Page) else value
    if len(data) > WIDEST:
        raise bad_request(f"Query exceeds max width. Max: {WIDEST}, current: {len(data)}.")
    return data


def _applied(
    context: Context, body: Lambda, items: list[Value], position: Position, take: Callable[[Value], None]
) -> None:
    """Run the lambda for every element, even after one has failed. Raises the first error."""
    if not items:
        return
    context.enter_lambda(position)
    inner, env = body.body, context.env
    slot = body.slots[0] if body.single else None
    place = (*position, "lambda")
    errors = FirstError()
    for item in items:
        try:
            if slot is not None:
                env[slot] = item
            else:
                body.bind(context, item, place)
            take(inner(context))
        except FaunaError as error:  # noqa: PERF203 - the next element is run all the same
            errors.add(error)
    context.leave_lambda()
    errors.raise_if_any()


def _parts(
    compiler: Compiler, expression: dict[str, Any], key: str, scope: Scope, position: Position
) -> tuple[Lambda | None, Node]:
    body = compiler.lambda_(expression[key], scope, (*position, key))
    return body, compiler.compile(expression["collection"], scope, (*position, "collection"))


@form("map", "collection")
def _map(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _parts(compiler, expression, "map", scope, position)
    place, called = (*position, "collection"), (*position, "map")
    if body is None:
        return collection

    def run(context: Context) -> Value:
        source = collection(context)
        made: list[Value] = []
        _applied(context, body, _elements(context, source, place), called, made.append)
        return source.with_data(made) if isinstance(source, Page) else made

    return run


@form("foreach", "collection")
def _foreach(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _parts(compiler, expression, "foreach", scope, position)
    place, called = (*position, "collection"), (*position, "foreach")
    if body is None:
        return collection

    def run(context: Context) -> Value:
        source = collection(context)
        _applied(context, body, _elements(context, source, place), called, lambda _: None)
        return source

    return run


@form("filter", "collection")
def _filter(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _parts(compiler, expression, "filter", scope, position)
    place, called = (*position, "collection"), (*position, "filter")
    if body is None:
        return collection
    query = stored_lambda(compiler, body, scope)

    def run(context: Context) -> Value:
        source = iterable(context, collection(context), place)
        if isinstance(source, SetValue):
            if body.effect is Effect.WRITE:
                text = "Invalid lambda. Lambda in this context may not write or call a user function."
                raise invalid_argument(called, text)
            applied = closed(context, body, called)
            return FilteredSet(source, lambda reader, item: boolean(context, applied(reader, item), called), query)
        data = source.data if isinstance(source, Page) else source
        kept = _kept(context, body, data, position)
        if isinstance(source, Page):
            rows = [row for row, flag in zip(source.rows, kept, strict=False) if flag]
            return source.with_data(list(compress(data, kept)), rows)
        return list(compress(data, kept))

    return run


def _kept(context: Context, body: Lambda, items: list[Value], position: Position) -> list[bool]:
    """For each element whether the lambda is true. Raises all errors of all elements."""
    errors, answers = ErrorCollector(), []
    answers = [errors.attempt(body.apply, context, item, (*position, "filter")) for item in items]
    errors.raise_if_any()
    flags: list[bool] = [
        errors.attempt(boolean, context, flag, (*position, place)) for place, flag in enumerate(answers)
    ]
    errors.raise_if_any()
    return flags
