"""Roles and keys: what is shown and refused to whom, also while rights change."""

from __future__ import annotations

from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import Teller
from unit_tests.local_fauna.fauna import at, documents, field, lambda_, match, page, params, ref, var

_COLLECTIONS = ("open", "closed")
_INDEXES = ("open_ts", "closed_ts", "by_n")
_STEPS = 36
_BUILT_IN = ("admin", "server", "server-readonly", "client")
_SCOPES = (
    "server", "server-readonly", "client", "admin", "@role/r0", "@role/nope", "@role/", "x", "", "child", "child:admin",
    "child:server", "child:bogus", "child/:admin", "nope:admin", "open", ":", "child:", "a/b:server",
)  # fmt: skip
_ACTIONS = (
    "read", "write", "create", "delete", "history_read", "history_write", "unrestricted_read", "create_with_id", "call",
)  # fmt: skip
_LISTS: tuple[Any, ...] = tuple(
    {kind: None} for kind in ("collections", "indexes", "keys", "roles", "functions", "databases")
)


def story(teller: Teller) -> Story:
    """Keys of several roles that read and write while an admin changes what they may do."""
    yield from _furnish(teller)
    names = [f"r{number}" for number in range(teller.chance.randint(1, 2))]
    made = []
    for name in names:
        answer = yield from teller.ask(_role(teller, name))
        made += [{"role": name}] if answer.ok else []
    keys: dict[str, Any] = {}
    if made:
        yield from _new_key(teller, keys, "own", made if teller.maybe(0.3) else made[0])
    if teller.maybe(0.5) or not made:
        yield from _new_key(teller, keys, "built_in", teller.one(_BUILT_IN[1:]))
    for _ in range(_STEPS):
        if teller.maybe(0.12):
            yield from _change(teller, keys)
        else:
            request = _write(teller) if teller.maybe(0.25) else _read(teller)
            asked = at(teller.time(), request) if teller.maybe(0.12) else request
            yield from teller.ask(asked, as_=_asker(teller, keys))
            if teller.maybe(0.05):
                yield from teller.change(_schema_write(teller), as_=_asker(teller, keys))


def _furnish(teller: Teller) -> Story:
    for name in _COLLECTIONS:
        yield from teller.ask({"create_collection": {"object": {"name": name, "history_days": 30}}})
        made = {"name": f"{name}_ts", "source": {"collection": name}, "values": [field("ts"), field("ref")]}
        yield from teller.ask({"create_index": {"object": made}})
        for number in (1, 2, 3):
            yield from teller.ask({"create": ref(number, name), "params": params({"n": number % 2})})
    made = {"name": "by_n", "source": {"collection": "open"}, "terms": [field("data", "n")]}
    yield from teller.ask({"create_index": {"object": made}})
    yield from teller.ask({"create_function": {"object": {"name": "f", "body": {"query": lambda_("x", var("x"))}}}})
    if teller.maybe(0.3):
        yield from teller.change({"create_database": {"object": {"name": "child"}}})
        made = {"create_collection": {"object": {"name": "open"}}}
        yield from teller.ask(made, as_="admin:child:admin")


def _new_key(teller: Teller, keys: dict[str, Any], name: str, role: Any) -> Story:
    answer = yield from teller.key(name, role)
    keys[name] = answer.resource["ref"]


def _change(teller: Teller, keys: dict[str, Any]) -> Story:
    """An admin changes a role, a key, or what a privilege names; what that changed is asked at once."""
    name = teller.one(list(keys))
    kind = teller.chance.randrange(8)
    role = {"role": teller.one(("r0", "r0", "r1", "renamed"))}
    if kind == 0:
        given = teller.one((*_BUILT_IN[1:], role, [role], 1, "nope"))
        yield from teller.change({"update": keys[name], "params": {"object": {"role": given}}})
    elif kind == 1:
        yield from teller.change({"delete": keys[name]})
    else:
        yield from teller.change(_schema_change(teller, role))
    yield from teller.ask(_read(teller), as_=name)
    if kind == 1:
        yield from _new_key(teller, keys, name, teller.one(_BUILT_IN[1:]))


def _asker(teller: Teller, keys: dict[str, Any]) -> str:
    """Mostly a key with few rights."""
    own, kind = teller.one(list(keys)), teller.chance.randrange(24)
    if kind == 0:
        return teller.one(("admin", "wrong"))
    if kind < 4:
        return f"admin:{teller.one(_SCOPES)}"
    return f"{own}:{teller.one(_SCOPES)}" if kind == 4 else own


def _predicate(teller: Teller) -> Any:
    n_is_1 = {"equals": [{"select": ["data", "n"], "from": {"get": var("x")}}, 1]}
    patterns = teller.one(("x", "x", "x", ["x", "y"], ["x", "y", "z"], "_"))
    body = teller.one(
        (
            n_is_1, n_is_1, True, False, 1, {"abort": "no"}, {"exists": var("x")},
            {"equals": [{"select": "id", "from": var("x"), "default": None}, "1"]},
            {"equals": [{"select": ["data", "n"], "from": var("x"), "default": 0}, 1]},
            {"equals": [{"select": 0, "from": var("x"), "default": None}, 1]},
        )
    )  # fmt: skip
    if patterns != "x" and teller.maybe(0.8):
        body = teller.one((True, False, {"equals": [1, 1]}))
    return {"query": lambda_(patterns, body)}


def _granted(teller: Teller) -> Any:
    kind = teller.chance.randrange(12)
    if kind < 7:
        return True
    return _predicate(teller) if kind < 11 else teller.one((False, None, 1, "x"))


