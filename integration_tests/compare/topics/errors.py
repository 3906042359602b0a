"""Several errors in one query: which of them the answer tells, in which order, and with which status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_STEPS = 42

_FINE: tuple[Any, ...] = (
    1, True, "x", None, [1, 2], [], {"object": {"a": 1}}, {"now": None}, page(documents("open")),
)  # fmt: skip
_UNREADABLE: tuple[Any, ...] = (
    {"equals": []}, {"do": []}, {"foo": 1}, {"paginate": 1, "foo": 2}, {"@ts": "x"}, var("unbound"),
    {"lambda": "x", "expr": 1},
)  # fmt: skip
_UNFIT: tuple[Any, ...] = (
    {"abort": "A"}, {"abort": ""}, {"add": [1, "x"]}, {"divide": [1, 0]}, {"not": 1}, {"concat": [1]}, {"count": 5},
    {"time": "x"}, {"epoch": 1, "unit": "x"}, {"if": 1, "then": 2, "else": 3}, {"at": "x", "expr": 1},
    {"select": "x", "from": {"object": {}}},
    {"select": ["a", "b"], "from": {"object": {"a": 1}}, "default": {"abort": "default"}},
    {"call": "nope", "arguments": 1}, {"ref": {"collection": "open"}, "id": "x"}, {"to_string": ref(1, "open")},
    {"map": lambda_("x", {"get": var("x")}), "collection": 1}, page(match("open_ts"), after={"object": {}}),
    page(documents("open"), events=True, after={"object": {"ts": "x"}}),
    page({"range": match("open_ts"), "from": ref(1, "nope"), "to": []}),
)  # fmt: skip
"""What fails whatever the database holds."""


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
        for resource in (
            {"collection": "open"},
            {"index": "open_ts"},
            *([{"collections": None}] if teller.maybe(0.3) else []),
        )
    ]
    yield from teller.ask({"create_role": {"object": {"name": "r", "privileges": granted}}})
    yield from teller.key("r", {"role": "r"})
    for _ in range(_STEPS):
        yield from teller.ask(_whole(teller, depth=2), as_="r" if teller.maybe(0.7) else "admin")


def _part(teller: Teller) -> Any:
    """Something that fails, or not; what cannot even be read hides all else, so it is rare."""
    if teller.maybe(0.2):
        return teller.one(_FINE)
    if teller.maybe(0.04):
        return teller.one(_UNREADABLE)
    if teller.maybe(0.3):
        return teller.one(_UNFIT)
    return _of_the_database(teller)


def _of_the_database(teller: Teller) -> Any:
    """Something whose answer depends on rights, times, and what there is."""
    name = teller.one(("open", "closed", "nope"))
    index = f"{name}_ts"
    long_ago = teller.times[0] - teller.one((16 * 60, 20 * 3600)) * SECOND
    return teller.one(
        (
            {"get": ref(teller.one((0, 1)), name)}, {"get": ref(0, "open")}, {"get": documents(name)},
            {"get": {"collection": name}}, {"get": {"index": index}},
            page(documents(name)), page(match(index)), page(ref(1, name)),
            page({"collections": None}), page({"roles": None}),
            page(documents(name), after=ref(1, "nope")), page(documents(name), size="x"),
            {"exists": ref(1, name)}, {"exists": match(index)}, {"count": documents(name)},
            at(long_ago, page(documents("open"))), at(long_ago, {"get": ref(1, "open")}),
            at(long_ago, {"get": {"collection": "open"}}),
            {"create": ref(teller.one((1, 7)), name), "params": params({"n": 1})}, {"delete": ref(1, "closed")},
            {"update": ref(teller.one((1, 9)), name), "params": params({"n": 2})}, {"delete": ref(9, name)},
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

    listed = teller.one(([1, 2], page(documents("open")), [ref(1, "open"), ref(0, "open"), ref(1, "closed"), 5]))
    forms: tuple[Callable[[], Any], ...] = (
        several,
        several,
        lambda: {"do": several()},
        lambda: {"do": several()},
        lambda: {"object": {"a": inner(), "b": inner()}},
        lambda: {"let": [{"a": inner()}, {"b": inner()}], "in": inner()},
        lambda: {"let": {"a": inner(), "b": inner()}, "in": [var("a"), var("b")]},
        lambda: {"if": teller.one((True, False, inner())), "then": inner(), "else": inner()},
        lambda: {teller.one(("and", "or", "equals", "add", "lt", "concat")): several()},
        lambda: {"map": lambda_("x", {"get": var("x")}), "collection": listed},
        lambda: {"map": lambda_("x", inner()), "collection": teller.one((listed, inner()))},
        lambda: {teller.one(("foreach", "filter")): lambda_("x", inner()), "collection": listed},
        lambda: {"select": teller.one(("x", 0, ["data", 0], inner())), "from": inner(), "default": inner()},
        lambda: at(teller.one((teller.known_time(), teller.time())), inner()),
        lambda: {"paginate": inner(), "size": inner()},
        lambda: {"get": inner(), "ts": inner()},
        lambda: {"range": inner(), "from": inner(), "to": inner()},
        lambda: {"contains_path": inner(), "in": inner()},
        lambda: {"create": ref(9, "open"), "params": {"object": {"data": inner(), "ttl": inner()}}},
        lambda: {"union": several()},
        lambda: {"exists": inner()},
    )
    return teller.one(forms)()
