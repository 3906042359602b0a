"""The forms in which an index may be defined: how its definition is shown, and what it then holds."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import BUILD_SECONDS, Teller
from local_fauna.values import as_list
from unit_tests.local_fauna.fauna import at, field, lambda_, match, page, params, ref, var

_INDEXES = 5
_SEVERAL_SOURCES = 0.06
"""The share of indexes over several sources: a real server needs seconds to build each."""

_COMMON: tuple[Any, ...] = (1, 2, 3, 1.0, "a", "b", None, True)
_WRITES = ("create", "update", "replace")
_COMMON_FIELDS: tuple[Any, ...] = (["ts"], ["ref"], ["data", "n"], ["data", "n"], ["data", "a"], ["data", "o", "k"])
_FIELDS: tuple[Any, ...] = (
    "ts", "ref", ["data", "a", 0], ["ref", "id"], ["ttl"], ["data"], ["data", "missing"], [], "", 1, None, ["data", 1],
    [["ts"]], "data.n", ["x"], [1],
)  # fmt: skip
_BINDING_BODIES: tuple[Any, ...] = (
    {"select": ["data", "n"], "from": var("d")},
    {"select": ["data", "n"], "from": var("d"), "default": None},
    1, "x", None, [1, 2], {"select": "ts", "from": var("d")},
    {"select": ["data", "a"], "from": var("d"), "default": []}, {"abort": "no"},
    {"get": {"select": "ref", "from": var("d")}}, {"now": None},
)  # fmt: skip
_USUAL_BODIES = 4


def story(teller: Teller) -> Story:
    """Several indexes over a few documents; each is looked at, used and changed."""
    for name in ("c", "d"):
        yield from teller.ask({"create_collection": {"object": {"name": name, "history_days": 30}}})
    for numbers in ((1, 2, 3), (4, 5)):
        yield from teller.ask({"do": [*(_document(teller, number) for number in numbers), None]})
    yield from teller.ask({"create": ref(1, "d"), "params": params({"n": 1})})
    for number in range(_INDEXES):
        several = teller.maybe(_SEVERAL_SOURCES)
        name = f"i{number}"
        made = {"name": name, **_definition(teller, several=several)}
        if teller.maybe(0.03):
            made["name"] = teller.one(("i0", "", 1, None, "events", "a b"))
        built_later = several or made.get("active") is True
        answer = yield from teller.change(
            {"create_index": {"object": made}}, seconds=BUILD_SECONDS if built_later else 0.0
        )
        if not answer.ok:
            continue
        yield from teller.ask({"get": {"index": name}})
        for _ in range(3 if made.get("unique") else teller.chance.randrange(2)):
            yield from teller.ask(_write(teller))
        number_of_terms = len(as_list(answer.resource.get("terms", [])))
        yield from teller.ask(page(match(name, **_terms(teller, number_of_terms))))
        for _ in range(4):
            yield from teller.ask(_use(teller, match(name, **_terms(teller, number_of_terms))))
        if teller.maybe(0.2):
            yield from teller.change(_change(teller, name))
    yield from teller.ask({"map": lambda_("x", {"get": var("x")}), "collection": page({"indexes": None})})


def _n(teller: Teller) -> Any:
    return teller.one(_COMMON) if teller.maybe(0.8) else teller.scalar()


def _document(teller: Teller, number: int) -> Any:
    data = {
        "n": _n(teller),
        "a": teller.one(([1, 2], [], ["x", "x"], [[1]], 5, [{"object": {"k": 1}}])),
        "o": {"object": {"k": teller.one((1, [1, 2], None))}},
    }
    return {"create": ref(number), "params": params(data)}


def _write(teller: Teller) -> Any:
    document = ref(teller.one((1, 2, 3, 4, 6)))
    given = params({"n": _n(teller)})
    return teller.one(({"delete": document}, *({kind: document, "params": given} for kind in _WRITES)))


def _definition(teller: Teller, *, several: bool) -> dict[str, Any]:
    bindings = teller.maybe(0.3)
    made: dict[str, Any] = {"source": _several(teller) if several else _source(teller, bindings=bindings)}
    for part in ("terms", "values"):
        if teller.maybe(0.35 if part == "terms" else 0.8):
            made[part] = _components(teller, bindings=bindings)
    extras: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("unique", (True, True, True, False, None, 1)),
        ("serialized", (True, False, None, 1)),
        ("active", (True, False, None, 1)),
        ("partitions", (1, 8, 0, -1, "x")),
        ("data", ({"object": {"k": 1}}, 1)),
        ("foo", (1,)),
        ("permissions", ({"object": {"read": "public"}},)),
    )
    for name, choices in extras:
        if teller.maybe(0.15 if name == "unique" else 0.06):
            made[name] = teller.one(choices)
    if teller.maybe(0.03):
        made.pop(teller.one(tuple(made)))
    return made


def _several(teller: Teller) -> Any:
    both = [{"collection": "c"}, {"collection": "d"}]
    return teller.one(
        (both, "_", {"object": {"collection": both}}, [{"object": {"collection": each}} for each in both])
    )


def _source(teller: Teller, *, bindings: bool) -> Any:
    if teller.maybe(0.05):
        return teller.one(
            ({"collection": "nope"}, [], "c", 1, None, {"index": "i0"}, {"object": {}}, [{"collection": "c"}, 1],
             ref(1), {"object": {"collection": "c"}}, {"object": {"collection": {"collection": "c"}, "foo": 1}})
        )  # fmt: skip
    collection: Any = {"collection": "c"}
    if not bindings:
        return teller.one(
            (collection, collection, [collection], {"object": {"collection": collection}},
             {"object": {"class": collection}}, {"object": {"collection": [collection]}},
             [{"object": {"collection": collection}}])
        )  # fmt: skip
    fields: dict[str, Any] = {name: _binding(teller) for name in teller.some(("x", "y", "y"), least=1, most=2)}
    if teller.maybe(0.05):
        fields[teller.one(("x", ""))] = teller.one((1, None, "x", lambda_("d", 1), {"query": lambda_("d", 1)}))
    made = {"object": {"collection": collection, "fields": {"object": fields}}}
    return teller.one((made, made, [made]))


def _binding(teller: Teller) -> Any:
    body = teller.one(_BINDING_BODIES[:_USUAL_BODIES] if teller.maybe(0.7) else _BINDING_BODIES)
    return {"query": lambda_(teller.one(("d", "d", "d", ["d"], "_")), body)}


def _component(teller: Teller, *, bindings: bool) -> Any:
    made: dict[str, Any] = {}
    if bindings and teller.maybe(0.6):
        made["binding"] = teller.one(("x", "x", "y", "nope" if teller.maybe(0.1) else "x"))
    if not made or teller.maybe(0.15):
        made["field"] = teller.one(_COMMON_FIELDS if teller.maybe(0.6) else _FIELDS)
    if teller.maybe(0.25):
        made["reverse"] = teller.one((True, True, False, None, 1))
    if teller.maybe(0.12):
        made["mva"] = teller.one((True, False, None, 1))
    if teller.maybe(0.03):
        made["foo"] = 1
    return {"object": made}


def _components(teller: Teller, *, bindings: bool) -> Any:
    if teller.maybe(0.08):
        return teller.one(([], None, 1, "ts", {"object": {}}, ["ts"], [["ts"]]))
    if teller.maybe(0.15):
        return _component(teller, bindings=bindings)
    if teller.maybe(0.25):
        return [field("ts"), field("ref")]
    return [_component(teller, bindings=bindings) for _ in range(teller.chance.randint(1, 3))]


def _terms(teller: Teller, number: int) -> dict[str, Any]:
    """Mostly as many terms as the index has."""
    if teller.maybe(0.12):
        return {"terms": teller.one((None, [], 1, [1, 2, 3], _n(teller)))}
    return {"terms": [_n(teller) for _ in range(number)]} if number else {}


def _use(teller: Teller, entries: Any) -> Any:
    request = teller.one(
        (
            page(entries), page(entries, size=1), page(entries, events=True), {"exists": entries}, {"get": entries},
            {"count": entries}, entries, page({"range": entries, "from": [], "to": _n(teller)}),
            page(entries, after=_n(teller), size=2), page({"match": "i0"}), page(entries, before=None, size=1),
        )
    )  # fmt: skip
    return at(teller.known_time(), request) if teller.maybe(0.15) else request


def _change(teller: Teller, name: str) -> Any:
    index = {"index": name}
    return teller.one(
        (
            {"update": index, "params": {"object": _definition(teller, several=False)}},
            {"update": index, "params": {"object": {"active": teller.one((True, False, None))}}},
            {"update": index, "params": {"object": {"serialized": False}}},
            {"update": index, "params": {"object": {"unique": True}}},
            {"replace": index, "params": {"object": {"name": name}}},
            {"delete": index},
            {"update": index, "params": {"object": {"name": "renamed"}}},
        )
    )
