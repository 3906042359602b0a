"""Forms over arrays, pages and sets: map, foreach, filter, take, count and their like (recording `errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, FaunaError, FirstError, bad_request, expected, invalid_argument
from local_fauna.int64 import wrapped
from local_fauna.query.arguments import array, array_or_page, boolean, eager, integer, number
from local_fauna.query.compiler import Compiler, form
from local_fauna.query.forms.sets import a_set
from local_fauna.sets.derived_sets import FilteredSet
from local_fauna.sets.sources import SetValue, element
from local_fauna.values import NativeRef, Page, Query, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.compiler import Lambda, Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

WIDEST = 100_000
"""Elements of one Map."""


def _elements(context: Context, value: Value, position: Position) -> list[Value]:
    array_or_page(context, value, position)
    data: list[Value] = value.data if isinstance(value, Page) else value
    if len(data) > WIDEST:
        raise bad_request(f"Query exceeds max width. Max: {WIDEST}, current: {len(data)}.")
    return data


def _rebuilt(source: Value, data: list[Value]) -> Value:
    return source.with_data(data) if isinstance(source, Page) else data


def _lambda_form(
    compiler: Compiler, expression: dict[str, Any], key: str, scope: Scope, position: Position
) -> tuple[Lambda | None, Node]:
    body = compiler.lambda_(expression[key], scope, (*position, key))
    return body, compiler.compile(expression["collection"], scope, (*position, "collection"))


@form("map", "collection")
def _map(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _lambda_form(compiler, expression, "map", scope, position)
    place = (*position, "collection")
    if body is None:
        return collection

    def run(context: Context) -> Value:
        source = collection(context)
        bind, inner = body.bind, body.body
        made = []
        errors = FirstError()
        for item in _elements(context, source, place):
            try:
                bind(context, item)
                made.append(inner(context))
            except FaunaError as error:
                errors.add(error)
        errors.raise_if_any()
        return _rebuilt(source, made)

    return run


@form("foreach", "collection")
def _foreach(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _lambda_form(compiler, expression, "foreach", scope, position)
    place = (*position, "collection")
    if body is None:
        return collection

    def run(context: Context) -> Value:
        source = collection(context)
        errors = FirstError()
        for item in _elements(context, source, place):
            try:
                body(context, item)
            except FaunaError as error:
                errors.add(error)
        errors.raise_if_any()
        return source

    return run


@form("filter", "collection")
def _filter(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    body, collection = _lambda_form(compiler, expression, "filter", scope, position)
    place = (*position, "collection")
    if body is None:
        return collection
    query = Query(compiler.api_version, body.raw["lambda"], body.raw["expr"])

    def run(context: Context) -> Value:
        source = collection(context)
        if isinstance(source, SetValue):

            def keeps(item: Value) -> bool:
                return boolean(context, body(context, item), position) is True

            return FilteredSet(source, keeps, query)
        if not isinstance(source, (list, Page)):
            raise expected(place, "Array, Page, or Set", type_name(source))
        data = source.data if isinstance(source, Page) else source
        kept = []
        errors = ErrorCollector()
        for number_in_data, item in enumerate(data):
            try:
                if boolean(context, body(context, item), (*position, number_in_data)):
                    kept.append(item)
            except FaunaError as error:
                errors.add(error)
        errors.raise_if_any()
        return _rebuilt(source, kept)

    return run


def _on_elements(key: str, change: Callable[[int, list[Value]], list[Value]]) -> None:
    @eager({key: integer, "collection": array_or_page})
    def _run(_: Context, __: Position, count: int, source: Value) -> Value:
        data = source.data if isinstance(source, Page) else source
        return _rebuilt(source, change(max(count, 0), data))


_on_elements("take", lambda count, data: data[:count])
_on_elements("drop", lambda count, data: data[count:])


def _appended(key: str, *, in_front: bool) -> None:
    @eager({key: array, "collection": array_or_page})
    def _run(_: Context, __: Position, added: list[Value], source: Value) -> Value:
        data = source.data if isinstance(source, Page) else source
        return _rebuilt(source, [*added, *data] if in_front else [*data, *added])


_appended("prepend", in_front=True)
_appended("append", in_front=False)


def collection_of(_: Context, value: Value, position: Position) -> Value:
    """An array, a page or a set."""
    if isinstance(value, (list, Page, SetValue)):
        return value
    raise expected(position, "Array, Page, or Set", type_name(value))


def _set_or_array(context: Context, value: Value, position: Position) -> Value:
    if isinstance(value, NativeRef):
        value = a_set(context, value, position)
    return collection_of(context, value, position)


def values_of(context: Context, source: Value, position: Position) -> list[Value]:
    """Everything in an array, page or set."""
    if isinstance(source, SetValue):
        source.require(context, position)
        return [element(entry) for entry in source.ascending(context, None)]
    data: list[Value] = source.data if isinstance(source, Page) else source
    return data


def _define_aggregate(key: str, compute: Callable[[list[Value], Position], Value], *, numbers: bool) -> None:
    @eager({key: _set_or_array})
    def _run(context: Context, position: Position, source: Value) -> Value:
        place = (*position, key)
        values = values_of(context, source, place)
        if numbers:
            for item, value in enumerate(values):
                number(context, value, (*place, item))
        result = compute(values, position)
        return source.with_data([result]) if isinstance(source, Page) else result


def _mean(values: list[Value], position: Position) -> Value:
    if not values:
        raise invalid_argument(position, "Cannot compute the mean of an empty collection.")
    return sum(values) / len(values)


_define_aggregate("count", lambda values, _: len(values), numbers=False)
_define_aggregate("sum", lambda values, _: wrapped(sum(values)), numbers=True)
_define_aggregate("mean", _mean, numbers=True)
_define_aggregate("is_empty", lambda values, _: not values, numbers=False)
_define_aggregate("is_nonempty", lambda values, _: bool(values), numbers=False)


@eager({"reverse": collection_of})
def _reverse(context: Context, position: Position, source: Value) -> Value:
    if isinstance(source, SetValue):
        raise invalid_argument((*position, "reverse"), "Array or Page expected, Set provided.")
    return _rebuilt(source, values_of(context, source, position)[::-1])


def _define_all(key: str, *, of_all: bool) -> None:
    @eager({key: _set_or_array})
    def _run(context: Context, position: Position, source: Value) -> Value:
        place = (*position, key)
        flags = [
            boolean(context, value, (*place, item)) for item, value in enumerate(values_of(context, source, place))
        ]
        return all(flags) if of_all else any(flags)


_define_all("all", of_all=True)
_define_all("any", of_all=False)
