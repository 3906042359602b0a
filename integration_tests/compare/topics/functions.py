"""Functions of the user: what a call answers, what its errors show, and with whose rights it runs."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import Teller
from unit_tests.local_fauna.fauna import at, documents, lambda_, match, page, params, ref, var

_STEPS = 34
_NAMES = ("f", "g")

_BODIES: tuple[Any, ...] = (
    var("x"), [var("x"), 1], {"object": {"x": var("x")}}, {"add": [var("x"), 1]}, {"select": "a", "from": var("x")},
    {"let": {"y": var("x")}, "in": [var("y"), 1]}, {"query": lambda_("y", var("x"))}, {"now": None},
    {"abort": "no"}, [{"abort": "A"}, {"get": ref(9)}], var("unbound"), {"foo": 1},
    {"get": var("x")}, {"get": ref(1)}, {"get": ref(9)}, {"exists": ref(1)}, page(documents("c")), page(match("nope")),
    page({"collections": None}), {"create": ref(2), "params": params({"n": 1})}, {"delete": ref(2)},
    {"create_collection": {"object": {"name": "made"}}},
    {"call": "g", "arguments": var("x")}, {"call": "f", "arguments": var("x")}, {"call": "nope", "arguments": 1},
    {"if": {"equals": [var("x"), 0]}, "then": 0, "else": {"call": "f", "arguments": 0}},
)  # fmt: skip
_ROLES: tuple[Any, ...] = (
    "admin", "server", "server-readonly", "client", {"role": "reader"}, {"role": "nope"}, "x", 1, None,
)  # fmt: skip
_ARGUMENTS: tuple[Any, ...] = (
    0, 1, "x", None, [], [1], [1, 2], ref(1), ref(9), {"object": {"a": 1}}, documents(), {"get": ref(9)},
    {"abort": "A"},
)  # fmt: skip


def story(teller: Teller) -> Story:
    """Functions that call each other, change, and are called by keys with and without the right to."""
    yield from teller.ask({"create_collection": {"object": {"name": "c", "history_days": 30}}})
    yield from teller.ask({"create": ref(1), "params": params({"n": 1})})
    given = [({"function": "f"}, {"call": True}), ({"collection": "c"}, {"read": True})]
    privileges = [_privilege(*each) for each in given[: 2 if teller.maybe(0.5) else 1]]
    yield from teller.ask({"create_role": {"object": {"name": "reader", "privileges": []}}})
    for name in _NAMES:
        yield from teller.ask({"create_function": {"object": {"name": name, **_definition(teller)}}})
    yield from teller.change({"update": {"role": "reader"}, "params": {"object": {"privileges": privileges}}})
    yield from teller.key("reader", {"role": "reader"})
    for _ in range(_STEPS):
        if teller.maybe(0.25):
            yield from teller.change(_change(teller))
            yield from teller.ask(_call(teller))
        else:
            request = _call(teller)
            asked = at(teller.time(), request) if teller.maybe(0.1) else request
            yield from teller.ask(asked, as_="reader" if teller.maybe(0.5) else "admin")


def _privilege(resource: Any, actions: dict[str, Any]) -> Any:
    return {"object": {"resource": resource, "actions": {"object": actions}}}


def _definition(teller: Teller) -> dict[str, Any]:
    pattern = teller.one(("x", "x", "x", "x", ["x"], ["x", "y"], "_", [], 1))
    body: Any = {"query": lambda_(pattern, teller.one(_BODIES))}
    if teller.maybe(0.04):
        body = teller.one((1, None, lambda_("x", 1), {"@query": {"lambda": "x", "expr": var("x")}}))
    made: dict[str, Any] = {"body": body}
    if teller.maybe(0.3):
        made["role"] = teller.one(_ROLES)
    if teller.maybe(0.05):
        made[teller.one(("data", "foo"))] = {"object": {"k": 1}}
    return made


def _change(teller: Teller) -> Any:
    function = {"function": teller.one(_NAMES)}
    updated = {"update": function, "params": {"object": _definition(teller)}}
    name = teller.one((*_NAMES, "h", "", 1))
    return teller.one(
        (
            updated, updated, updated, {"replace": function, "params": {"object": _definition(teller)}},
            {"delete": function}, {"create_function": {"object": {"name": name, **_definition(teller)}}},
            {"create_function": {"object": {"name": "f", **_definition(teller)}}},
            {"update": function, "params": {"object": {"name": name}}}, {"delete": ref(2)},
            {"delete": {"role": "reader"}},
        )
    )  # fmt: skip


def _call(teller: Teller) -> Any:
    function: Any = teller.one(("f", "f", "g", {"function": "f"}, {"function": "g"}))
    if teller.maybe(0.06):
        function = teller.one(("nope", {"function": "nope"}, {"collection": "c"}, 1, None, {"role": "reader"}))
    call = {"call": function, "arguments": teller.one(_ARGUMENTS)}
    if teller.maybe(0.7):
        return call
    return teller.one(
        (
            {"get": {"function": "f"}},
            {"map": lambda_("x", {"call": function, "arguments": var("x")}), "collection": [0, 1]},
            [call, {"call": "g", "arguments": 1}], {"do": [call, 1]}, {"select": "a", "from": call, "default": 2},
            {"exists": {"function": "g"}}, page({"functions": None}), {"let": {"a": call}, "in": [var("a"), call]},
        )
    )  # fmt: skip
