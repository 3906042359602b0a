"""Pages of indexes and of Documents: cursors, ranges and their borders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import Teller
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_READS = 32
_INDEXES: dict[str, list[Any] | None] = {
    "i": [field("ts"), field("ref")],
    "v": [field("data", "v")],
    "vr": [field("data", "v"), field("ref")],
    "down": [field("data", "v", reverse=True), field("data", "w")],
    "bare": None,
}

_CONDITIONS: tuple[Any, ...] = (
    {"is_ref": var("x")}, {"equals": [var("x"), 1]}, True, 1, {"exists": var("x")},
    {"gt": [{"select": 0, "from": var("x")}, 1]},
)  # fmt: skip


def story(teller: Teller) -> Story:
    """Documents with values of any type, then reads of their indexes from any place to any other."""
    for name in ("c", "d"):
        yield from teller.ask({"create_collection": {"object": {"name": name, "history_days": 30}}})
    for name, values in _INDEXES.items():
        given = {"name": name, "source": {"collection": "c"}} | ({} if values is None else {"values": values})
        yield from teller.ask({"create_index": {"object": given}})
    terms = {"name": "t", "source": {"collection": "c"}, "terms": [field("data", "w")], "values": [field("data", "v")]}
    yield from teller.ask({"create_index": {"object": terms}})
    for _ in range(5):
        writes = [_write(teller, number) for number in teller.some(_ids(teller), least=1, most=4)]
        yield from teller.ask({"do": [*writes, None]})
    for _ in range(_READS):
        request = _read(teller)
        yield from teller.ask(at(teller.time(), request) if teller.maybe(0.2) else request)


def _ids(teller: Teller) -> tuple[str, ...]:
    numbers = (*map(str, range(1, 12)), "9223372036854775807")
    return (*numbers, "-1", "-7") if teller.maybe(0.15) else numbers


def _write(teller: Teller, number: str) -> Any:
    """Create or replace, whichever fits."""
    given = params({"v": teller.value(depth=1), "w": teller.one((1, 2, "a", None))})
    made = {"create": ref(number), "params": given}
    return {"if": {"exists": ref(number)}, "then": {"replace": ref(number), "params": given}, "else": made}


def _set(teller: Teller) -> Any:
    if teller.maybe(0.3):
        return documents("nope" if teller.maybe(0.05) else teller.one(("c", "c", "d")))
    if teller.maybe(0.15):
        return match("t", terms=teller.one((1, "a", [1], [1, 2], None, [], teller.scalar())))
    if teller.maybe(0.1):
        terms: dict[str, Any] = {"terms": teller.one((None, [], 1, "a"))} if teller.maybe(0.5) else {}
        return match(teller.one((*_INDEXES, "nope", "t")), **terms)
    return match(teller.one(tuple(_INDEXES)))


def _element(teller: Teller) -> Any:
    """A part of a border or cursor."""
    kind = teller.chance.randrange(10)
    if kind < 4:
        return {"ref": {"collection": teller.one(("c", "c", "c", "c", "d", "nope"))}, "id": teller.id()}
    if kind < 7:
        return teller.known_time() if kind < 6 else teller.time()
    return teller.value(depth=1)


def _border(teller: Teller) -> Any:
    """What may stand in `from`, `to`, `after` or `before`."""
    kind = teller.chance.randrange(12)
    if kind < 2:
        return teller.one(([], None))
    if kind < 3:
        return _element(teller)
    if kind < 5 and teller.cursors:
        return teller.one(teller.cursors)[1]
    if kind < 8:
        number = {"ref": {"collection": "c"}, "id": teller.id()}
        return [teller.known_time(), *([number] if teller.maybe(0.6) else [])]
    return [_element(teller) for _ in range(teller.chance.randint(1, 3))]


def _cursor(teller: Teller) -> dict[str, Any]:
    return {name: _border(teller) for name in teller.some(("after", "after", "before"), most=2)}


def _read(teller: Teller) -> Any:
    source = _set(teller)
    for _ in range(teller.one((0, 1, 1, 1, 2))):
        source = {"range": source, "from": _border(teller), "to": _border(teller)}
    combined = {teller.one(("union", "intersection", "difference")): [source, _set(teller)]}
    kept = {"filter": lambda_(teller.one(("x", ["x", "y"])), teller.one(_CONDITIONS)), "collection": source}
    parts = {teller.one(("take", "drop")): teller.one((0, 1, 2, -1, 9)), "collection": _page(teller, source)}
    forms: tuple[Callable[[], Any], ...] = (
        lambda: parts,
        lambda: {"count": source},
        lambda: {teller.one(("get", "exists")): source},
        lambda: teller.one((source, combined)),
        lambda: _page(teller, combined),
        lambda: _page(teller, kept),
        lambda: {"map": lambda_("x", {"get": var("x")}), "collection": _page(teller, source)},
    )
    return teller.one(forms)() if teller.maybe(0.3) else _page(teller, source)


def _page(teller: Teller, source: Any) -> Any:
    made = teller.with_options(page(source), size=teller.size())
    if teller.maybe(0.6):
        made[teller.one(("after", "after", "before"))] = _border(teller)
    if teller.maybe(0.06):
        made |= teller.one(({"events": True}, {"sources": True}, {"ts": teller.time()}))
    elif teller.maybe(0.06):
        made = {"paginate": source, "cursor": teller.one((None, 1, {"object": _cursor(teller)}, _cursor(teller)))}
    return made
