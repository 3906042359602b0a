"""Events of collections, indexes and documents, and the cursors by which they are read."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from integration_tests.replay_mapping import text_of
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_TRANSACTIONS = 9
_READS = 26
_MOST_PAGES = 6
_ACTIONS = ("add", "remove", "create", "delete", "update", "x", None, 1)
_ODD_CURSORS: tuple[Any, ...] = (
    None, "x", True, 1.5, [], [1], {"@date": "2020-01-01"}, -1, 0, {"object": {}}, {"object": {"ts": None}},
    {"object": {"action": "add"}}, {"ts": 1}, ref(1), {"object": {"ts": "x"}}, {"object": {"ts": 1, "foo": 2}},
)  # fmt: skip


def story(teller: Teller) -> Story:
    """Transactions that make events of every kind, then pages of them by cursors of every form."""
    signs = teller.one((0.0, 0.0, 0.5))
    numbers = teller.some(("1", "2", "3", "4", "5", "20", "300"), least=4, most=6)
    pool = [*numbers, *(("-1", "-5", "-20") if signs else ())]
    days = teller.one((30, 30, None, 0))
    yield from teller.ask({"create_collection": {"object": {"name": "c", "history_days": days}}})
    yield from teller.ask({"create_collection": {"object": {"name": "d", "history_days": 30}}})
    listed = [field("data", "n"), *([field("ref")] if teller.maybe(0.5) else [])]
    values = teller.one(([field("ts"), field("ref")], listed, None))
    made = {"name": "i", "source": {"collection": "c"}} | ({} if values is None else {"values": values})
    yield from teller.ask({"create_index": {"object": made}})
    alive: set[str] = set()
    writable = list(pool)
    for _ in range(_TRANSACTIONS):
        yield from teller.ask({"do": [*_transaction(teller, writable, alive), None]})
    for _ in range(_READS):
        if teller.maybe(0.15):
            yield from _walk(teller)
        else:
            request = _events(teller, pool)
            yield from teller.ask(at(teller.time(), request) if teller.maybe(0.25) else request)


def _transaction(teller: Teller, pool: list[str], alive: set[str]) -> list[Any]:
    """Up to five writes that succeed one after the other."""
    writes = []
    for number in teller.some(pool, least=1, most=4) + teller.some(pool, most=1):
        ttl = {"@ts": text_of(teller.present + 3600 * SECOND)} if teller.maybe(0.25) else None
        given = params({"n": teller.one((1, 2, "a", None, [1, 2]))}, ttl)
        if number not in alive:
            writes.append({"create": ref(number), "params": given})
            alive.add(number)
        elif teller.maybe(0.4):
            writes.append({"delete": ref(number)})
            alive.discard(number)
        else:
            writes.append({teller.one(("update", "replace")): ref(number), "params": given})
    if pool and teller.maybe(0.2):
        action, time = teller.one(("create", "delete")), teller.times[-1] - teller.one((1, 2, 5 * SECOND))
        number = teller.one(pool)
        writes.append({"insert": ref(number), "ts": time, "action": action, "params": params({"n": 9})})
        # Whether it lives from here on depends on its other versions: later transactions leave it alone.
        pool.remove(number)
    return writes


def _source(teller: Teller, pool: list[str]) -> Any:
    return teller.one(
        (
            documents(), documents(), documents(), match(), match(), ref(teller.one(pool)), documents("d"),
            {"events": documents()}, {"singleton": ref(teller.one(pool))}, {"union": [documents(), documents("d")]},
            {"intersection": [match(), documents()]}, {"difference": [documents(), match()]}, documents("nope"),
            {"range": documents(), "from": [], "to": []}, match("nope"), {"collections": None}, None, 1,
        )
    )  # fmt: skip


def _events(teller: Teller, pool: list[str]) -> Any:
    """A page of events with a cursor of some form."""
    made = teller.with_options(page(_source(teller, pool), events=True), size=teller.size())
    if teller.maybe(0.85):
        made[teller.one(("after", "after", "before"))] = _cursor(teller, pool)
    if teller.maybe(0.05):
        made["sources"] = True
    if teller.maybe(0.15):
        removal = {"equals": [{"select": "action", "from": var("e")}, "remove"]}
        gone = {"not": {"exists": {"select": "document", "from": var("e")}, "ts": {"select": "ts", "from": var("e")}}}
        return {"filter": lambda_("e", {"and": [removal, gone]}), "collection": made}
    return made


def _cursor(teller: Teller, pool: list[str]) -> Any:
    if teller.maybe(0.12):
        return teller.one(_ODD_CURSORS)
    if teller.cursors and teller.maybe(0.25):
        shown = teller.one(teller.cursors)[1]
        return {"object": shown} if isinstance(shown, dict) and "ts" in shown and teller.maybe(0.95) else shown
    time = teller.known_time()
    if teller.maybe(0.2):
        return teller.time()
    given: dict[str, Any] = {"ts": teller.time() if teller.maybe(0.1) else time}
    if teller.maybe(0.8):
        given["action"] = teller.one(_ACTIONS if teller.maybe(0.2) else _ACTIONS[:2])
    if "action" in given and teller.maybe(0.8):
        name = teller.one(("document", "document", "instance", "resource"))
        number = teller.id() if teller.maybe(0.3) else teller.one(pool)
        given[name] = {"ref": {"collection": teller.one(("c", "c", "c", "d", "nope"))}, "id": number}
        if teller.maybe(0.15):
            given[teller.one(("data", "values"))] = teller.one(([1], {"object": {"n": 1}}, None))
    return {"object": given}


def _walk(teller: Teller) -> Story:
    """Page by page by the cursors of the answers, in either direction."""
    source, size, time = teller.one((documents(), match(), ref(1))), teller.one((1, 2, 3)), teller.known_time()
    direction = teller.one(("after", "before"))
    made = page(source, events=True, size=size)
    for _ in range(_MOST_PAGES):
        answer = yield from teller.ask(at(time, made))
        following = answer.resource.get(direction) if answer.ok else None
        if following is None:
            return
        made = page(source, events=True, size=size) | {direction: {"object": following}}
