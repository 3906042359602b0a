"""Forms that make objects of others: merge, to_object, to_array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import ErrorCollector, expected, invalid_argument, not_implemented
from local_fauna.query.arguments import anything, eager
from local_fauna.query.compiler import Compiler, form
from local_fauna.type_names import type_name
from local_fauna.values import Document, as_list

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value


def _object(value: Value, position: Position) -> dict[str, Value]:
    if isinstance(value, Document):
        return value.members()
    if isinstance(value, dict):
        return value
    raise expected(position, "Object", type_name(value))


@form("merge", "with", optional=("lambda",))
def _merge(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    """Later values replace earlier ones, or are joined with them by the lambda; null takes a member away."""
    base = compiler.compile(expression["merge"], scope, (*position, "merge"))
    added = compiler.compile(expression["with"], scope, (*position, "with"))
    given = expression.get("lambda")
    join = compiler.lambda_(given, scope, (*position, "lambda")) if "lambda" in expression else None

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        left, right = errors.attempt(base, context), errors.attempt(added, context)
        errors.raise_if_any()
        made = dict(errors.attempt(_object, left, (*position, "merge")) or {})
        parts = [errors.attempt(_object, part, place) for part, place in _placed(right, (*position, "with"))]
        errors.raise_if_any()
        for part in parts:
            for key, value in part.items():
                joined = value if join is None else join.apply(context, [key, made.get(key), value], position)
                if joined is None:
                    made.pop(key, None)
                else:
                    made[key] = joined
        return made

    return run


def _placed(value: Value, position: Position) -> list[tuple[Value, Position]]:
    if not isinstance(value, list):
        return [(value, position)]
    return [(part, (*position, place)) for place, part in enumerate(value)]


@eager({"to_array": anything})
def _to_array(_: Context, position: Position, value: Value) -> Value:
    if isinstance(value, list):
        return value
    if not isinstance(value, (dict, Document)):
        raise invalid_argument((*position, "to_array"), f"Cannot cast {type_name(value)} to Array.")
    return [[key, item] for key, item in _object(value, position).items()]


@eager({"to_object": anything})
def _to_object(_: Context, position: Position, value: Value) -> Value:
    place = (*position, "to_object")
    if isinstance(value, (dict, Document)):
        return _object(value, place)
    if not isinstance(value, list):
        raise invalid_argument(place, f"Cannot cast {type_name(value)} to Object.")
    errors = ErrorCollector()
    made: dict[str, Value] = {}
    for number, pair in enumerate(as_list(value)):
        if not isinstance(pair, list) or len(pair) != 2 or type(pair[0]) is not str:
            errors.add(expected((*place, number), "Field/Value", type_name(pair)))
        elif pair[0] in made:
            raise not_implemented(place, "An object with the same member twice")
        else:
            made[pair[0]] = pair[1]
    errors.raise_if_any()
    return made
