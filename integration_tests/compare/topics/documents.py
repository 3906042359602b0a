"""Documents with ttl, and edits of their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from integration_tests.replay_mapping import text_of
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, var

_COLLECTIONS = ("c", "days", "brief")
_STEPS = 34
_TTL_SECONDS = 3
"""Long enough for the steps before it passes, on a server that is far away."""

_ODD_PARAMS: tuple[Any, ...] = (
    None, 1, "x", [], {"object": {}}, {"object": {"data": 1}}, {"object": {"data": None}}, {"object": {"data": []}},
    {"object": {"data": {"object": {}}}}, {"object": {"ttl": 1}}, {"object": {"ttl": "x"}}, {"object": {"ttl": None}},
    {"object": {"ttl": {"@date": "2041-01-01"}}}, {"object": {"ts": 5, "ref": 7, "data": {"object": {"n": 1}}}},
    {"object": {"more": 1}}, {"object": {"credentials": {"object": {"password": "x"}}}},
    {"object": {"data": {"object": {"n": None, "a": [1, None, {"object": {"b": None}}]}}}}, {"data": {"object": {}}},
)  # fmt: skip


def story(teller: Teller) -> Story:
    """Writes of all kinds, a pause in which ttls pass, and reads at all times in between."""
    yield from teller.ask(
        {"create_collection": {"object": {"name": "c", "history_days": teller.one((30, 0, 1, None))}}}
    )
    yield from teller.ask({"create_collection": {"object": {"name": "days", "history_days": 30, "ttl_days": 2}}})
    yield from teller.ask({"create_collection": {"object": {"name": "brief"}}})
    values = [field("ts"), field("ref"), *([field("ttl")] if teller.maybe(0.3) else [])]
    yield from teller.ask({"create_index": {"object": {"name": "i", "source": {"collection": "c"}, "values": values}}})
    yield from teller.ask(
        {"do": [{"create": {"ref": {"collection": "c"}, "id": "1"}, "params": _params(teller)}, None]}
    )
    pause_at = teller.chance.randrange(_STEPS // 3, _STEPS) if teller.maybe(0.6) else None
    for number in range(_STEPS):
        pause = _TTL_SECONDS + 0.5 if number == pause_at else 0.0
        request = _write(teller) if teller.maybe(0.5) else _read(teller)
        yield from teller.ask(request, pause_seconds=pause)


def _ref(teller: Teller) -> Any:
    name = teller.one(_COLLECTIONS) if teller.maybe(0.25) else "c"
    number = teller.one(("1", "2")) if teller.maybe(0.6) else teller.id()
    return {"ref": {"collection": "nope" if teller.maybe(0.02) else name}, "id": number}


def _params(teller: Teller) -> Any:
    if teller.maybe(0.15):
        return teller.one(_ODD_PARAMS)
    made: dict[str, Any] = {}
    if teller.maybe(0.8):
        names = teller.some(("n", "a", "b", "@c"), least=1)
        data = {name: teller.value() for name in names}
        if teller.maybe(0.5):
            data["o"] = _nested(teller, depth=2)
        made["data"] = {"object": data}
    if teller.maybe(0.3):
        micros = teller.present + teller.one((_TTL_SECONDS, _TTL_SECONDS, 600, -5)) * SECOND
        made["ttl"] = {"@ts": text_of(micros)}
    return {"object": made}


def _nested(teller: Teller, *, depth: int) -> Any:
    """An object with a few names, so that updates merge into what is there."""
    inner = [
        teller.one((1, 2, None, [1, 2], [{"object": {"k": 1}}])),
        *([_nested(teller, depth=depth - 1)] if depth else []),
    ]
    return {"object": {name: teller.one(inner) for name in teller.some(("k", "l", "m"), least=1)}}


def _write(teller: Teller) -> Any:
    """One write, or several in one transaction."""
    if teller.maybe(0.25):
        return {"do": [_one_write(teller) for _ in range(teller.chance.randint(1, 4))]}
    if teller.maybe(0.05):
        return at(teller.time(), _one_write(teller))
    return _one_write(teller)


def _one_write(teller: Teller) -> Any:
    ref, kind = _ref(teller), teller.chance.randrange(12)
    if kind < 4:
        return teller.with_options({"create": ref}, params=_params(teller)) if kind else _create_without_id(teller)
    if kind < 8:
        return {teller.one(("update", "replace")): ref, "params": _params(teller)}
    if kind < 9:
        return {"delete": ref}
    action = teller.one(("create", "delete", "create", "delete", "update", "add", "remove", "x", None))
    time = teller.time()
    if kind < 11:
        return {"insert": ref, "ts": time, "action": action, "params": _params(teller)}
    return {"remove": ref, "ts": time, "action": action}


def _create_without_id(teller: Teller) -> Any:
    """A create whose id the server makes; bare names are accepted, too."""
    where: Any = teller.one(({"collection": "c"}, "c", {"collection": "days"}, "nope", None, 1))
    return {"create": where, "params": _params(teller)}


def _read(teller: Teller) -> Any:
    ref, name = _ref(teller), teller.one(_COLLECTIONS)
    forms: tuple[Callable[[], Any], ...] = (
        lambda: teller.with_options({"get": ref}, ts=teller.time()),
        lambda: teller.with_options({"exists": ref}, ts=teller.time()),
        lambda: teller.with_options(page(ref), size=teller.size(), ts=teller.time()),
        lambda: teller.with_options(page(ref, events=True), size=teller.size(), after=_history_cursor(teller)),
        lambda: page({"events": ref}),
        lambda: page({"singleton": ref}, events=teller.maybe(0.5)),
        lambda: teller.with_options(page(documents(name)), size=teller.size(), after=[ref]),
        lambda: page(documents(name), events=True),
        lambda: teller.with_options(page(match()), size=teller.size(), before=None),
        lambda: page(match(), events=True),
        lambda: {"count": documents(name)},
        lambda: {"map": lambda_("x", {"get": var("x")}), "collection": page(documents(name))},
        lambda: {"select": teller.one((["data", "n"], "ttl", "ts", [])), "from": {"get": ref}, "default": 0},
        lambda: {"get": documents(name)},
    )
    request = teller.one(forms)()
    return at(teller.time(), request) if teller.maybe(0.35) else request


def _history_cursor(teller: Teller) -> Any:
    time = teller.time()
    return teller.one((time, {"object": {"ts": time, "action": "create"}}, {"object": {"ts": time}}, None))
