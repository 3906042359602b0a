"""Several errors in one query: which of them the answer tells, in which order, and with which status."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_STEPS = 42


def story(teller: Teller) -> Story:
    """Requests made of parts, most of which fail in ways of their own."""
    for name in ("open", "closed"):
        days = 30 if name == "closed" else teller.one((30, 0))
        yield from teller.ask({"create_collection": {"object": {"name": name, "history_days": days}}})
        made = {"name": f"{name}_ts", "source": {"collection": name}, "values": [field("ts"), field("ref")]}
        yield from teller.ask({"create_index": {"object": made}})
        yield from teller.ask({"create": ref(1, name), "params": params({"n": 1})})
    granted = [
        {"object": {"resource": resource, "actions": {"object": {"read": True}}}}
        for resource in ({"collection": "open"}, {"index": "open_ts"}, *([{"collections": None}] if teller.maybe(0.3) else []))
    ]
    yield from teller.ask({"create_role": {"object": {"name": "r", "privileges": granted}}})
    yield from teller.key("r", {"role": "r"})
    for _ in range(_STEPS):
        yield from teller.ask(_whole(teller, depth=2), as_="r" if teller.maybe(0.7) else "admin")


def _part(teller: Teller) -> Any:
    """Something that fails, or not."""
    name = teller.one(("open", "closed", "nope"))
    if teller.maybe(0.2):
        return teller.one((1, True, "x", None, [1, 2], {"object": {"a": 1}}, {"now": None}, [], page(documents("open"))))
    long_ago = teller.times[0] - teller.one((16 * 60, 20 * 3600)) * SECOND
    return teller.one(
        (
            {"get": ref(teller.one((0, 1)), name)}, {"get": ref(0, "open")}, page(documents(name)), page(match(f"{name}_ts")),
            {"get": {"collection": name}}, {"get": {"index": f"{name}_ts"}}, page({"collections": None}), page({"roles": None}),
            {"abort": teller.one(("A", "B", ""))}, {"add": [1, "x"]}, {"select": "x", "from": {"object": {}}},
            {"select": ["a", "b"], "from": {"object": {"a": 1}}, "default": {"abort": "default"}}, {"divide": [1, 0]},
            at(long_ago, page(documents("open"))), at(long_ago, {"get": ref(1, "open")}), page(documents("open"), size="x"),
            at(long_ago, {"get": {"collection": "open"}}), at("x", 1), {"exists": ref(1, name)}, {"exists": match(f"{name}_ts")},
            {"create": ref(1, "open"), "params": params({"n": 1})}, {"create": ref(7, name), "params": params({"n": 1})},
            {"update": ref(teller.one((1, 9)), name), "params": params({"n": 2})}, {"delete": ref(9, name)},
            {"call": "nope", "arguments": 1}, {"ref": {"collection": name}, "id": "x"}, page(match("open_ts"), after={"ref": 1}),
            {"equals": []}, {"not": 1}, {"concat": [1]}, {"time": "x"}, {"if": 1, "then": 2, "else": 3}, var("unbound"),
            {"foo": 1}, {"paginate": 1, "foo": 2}, {"@ts": "x"}, {"do": []}, page(ref(1, name)), {"get": documents(name)},
            page(documents("open"), events=True, after={"object": {"ts": "x"}}), page(documents(name), after=ref(1, "nope")),
            page({"range": match("open_ts"), "from": ref(1, "nope"), "to": []}), {"count": 5}, {"to_string": ref(1, "open")},
            {"map": lambda_("x", {"get": var("x")}), "collection": 1}, {"epoch": 1, "unit": "x"}, {"count": documents(name)},
        )
    )  # fmt: skip


def _whole(teller: Teller, *, depth: int) -> Any:
    """Parts put together by some form."""
    if depth == 0 or teller.maybe(0.15):
        return _part(teller)

    def inner() -> Any:
        return _whole(teller, depth=depth - 1) if teller.maybe(0.3) else _part(teller)

    def several() -> list[Any]:
        return [inner() for _ in range(teller.chance.randint(2, 3))]

    form = teller.one(
        (
            several, several, lambda: {"do": several()}, lambda: {"do": several()},
            lambda: {"object": {"a": inner(), "b": inner()}}, lambda: {"let": [{"a": inner()}, {"b": inner()}], "in": inner()},
            lambda: {"let": {"a": inner(), "b": inner()}, "in": [var("a"), var("b")]},
            lambda: {"if": teller.one((True, False, inner())), "then": inner(), "else": inner()},
            lambda: {teller.one(("and", "or", "equals", "add", "lt", "concat")): several()},
            lambda: {"map": lambda_("x", inner()), "collection": teller.one(([1, 2], page(documents("open")), inner()))},
            lambda: {"foreach": lambda_("x", inner()), "collection": [1, 2]},
            lambda: {"filter": lambda_("x", inner()), "collection": [1, 2]},
            lambda: {"map": lambda_("x", {"get": var("x")}), "collection": [ref(1, "open"), ref(0, "open"), ref(1, "closed"), 5]},
            lambda: {"select": teller.one(("x", 0, ["data", 0], inner())), "from": inner(), "default": inner()},
            lambda: at(teller.one((teller.known_time(), teller.time())), inner()),
            lambda: {"paginate": inner(), "size": inner()}, lambda: {"get": inner(), "ts": inner()},
            lambda: {"range": inner(), "from": inner(), "to": inner()}, lambda: {"contains_path": inner(), "in": inner()},
            lambda: {"create": ref(9, "open"), "params": {"object": {"data": inner(), "ttl": inner()}}},
            lambda: {"union": several()}, lambda: {"exists": inner()},
        )
    )  # fmt: skip
    return form()
