"""Control: let, var, if, do, object, at, now, abort, equals, logic, query, call (recording `errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import FaunaError, FirstError, denied, expected, fault, undefined_ref
from local_fauna.query.arguments import anything, boolean, eager, micros, string, variadic
from local_fauna.query.calls import call_function
from local_fauna.query.comparison import equal
from local_fauna.query.compiler import Compiler, form
from local_fauna.query.context import resolved
from local_fauna.query.forms.literals import stored_lambda
from local_fauna.store.entities import Entity
from local_fauna.values import Query, SchemaRef, Time, type_name

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value


@form("object")
def _object(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    members = expression["object"]
    if not isinstance(members, dict):
        return compiler.fail((*position, "object"), f"Object expected, {type_name(members)} provided.")
    return compiler.members(members, scope, (*position, "object"))


@form("let", "in")
def _let(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    bindings = expression["let"]
    place = (*position, "let")
    pairs: list[tuple[str, Any, Position]] = []
    if isinstance(bindings, dict):
        pairs = [(name, value, (*place, name)) for name, value in bindings.items()]
    elif isinstance(bindings, list):
        for number, binding in enumerate(bindings):
            if not isinstance(binding, dict) or len(binding) != 1:
                return compiler.fail((*place, number), "Object with exactly one key expected.")
            ((name, value),) = binding.items()
            pairs.append((name, value, (*place, number, name)))
    else:
        return compiler.fail(place, f"Object or Array expected, {type_name(bindings)} provided.")
    inner = dict(scope)
    steps = []
    for name, value, where in pairs:
        node = compiler.compile(value, inner, where)
        slot = inner[name] = compiler.new_slot()
        steps.append((slot, node))
    body = compiler.compile(expression["in"], inner, (*position, "in"))

    def run(context: Context) -> Value:
        for slot, node in steps:
            context.env[slot] = node(context)
        return body(context)

    return run


@form("var")
def _var(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    name = expression["var"]
    if not isinstance(name, str):
        return compiler.fail((*position, "var"), f"String expected, {type_name(name)} provided.")
    slot = scope.get(name)
    if slot is None:
        return compiler.fail(position, f"Variable '{name}' is not defined.")
    return lambda context: context.env[slot]


@form("if", "then", "else")
def _if(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    condition, yes, no = (compiler.compile(expression[key], scope, (*position, key)) for key in ("if", "then", "else"))
    place = (*position, "if")

    def run(context: Context) -> Value:
        return yes(context) if boolean(context, condition(context), place) else no(context)

    return run


@form("do")
def _do(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    steps = expression["do"]
    place = (*position, "do")
    if not isinstance(steps, list):
        return compiler.compile(steps, scope, place)
    if not steps:
        return compiler.fail(place, "Non-empty Array expected.")
    nodes = [compiler.compile(step, scope, (*place, number)) for number, step in enumerate(steps)]

    def run(context: Context) -> Value:
        value = None
        errors = FirstError()
        for node in nodes:
            try:
                value = node(context)
            except FaunaError as error:
                errors.add(error)
        errors.raise_if_any()
        return value

    return run


@form("at", "expr")
def _at(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    time = compiler.compile(expression["at"], scope, (*position, "at"))
    body = compiler.compile(expression["expr"], scope, (*position, "expr"))
    place = (*position, "at")

    def run(context: Context) -> Value:
        at = micros(context, time(context), place)
        before = context.at
        context.at = at
        try:
            return body(context)
        finally:
            context.at = before

    return run


@form("now")
def _now(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    if expression["now"] is not None:
        compiler.compile(expression["now"], scope, (*position, "now"))
        return compiler.fail((*position, "now"), f"Null expected, {type_name(expression['now'])} provided.")
    return lambda context: Time(context.snapshot * 1000)


@eager({"abort": string})
def _abort(_: Context, position: Position, message: str) -> Value:
    raise fault("transaction aborted", message, position)


@eager({"equals": variadic(anything)})
def _equals(_: Context, __: Position, values: list[Value]) -> Value:
    return all(equal(values[0], value) for value in values[1:])


@eager({"is_null": anything})
def _is_null(_: Context, __: Position, value: Value) -> Value:
    return value is None


@eager({"not": boolean})
def _not(_: Context, __: Position, value: bool) -> Value:  # noqa: FBT001 - a value of the query
    return not value


def _define_logic(key: str, *, until: bool) -> None:
    @form(key)
    def _logic(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        parts = expression[key]
        place = (*position, key)
        if not isinstance(parts, list):
            single = compiler.compile(parts, scope, place)
            return lambda context: boolean(context, single(context), place)
        nodes = [
            (compiler.compile(part, scope, (*place, number)), (*place, number)) for number, part in enumerate(parts)
        ]

        def run(context: Context) -> Value:
            for node, where in nodes:
                if boolean(context, node(context), where) is until:
                    return until
            return not until

        return run


_define_logic("and", until=False)
_define_logic("or", until=True)


@form("query")
def _query(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    content = expression["query"]
    if isinstance(content, dict) and set(content) == {"@query"}:
        return compiler.compile(content, scope, (*position, "query"))
    if not isinstance(content, dict):
        return compiler.fail((*position, "query"), f"Lambda expected, {type_name(content)} provided.")
    return stored_lambda(compiler, content, (*position, "query"))


def _function_ref(context: Context, value: Value, position: Position) -> SchemaRef:
    if isinstance(value, str):
        value = context.database.ref_to("functions", value)
    if not isinstance(value, SchemaRef) or value.kind != "functions":
        raise expected(position, "Function Ref", type_name(value))
    resolved(value, Entity, position)
    return value


@eager({"call": _function_ref, "arguments": anything})
def _call(context: Context, position: Position, function: SchemaRef, arguments: Value) -> Value:
    if not context.allows(function, "call", arguments):
        raise denied((*position, "call"))
    record, version = context.visible(function, (*position, "call"))
    body = None if record is None or version is None else version.fields.get("body")
    if not isinstance(body, Query):
        raise undefined_ref((*position, "call"), "function", function.name)
    role = version.fields.get("role") if version is not None else None
    return call_function(context, body, arguments, role, position)
