"""From the JSON of a query to nodes that run it (recording `errors`).

A form is chosen by its exact set of keys, from the registry. Everything that is wrong with the query itself is found
here, all of it, before anything runs: `invalid expression`. A node is a function from the context to a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from local_fauna.errors import ErrorCollector, FaunaError, expected, invalid_expression, not_implemented
from local_fauna.query.other_forms import OTHER_FORMS
from local_fauna.values import type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

    Node: TypeAlias = Callable[[Context], Value]
    Scope: TypeAlias = dict[str, int]
    Builder: TypeAlias = Callable[["Compiler", dict[str, Any], Scope, Position], Node]

_FORMS: dict[frozenset[str], Builder] = {}
_TAGS: dict[str, Builder] = {}
_WRITES: set[frozenset[str]] = set()
_SCALARS = {str, int, float, bool, type(None)}


class Const:
    """A node whose value is known before the query runs."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __call__(self, _: Context) -> Value:
        """Run the node."""
        return self.value


def register(required: Iterable[str], build: Builder, optional: Iterable[str] = (), *, writes: bool = False) -> None:
    """Make a form known, by every set of keys that it may have."""
    extras = tuple(optional)
    for extra in chain.from_iterable(combinations(extras, count) for count in range(len(extras) + 1)):
        keys = frozenset((*required, *extra))
        _FORMS[keys] = build
        if writes:
            _WRITES.add(keys)


def form(*required: str, optional: Iterable[str] = (), writes: bool = False) -> Callable[[Builder], Builder]:
    """Decorates the builder of a form that does more than evaluate its arguments."""

    def decorate(build: Builder) -> Builder:
        register(required, build, optional, writes=writes)
        return build

    return decorate


def tag(name: str) -> Callable[[Builder], Builder]:
    """Decorates the builder of a tagged value, such as `@ts`."""

    def decorate(build: Builder) -> Builder:
        _TAGS[name] = build
        return build

    return decorate


@dataclass(frozen=True)
class Lambda:
    """A compiled lambda: where its parameters go, and its body."""

    bind: Callable[[Context, Value], None]
    body: Node
    raw: dict[str, Any]

    def __call__(self, context: Context, argument: Value) -> Value:
        """Run the body with this argument."""
        self.bind(context, argument)
        return self.body(context)


class Compiler:
    """Compiles one query. Errors are gathered in `errors`; `slots` counts the variables it needs."""

    def __init__(self, *, api_version: str, read_only: bool = False) -> None:
        self.api_version = api_version
        self.errors = ErrorCollector()
        self.slots = 0
        self._read_only = read_only

    def fail(self, position: Position, description: str) -> Const:
        """Note an error and go on with the siblings."""
        self.errors.add(invalid_expression(position, description))
        return Const(None)

    def new_slot(self) -> int:
        """The place of another variable."""
        self.slots += 1
        return self.slots - 1

    def compile(self, expression: Any, scope: Scope, position: Position) -> Node:
        """The node of an expression."""
        if isinstance(expression, dict):
            return self._compile_form(expression, scope, position)
        if isinstance(expression, list):
            return self.array([self.compile(item, scope, (*position, place)) for place, item in enumerate(expression)])
        return Const(expression)

    def _compile_form(self, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        if len(expression) == 1:
            (name,) = expression
            if name in _TAGS:
                return self._built(_TAGS[name], expression, scope, position)
        keys = frozenset(expression)
        build = _FORMS.get(keys)
        if build is None:
            if not OTHER_FORMS.isdisjoint(keys):
                raise not_implemented(position, f"The form {{ {', '.join(expression)} }}")
            text = f"No form/function found, or invalid argument keys: {{ {', '.join(expression)} }}."
            return self.fail(position, text)
        if self._read_only and keys in _WRITES:
            return self.fail(position, "Call performs a write, which is not allowed in get requests.")
        return self._built(build, expression, scope, position)

    def _built(self, build: Builder, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        try:
            return build(self, expression, scope, position)
        except FaunaError as error:
            self.errors.add(error)
            return Const(None)

    def array(self, nodes: list[Node]) -> Node:
        """The node of an array. The errors of all elements are told."""
        if all(isinstance(node, Const) for node in nodes):
            return Const([node.value for node in nodes if isinstance(node, Const)])

        def run(context: Context) -> Value:
            errors = ErrorCollector()
            made = [errors.attempt(node, context) for node in nodes]
            errors.raise_if_any()
            return made

        return run

    def members(self, members: dict[str, Any], scope: Scope, position: Position) -> Node:
        """The node of an object whose members are expressions; a lone tag is the tagged value."""
        if len(members) == 1 and next(iter(members)) in _TAGS:
            return self.compile(members, scope, position)
        names = list(members)
        values = self.array(
            [
                Const(item) if type(item) in _SCALARS else self.compile(item, scope, (*position, name))
                for name, item in members.items()
            ]
        )
        if isinstance(values, Const):
            return Const(dict(zip(names, values.value, strict=True)))
        return lambda context: dict(zip(names, values(context), strict=True))

    def lambda_(self, expression: Any, scope: Scope, position: Position) -> Lambda | None:
        """A lambda where only a lambda can be; None after noting an error."""
        if isinstance(expression, dict) and set(expression) == {"@query"}:
            expression = expression["@query"]
        if not isinstance(expression, dict) or not {"lambda", "expr"} <= set(expression):
            provided = type_name(expression)
            self.fail(position, f"Lambda expected, {provided} provided.")
            return None
        inner = dict(scope)
        bind = self._pattern(expression["lambda"], inner, (*position, "lambda"))
        return Lambda(bind, self.compile(expression["expr"], inner, (*position, "expr")), expression)

    def _pattern(
        self,
        pattern: Any,
        scope: Scope,
        position: Position,
    ) -> Callable[[Context, Value], None]:
        if isinstance(pattern, str):
            if pattern == "_":
                return lambda _context, _value: None
            slot = scope[pattern] = self.new_slot()
            return lambda context, value: context.env.__setitem__(slot, value)
        if not isinstance(pattern, list):
            self.fail(position, f"Array or String expected, {type_name(pattern)} provided.")
            return lambda _context, _value: None
        parts = [self._pattern(part, scope, (*position, place)) for place, part in enumerate(pattern)]

        def bind(context: Context, value: Value) -> None:
            if not isinstance(value, list):
                raise expected(position, "Array", type_name(value))
            if len(value) < len(parts):
                wanted = f"Array with at least {len(parts)} elements"
                raise expected(position, wanted, f"Array with {len(value)} elements")
            for part, item in zip(parts, value, strict=False):
                part(context, item)

        return bind
