"""Control: let, var, if, do, object, at, now, abort, equals, logic, query, call (recording `errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.errors import (
    ErrorCollector,
    FaunaError,
    FirstError,
    denied,
    expected,
    fault,
    not_found,
    not_implemented,
    undefined_ref,
)
from local_fauna.query.arguments import anything, boolean, eager, micros, nothing, one_or_more, refuse_unknown, string
from local_fauna.query.calls import call_function
from local_fauna.query.closures import as_shown, lambda_version
from local_fauna.query.comparison import equal
from local_fauna.query.compiler import OUTSIDE, Compiler, Const, Effect, form
from local_fauna.query.context import resolved
from local_fauna.store.entities import Entity
from local_fauna.type_names import type_name
from local_fauna.values import Query, SchemaRef, Time

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

EMPTY = "Expression list cannot be empty."


@form("object")
def _object(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    members, place = expression["object"], (*position, "object")
    if not isinstance(members, dict):
        return compiler.fail(place, f"Object expected, {type_name(members)} provided.")
    if compiler.is_tagged(members):
        # Tags are decoded even here, and the result must be an object (recording `values`).
        return _within_tag(compiler, members, scope, position)
    return compiler.members(members, scope, place)


def _within_tag(compiler: Compiler, members: dict[str, Any], scope: Scope, position: Position) -> Node:
    inner = members.get("@obj")
    if isinstance(inner, dict):
        return compiler.members(inner, scope, (*position, "object"))
    node = compiler.compile(members, scope, (*position, "object"))
    if not isinstance(node, Const):
        raise not_implemented(position, "A ref or set in place of an object")
    return (
        node if node.value is None else compiler.fail(position, f"Object expected, {type_name(node.value)} provided.")
    )


@form("let", "in")
def _let(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    bindings = expression["let"]
    place = (*position, "let")
    pairs: list[tuple[str, Any, Position]] = []
    if isinstance(bindings, dict):
        if compiler.is_tagged(bindings):
            raise not_implemented(place, "A tag as the bindings of let")
        pairs = [(name, value, (*place, name)) for name, value in bindings.items()]
    elif isinstance(bindings, list):
        for number, binding in enumerate(bindings):
            if isinstance(binding, dict) and len(binding) == 1:
                ((name, value),) = binding.items()
                pairs.append((name, value, (*place, number, name)))
            else:
                compiler.fail((*place, number), f"Object expected, {type_name(binding)} provided.")
    else:
        compiler.fail(place, f"Array expected, {type_name(bindings)} provided.")
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
        compiler.unbound.append((name, position))
        return Const(None)
    if slot == OUTSIDE:
        raise not_implemented(position, "A stored lambda that uses a variable from outside")
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
        return compiler.fail(place, f"Array expected, {type_name(steps)} provided.")
    if not steps:
        return compiler.fail(place, EMPTY)
    nodes = [compiler.compile(step, scope, (*place, number)) for number, step in enumerate(steps)]

    def run(context: Context) -> Value:
        value = None
        errors = FirstError()
        for node in nodes:
            try:
                value = node(context)
            except FaunaError as error:  # noqa: PERF203 - the next step is run all the same
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


@eager({"now": nothing})
def _now(context: Context, _: Position, __: None) -> Value:
    return Time(context.snapshot * 1000)


@eager({"abort": string})
def _abort(_: Context, position: Position, message: str) -> Value:
    raise fault("transaction aborted", message, position)


@eager({"equals": one_or_more(anything)})
def _equals(context: Context, __: Position, values: list[Value]) -> Value:
    strict = context.run.api_version == "5"
    return all(equal(values[0], value, strict_actions=strict) for value in values[1:])


@eager({"not": boolean})
def _not(_: Context, __: Position, value: bool) -> Value:  # noqa: FBT001 - a value of the query
    return not value


def _define_logic(key: str, *, until: bool) -> None:
    @form(key)
    def _logic(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        parts = expression[key]
        place = (*position, key)
        if not isinstance(parts, list):
            single, first = compiler.compile(parts, scope, place), (*place, 0)
            return lambda context: boolean(context, single(context), first)
        if not parts:
            return compiler.fail(place, EMPTY)
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
    effect = compiler.effect
    body = compiler.lambda_(expression["query"], dict.fromkeys(scope, OUTSIDE), (*position, "query"))
    compiler.effect = effect
    raw = {} if body is None else body.raw
    return Const(Query(lambda_version(compiler.api_version), raw.get("lambda"), as_shown(raw.get("expr"))))


def _function_ref(context: Context, value: Value, position: Position) -> SchemaRef:
    if isinstance(value, str):
        value = context.database.ref_to("functions", value)
    if not isinstance(value, SchemaRef) or value.kind != "functions":
        refuse_unknown(value, position)
        raise expected(position, "Identifier", type_name(value))
    if value.named and not value.known:
        raise not_found(position, "Function")
    resolved(value, Entity, position)
    return value


@form("call", optional=("arguments",), effect=Effect.READ)
def _call(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
    compiler.effect = Effect.WRITE
    place = (*position, "call")
    function = compiler.compile(expression["call"], scope, place)
    given = compiler.compile(expression.get("arguments", []), scope, (*position, "arguments"))

    def run(context: Context) -> Value:
        errors = ErrorCollector()
        value, arguments = errors.attempt(function, context), errors.attempt(given, context)
        errors.raise_if_any()
        return _called(context, _function_ref(context, value, place), arguments, position)

    return run


def _called(context: Context, function: SchemaRef, arguments: Value, position: Position) -> Value:
    # The function is that of the present, whatever At stands around the call.
    store, number, _ = context.store_of(function, (*position, "call"))
    record = store.records.get(number)
    version = None if record is None else record.visible(context.present, context.snapshot)
    body = None if version is None else version.fields.get("body")
    if not isinstance(body, Query):
        raise undefined_ref((*position, "call"), "function", function.name)
    if not context.allows(function, "call", arguments):
        raise denied(position)
    role = version.fields.get("role") if version is not None else None
    return call_function(context, body, arguments, role, position)
