"""From the JSON of a query to nodes that run it (recording `errors`).

The registry has a form for each exact set of keys. All errors in the query itself (`invalid expression`) are found
here, before anything runs. A node is a function from the context to a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from local_fauna.errors import ErrorCollector, FaunaError, invalid_argument, invalid_expression, not_implemented
from local_fauna.query.other_forms import OTHER_FORMS
from local_fauna.type_names import type_name
from local_fauna.values import as_list
from local_fauna.wire.headers import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

    Node: TypeAlias = Callable[[Context], Value]
    Scope: TypeAlias = dict[str, int]
    Builder: TypeAlias = Callable[["Compiler", dict[str, Any], Scope, Position], Node]

_SINCE = {"contains_path": "3", "contains_field": "3", "contains_value": "3", "first": "4", "last": "4"}
_OTHERWISE_BEFORE_3 = frozenset({"and", "or", "all", "default"})
"""Keys of forms that evaluate their arguments in another way before API version 3."""


class Effect(IntEnum):
    """What a form may do at most."""

    PURE = 0
    READ = 1
    WRITE = 2


@dataclass(frozen=True)
class Form:
    """How a form is built, and what it may do besides its arguments."""

    build: Builder
    effect: Effect


_FORMS: dict[frozenset[str], Form] = {}
_TAGS: dict[str, Builder] = {}
OUTSIDE = -1
"""The slot of a variable that a stored lambda can see but not use."""
_SCALARS = {str, int, float, bool, type(None)}


class Const:
    """A node whose value is known before the query runs."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __call__(self, _: Context) -> Value:
        """Run the node."""
        return self.value


def register(
    required: Iterable[str], build: Builder, optional: Iterable[str] = (), *, effect: Effect = Effect.PURE
) -> None:
    """Make a form known, by every set of keys that it may have."""
    extras = tuple(optional)
    for extra in chain.from_iterable(combinations(extras, count) for count in range(len(extras) + 1)):
        _FORMS[frozenset((*required, *extra))] = Form(build, effect)


def form(*required: str, optional: Iterable[str] = (), effect: Effect = Effect.PURE) -> Callable[[Builder], Builder]:
    """Decorates the builder of a form that does more than evaluate its arguments."""

    def decorate(build: Builder) -> Builder:
        register(required, build, optional, effect=effect)
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
    """A compiled lambda: the slots of its parameters, and its body.

    `slots` are the places of its parameters, None for one that is ignored. A single parameter takes the argument as it
    is; several take the elements of an array of their number.
    """

    slots: tuple[int | None, ...]
    single: bool
    body: Node
    effect: Effect
    raw: dict[str, Any]

    def bind(self, context: Context, argument: Value, place: Position) -> None:
        """Store the argument in the slots. Raises FaunaError at `place` for an array of another length."""
        slots, env = self.slots, context.env
        values: list[Value] = argument if type(argument) is list and not self.single else [argument]
        if len(values) != len(slots):
            text = f"Lambda expects an array with {len(slots)} elements. Array contains {len(values)}."
            raise invalid_argument(place, text)
        for slot, value in zip(slots, values):  # noqa: B905 - of one length, and this runs for every element
            if slot is not None:
                env[slot] = value

    def apply(self, context: Context, argument: Value, position: Position) -> Value:
        """Run the body with this argument; `position` is where the lambda is called."""
        context.enter_lambda(position)
        try:
            self.bind(context, argument, (*position, "lambda"))
            return self.body(context)
        finally:
            context.leave_lambda()


class Compiler:
    """Compiles one query. Errors are gathered in `errors`; `slots` counts the variables it needs."""

    def __init__(self, *, api_version: str) -> None:
        self.api_version = api_version
        self.errors = ErrorCollector()
        self.slots = 0
        self.effect = Effect.PURE
        self.unbound: list[tuple[str, Position]] = []
        """Undefined variables. They are reported only if there is no other error."""

    def before(self, version: str) -> bool:
        """Whether the query is written in an API version before this one."""
        return VERSIONS.index(self.api_version) < VERSIONS.index(version)

    def raise_if_wrong(self) -> None:
        """Raise FaunaError for everything that is wrong with the query, if anything is."""
        self.errors.raise_if_any()
        for name, position in self.unbound:
            self.fail(position, f"Variable '{name}' is not defined.")
        self.errors.raise_if_any()

    def fail(self, position: Position, description: str) -> Const:
        """Note an error and go on with the siblings."""
        self.errors.add(invalid_expression(position, description))
        return Const(None)

    def unknown_form(self, expression: dict[str, Any], position: Position) -> Const:
        """Note that no form has these keys."""
        text = f"No form/function found, or invalid argument keys: {{ {', '.join(expression)} }}."
        return self.fail(position, text)

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
        found = _FORMS.get(keys)
        since = next((_SINCE[key] for key in keys if key in _SINCE), self.api_version)
        if found is None or self.before(since):
            if not OTHER_FORMS.isdisjoint(keys):
                raise not_implemented(position, f"The form {{ {', '.join(expression)} }}")
            return self.unknown_form(expression, position)
        if self.before("3") and not _OTHERWISE_BEFORE_3.isdisjoint(keys):
            raise not_implemented(position, f"The form {{ {', '.join(expression)} }} of API version {self.api_version}")
        self.effect = max(self.effect, found.effect)
        node = self._built(found.build, expression, scope, position)
        return _guarded(node, position) if found.effect is Effect.WRITE else node

    @staticmethod
    def is_tagged(members: dict[str, Any]) -> bool:
        """Whether an object is a tagged value, such as `@ts`."""
        return len(members) == 1 and next(iter(members)) in _TAGS

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
        """The node of an object whose members are expressions."""
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
        if not isinstance(expression, dict):
            self.fail(position, f"Lambda expected, {type_name(expression)} provided.")
            return None
        if set(expression) != {"lambda", "expr"}:
            self.unknown_form(expression, position)
            return None
        outer, self.effect = self.effect, Effect.PURE
        inner = dict(scope)
        parameters = expression["lambda"]
        slots = self._parameters(parameters, inner, (*position, "lambda"))
        body = self.compile(expression["expr"], inner, (*position, "expr"))
        made = Lambda(slots, not isinstance(parameters, list), body, self.effect, expression)
        self.effect = max(outer, self.effect)
        return made

    def _parameters(self, pattern: Any, scope: Scope, position: Position) -> tuple[int | None, ...]:
        if not isinstance(pattern, (str, list)):
            self.fail(position, f"String or Array expected, {type_name(pattern)} provided.")
            return ()
        slots: list[int | None] = []
        for place, name in enumerate(as_list(pattern)):
            if not isinstance(name, str):
                self.fail((*position, place), f"String expected, {type_name(name)} provided.")
            elif name == "_":
                slots.append(None)
            else:
                slot = scope[name] = self.new_slot()
                slots.append(slot)
        return tuple(slots)


def _guarded(node: Node, position: Position) -> Node:
    """The node of a form that writes, which some queries may not."""

    def run(context: Context) -> Value:
        if context.no_writes is not None:
            text = f"Call performs a write, which is not allowed in {context.no_writes}."
            raise invalid_expression(position, text)
        return node(context)

    return run