def _privilege(teller: Teller) -> Any:
    resource: Any = teller.one(
        ({"collection": "open"}, {"collection": "open"}, {"collection": "closed"}, {"index": teller.one(_INDEXES)},
         {"index": "open_ts"}, teller.one(_LISTS), {"collections": None}, {"indexes": None}, {"function": "f"})
    )  # fmt: skip
    if teller.maybe(0.03):
        resource = teller.one(({"collection": "nope"}, {"role": "r0"}, {"@ts": "x"}, {"object": {}}, ref(1, "open")))
    likely = ["read"] if teller.maybe(0.6) else []
    if "index" in resource and teller.maybe(0.4):
        likely = ["unrestricted_read"]
    actions = {name: _granted(teller) for name in likely + teller.some(_ACTIONS)}
    made: dict[str, Any] = {"resource": resource}
    if teller.maybe(0.97):
        made["actions"] = {"object": actions}
    return {"object": made}


def _privileges(teller: Teller) -> Any:
    if teller.maybe(0.08):
        return teller.one(([], None, 1, _privilege(teller), "x"))
    return [_privilege(teller) for _ in range(teller.chance.randint(1, 6))]


def _role(teller: Teller, name: Any) -> Any:
    return {"create_role": {"object": {"name": name, "privileges": _privileges(teller)}}}


def _schema_change(teller: Teller, role: Any) -> Any:
    name = teller.one((*_COLLECTIONS, "opened"))
    return teller.one(
        (
            {"update": role, "params": {"object": {"privileges": _privileges(teller)}}},
            {"update": role, "params": {"object": {"privileges": _privileges(teller)}}},
            {"update": role, "params": {"object": {"name": teller.one(("renamed", "r0"))}}},
            {"delete": role},
            _role(teller, teller.one(("r0", "r1", "admin", "server", "", 1))),
            {"update": {"collection": name}, "params": {"object": {"name": teller.one(("opened", "open"))}}},
            {"delete": {"index": teller.one(_INDEXES)}},
            {"delete": {"collection": "closed"}},
            {"create_collection": {"object": {"name": "closed"}}},
            {"create_key": {"object": {"role": teller.one(("nobody", 1, None, {"role": "nope"}, []))}}},
        )
    )


def _read(teller: Teller) -> Any:
    name = teller.one((*_COLLECTIONS, "open", "nope", "opened")) if teller.maybe(0.4) else "open"
    index = teller.one((*_INDEXES, "nope")) if teller.maybe(0.5) else "open_ts"
    document, listed = ref(teller.one((0, 1, 2, 3, 9)), name), teller.one(_LISTS)
    terms = {"terms": teller.one((0, 1, [1]))} if index == "by_n" else {}
    return teller.one(
        (
            page(documents(name)), page(documents(name), events=True), page(documents(name), size=teller.size()),
            page(match(index, **terms)), page(match(index, **terms), events=True), {"exists": match(index, **terms)},
            {"count": documents(name)}, {"exists": documents(name)}, {"get": documents(name)},
            {"get": document}, {"exists": document}, {"exists": document, "ts": teller.time()}, page(document),
            page(document, events=True), {"get": document, "ts": teller.time()}, page({"singleton": document}),
            {"map": lambda_("x", {"get": var("x")}), "collection": page(documents(name))},
            {"map": lambda_("x", {"get": {"select": 1, "from": var("x")}}), "collection": page(match("open_ts"))},
            page({"range": match(index, **terms), "from": [], "to": teller.known_time()}),
            page({"union": [documents("open"), documents("closed")]}), {"call": "f", "arguments": [1]},
            page(listed), page(listed, size=1), {"exists": {"collection": name}}, {"get": {"collection": name}},
            {"map": lambda_("x", {"get": var("x")}), "collection": page(listed)},
            {"get": {"index": index}}, {"exists": {"index": index}}, {"get": {"role": "r0"}},
            {"get": {"function": "f"}}, [{"get": document}, page(match(index, **terms)), page(listed)],
            {"do": [page(documents(name)), {"get": document}]},
        )
    )  # fmt: skip


def _write(teller: Teller) -> Any:
    name = "open" if teller.maybe(0.7) else teller.one((*_COLLECTIONS, "nope"))
    document, given = ref(teller.one((1, 2, 3, 9, 10)), name), params({"n": teller.one((0, 1, 5))})
    action, time = teller.one(("create", "delete")), teller.known_time()
    return teller.one(
        (
            {"create": {"collection": name}, "params": given}, {"create": document, "params": given},
            {"update": document, "params": given}, {"replace": document, "params": given}, {"delete": document},
            {"insert": document, "ts": time, "action": action, "params": given},
            {"remove": document, "ts": time, "action": action},
            {"do": [{"update": document, "params": given}, {"delete": document}]},
        )
    )  # fmt: skip


def _schema_write(teller: Teller) -> Any:
    """What an admin or a server key may do, and others may not."""
    name = teller.one((*_COLLECTIONS, "nope"))
    return teller.one(
        (
            {"create_collection": {"object": {"name": "made"}}}, {"delete": {"index": "by_n"}},
            {"update": {"collection": name}, "params": {"object": {"data": {"object": {"a": 1}}}}},
            {"create_key": {"object": {"role": "server"}}},
            {"create_role": {"object": {"name": "x", "privileges": []}}},
            {"create_database": {"object": {"name": "x"}}}, {"delete": {"collection": name}},
        )
    )  # fmt: skip
