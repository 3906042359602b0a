"""Forms whose arguments are all evaluated first: what each argument must be, and the errors when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from local_fauna.errors import (
    ErrorCollector,
    FaunaError,
    expected,
    invalid_argument,
    not_implemented,
    undefined_ref,
)
from local_fauna.int64 import within
from local_fauna.query.compiler import Effect, register
from local_fauna.store.entities import SINGULAR
from local_fauna.type_names import type_name
from local_fauna.values import Action, Date, DocRef, NativeRef, SchemaRef, Time, Uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_fauna.errors import Position
    from local_fauna.query.compiler import Compiler, Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

    Cast: TypeAlias = Callable[[Context, Value, Position], Any]
    Function: TypeAlias = Callable[..., Value]

MISSING: Any = object()
"""The value of an optional argument that was not given; null is a given one."""


def eager(
    required: Mapping[str, Cast], optional: Mapping[str, Cast] | None = None, *, effect: Effect = Effect.PURE
) -> Callable[[Function], Function]:
    """Decorates `function(context, position, *arguments)`; the arguments come in the order of declaration."""
    casts = {**required, **(optional or {})}

    def decorate(function: Function) -> Function:
        def build(compiler: Compiler, form: dict[str, Any], scope: Scope, position: Position) -> Node:
            parts = [
                (compiler.compile(form[name], scope, (*position, name)), cast, (*position, name))
                if name in form
                else None
                for name, cast in casts.items()
            ]
            return _node(function, parts, position)

        register(required, build, optional or (), effect=effect)
        return function

    return decorate


def _node(function: Function, parts: list[tuple[Node, Cast, Position] | None], position: Position) -> Node:
    given = [part for part in parts if part is not None]
    if len(given) == 1 and parts[0] is not None:
        # The usual case of `get`, `exists`, `create`: one argument, and nothing to gather errors over.
        node, cast, place = parts[0]
        rest = [MISSING] * (len(parts) - 1)
        return lambda context: function(context, position, cast(context, node(context), place), *rest)

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        values = [MISSING if part is None else errors.attempt(_evaluate, context, *part) for part in parts]
        errors.raise_if_any()
        return function(context, position, *values)

    return run


def _evaluate(context: Context, node: Node, cast: Cast, place: Position) -> Value:
    return cast(context, node(context), place)


def anything(_: Context, value: Value, __: Position) -> Value:
    """Any value."""
    return value


def of_type(wanted: str, *types: type) -> Cast:
    """A value of exactly one of these Python types; `wanted` is their name in the error."""

    def cast(_: Context, value: Value, position: Position) -> Value:
        if type(value) not in types:
            raise expected(position, wanted, type_name(value))
        return value

    return cast


def refuse_unknown(value: Value, position: Position) -> None:
    """Raise FaunaError for a ref of an unknown name where something that it names is needed.

    What is gone was found by no name, but in a list of the past, in an event or in a document.
    """
    named = value.collection if isinstance(value, DocRef) else value
    if not isinstance(named, SchemaRef) or named.known:
        return
    if not named.named:
        raise undefined_ref(position, SINGULAR[named.kind], named.name)
    if named is not value:
        raise not_implemented(position, "A document of a collection that is gone")


def nothing(_: Context, value: Value, position: Position) -> None:
    """Null, of forms such as `{"now": null}`."""
    if value is not None:
        raise expected(position, "Null", type_name(value))


integer = of_type("Integer", int)
string = of_type("String", str)
boolean = of_type("Boolean", bool)
number = of_type("Number", int, float)
array = of_type("Array", list)
mapping = of_type("Object", dict)


scalar = of_type(
    "Scalar", type(None), bool, int, str, float, Action, bytes, Time, Date, Uuid, DocRef, SchemaRef, NativeRef
)


def zero_or_more(item: Cast) -> Cast:
    """An array of such items, or a single one, as a list."""

    def cast(context: Context, value: Value, position: Position) -> list[Value]:
        if not isinstance(value, list):
            return [item(context, value, position)]
        errors = ErrorCollector()
        made = [errors.attempt(item, context, part, (*position, place)) for place, part in enumerate(value)]
        errors.raise_if_any()
        return made

    return cast


def one_or_more(item: Cast) -> Cast:
    """An array of such items that is not empty, or a single one, as a list."""
    several = zero_or_more(item)

    def cast(context: Context, value: Value, position: Position) -> list[Value]:
        made: list[Value] = several(context, value, position)
        if not made:
            raise empty_array(position)
        return made

    return cast


def empty_array(position: Position) -> FaunaError:
    """An array that must have elements has none."""
    return invalid_argument(position, "Non-empty array expected.")


def micros(_: Context, value: Value, position: Position) -> int:
    """A transaction time: `@ts` or integer micros."""
    if isinstance(value, Time):
        return within(value.micros, position)
    if type(value) is int:
        return value
    raise expected(position, "Time", type_name(value))
