"""Schema over time: collections, indexes and functions made, changed, renamed, swapped, dropped and made again."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_STEPS = 34
_NAMES = ("a", "b", "c")
_ODD_NAMES: tuple[Any, ...] = (
    "self", "documents", "events", "sets", "_", "", "a b", "é", "日本", "x" * 300, "a/b", "1", "%", ".", 1, None, [],
    True, {"collection": "a"}, "collections", "null",
)  # fmt: skip
_DAYS: tuple[Any, ...] = (0, 1, 30, None, None, 365, -1, 1.5, "x", 2**40, True, [])
_LISTS = ("collections", "indexes", "functions", "databases", "roles", "keys")
_INDEX_VALUES: tuple[list[Any], ...] = ([field("ts"), field("ref")], [field("data", "n")], [])


def story(teller: Teller) -> Story:
    """Changes of the schema, and what is read through its names at present and in the past."""
    for name in teller.some(_NAMES, least=1):
        yield from teller.ask(
            {"create_collection": {"object": {"name": name, "history_days": teller.one((30, 30, 0, None))}}}
        )
    for _ in range(_STEPS):
        if teller.maybe(0.4):
            yield from teller.change(_change(teller))
            past = at(teller.known_time() - 16 * 60 * SECOND, page(documents(teller.one(_NAMES))))
            yield from teller.ask(past if teller.maybe(0.3) else _read(teller))
        else:
            request = _read(teller)
            yield from teller.ask(at(_time(teller), request) if teller.maybe(0.45) else request)


def _time(teller: Teller) -> Any:
    """Often one at which history is not kept any more, unless the collection keeps some days of it."""
    return teller.known_time() - 16 * 60 * SECOND if teller.maybe(0.15) else teller.time()


def _name(teller: Teller) -> Any:
    return teller.one(_ODD_NAMES) if teller.maybe(0.08) else teller.one(_NAMES)


def _index(teller: Teller) -> str:
    return f"{teller.one(_NAMES)}_{teller.one(('ts', 'ts', 'n'))}"


def _collection_params(teller: Teller) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if teller.maybe(0.4):
        made["history_days"] = teller.one(_DAYS)
    if teller.maybe(0.15):
        made["ttl_days"] = teller.one(_DAYS)
    if teller.maybe(0.15):
        made["data"] = teller.one(({"object": {"k": 1}}, {"object": {"k": None}}, 1, None))
    if teller.maybe(0.03):
        made[teller.one(("foo", "ts", "ref", "active"))] = teller.value(depth=1)
    return made


def _change(teller: Teller) -> Any:
    """One change, or several in one transaction."""
    if teller.maybe(0.15):
        return {"do": [_one_change(teller) for _ in range(teller.chance.randint(2, 3))]}
    if teller.maybe(0.06):
        form = teller.one(("create_collection", "create_index", "create_role", "create_database"))
        made = {form: {"object": {"name": "twice", "source": {"collection": teller.one(_NAMES)}, "privileges": []}}}
        return {"do": [made, made]}
    if teller.maybe(0.1):
        one, other = teller.some(_NAMES, least=2, most=2)
        return {"do": [_renamed(one, "other"), _renamed(other, one), _renamed("other", other)]}
    return at(teller.time(), _one_change(teller)) if teller.maybe(0.04) else _one_change(teller)


def _renamed(name: Any, to: Any) -> Any:
    return {"update": {"collection": name}, "params": {"object": {"name": to}}}


def _one_change(teller: Teller) -> Any:
    name, index = _name(teller), _index(teller)
    collection = {"collection": name}
    create = {"create_collection": {"object": {"name": name, **_collection_params(teller)}}}
    values = teller.one(_INDEX_VALUES)
    make_index = {"create_index": {"object": {"name": index, "source": collection, "values": values}}}
    return teller.one(
        (
            create, create, create, make_index, make_index, make_index,
            {"update": collection, "params": {"object": _collection_params(teller)}},
            *({"update": collection, "params": {"object": {"history_days": days}}} for days in (0, 30, None)),
            {"replace": collection, "params": {"object": _collection_params(teller)}},
            _renamed(name, _name(teller)), _renamed(teller.one(_NAMES), teller.one(_NAMES)),
            {"delete": collection}, {"delete": {"index": index}},
            {"do": [{"delete": collection}, create]},
            {"update": {"index": index}, "params": {"object": {"name": _index(teller)}}},
            {"update": {"index": index}, "params": {"object": {"data": {"object": {"k": 1}}}}},
            {"create_function": {"object": {"name": name, "body": {"query": lambda_("x", var("x"))}}}},
            {"delete": {"function": name}},
            {"create_collection": teller.one(({"object": {}}, None, 1, {"object": {"name": name, "name2": 1}}))},
            *(_document_write(teller, name) for _ in range(5)),
        )
    )  # fmt: skip


def _document_write(teller: Teller, name: Any) -> Any:
    document = {"ref": {"collection": name}, "id": teller.one(("1", "2", "3"))}
    given = params({"n": teller.one((1, 2, {"collection": teller.one(_NAMES)}, {"index": _index(teller)}))})
    return teller.one(
        ({"create": document, "params": given}, {"create": document, "params": given},
         {"update": document, "params": given}, {"delete": document})
    )  # fmt: skip


def _read(teller: Teller) -> Any:
    name, index, listed = _name(teller), _index(teller), {teller.one(_LISTS[:2] if teller.maybe(0.7) else _LISTS): None}
    got = lambda_("x", {"get": var("x")})
    cursors = [value for way, value in teller.cursors if way == "after"]
    after = teller.one(cursors) if cursors and teller.maybe(0.5) else teller.one(
        ([{"collection": name}], {"collection": name}, [{"index": index}], None, [], 1, "a", [{"collection": "nope"}],
         [ref(1, "a")])
    )  # fmt: skip
    return teller.one(
        (
            {"get": {"collection": name}}, {"get": {"collection": name}}, {"get": {"index": index}},
            {"exists": {"collection": name}}, {"exists": {"index": index}},
            {"map": got, "collection": page(listed)}, page(listed), page(listed, size=teller.size()),
            page(listed, after=after, size=teller.size()), page(listed, before=after, size=teller.size()),
            page(documents(name)), page(documents(name), events=True),
            page(match(index)), page(match(index), events=True),
            {"get": ref(teller.one((1, 2, 3)), str(name))}, page(ref(1, str(name))), {"count": documents(name)},
            {"select": teller.one(("name", "ts", ["ref", "id"])), "from": {"get": {"collection": name}}},
            page({"collection": name}), page({"collection": name}, events=True), page({"index": index}, events=True),
            {"collection": name}, {"index": index}, documents(name), match(index), {"call": name, "arguments": 1},
            page({"range": match(index), "from": [], "to": []}), page({"range": documents(name), "from": [], "to": []}),
            [{"get": {"collection": name}}, {"get": {"index": index}}], page(listed, events=True), {"count": listed},
        )
    )  # fmt: skip
