"""What keys and roles may do (recordings `keys`, `conditional`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, create, documents, events, ids, page, params, ref, update

DENIED = "Insufficient privileges to perform the action."
TS_REF = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]
READ = {"read": True}
POSITIVE = {
    "query": {
        "lambda": "r",
        "expr": {"gt": [{"select": ["data", "n"], "from": {"get": {"var": "r"}}, "default": 0}, 0]},
    }
}


@pytest.fixture
def two(fauna: Fauna) -> Fauna:
    """Collection c with documents 1 (n=1) and 2 (n=-1), and 3 which was deleted; an index over it."""
    fauna.collection()
    fauna.index("i", values=TS_REF)
    fauna.create(1, {"n": 1})
    fauna.create(2, {"n": -1})
    fauna.create(3, {"n": 3})
    fauna.ask({"delete": ref(3)})
    return fauna


def position_of_denial(fauna: Fauna, query: Any, secret: str) -> Any:
    status, position, code, text = fauna.error(query, secret=secret)
    assert (status, code, text) == (403, "permission denied", DENIED)
    return position


NATIVE: dict[str, list[Any] | None] = {
    "collections": [],
    "indexes": [],
    "functions": [],
    "databases": None,
    "keys": None,
    "roles": None,
}


@pytest.mark.parametrize("role", ["server", "server-readonly"])
@pytest.mark.parametrize("kind", NATIVE)
def test_servers_see_the_schema_but_not_keys_databases_roles(fauna: Fauna, role: str, kind: str) -> None:
    key = fauna.key(role)
    if NATIVE[kind] is None:
        assert position_of_denial(fauna, page({kind: None}), key) == ["paginate"]
    else:
        assert fauna.ask(page({kind: None}), secret=key) == {"data": []}


WRITES: dict[str, tuple[Any, list[str]]] = {
    "create": (create(9), ["create"]),
    "update": (update(1, {"n": 2}), []),
    "replace": ({"replace": ref(1), "params": params({})}, []),
    "delete": ({"delete": ref(1)}, []),
    "create_collection": ({"create_collection": {"object": {"name": "d"}}}, ["create_collection"]),
    "create_key": ({"create_key": {"object": {"role": "server"}}}, ["create_key"]),
    "insert": ({"insert": ref(1), "ts": 1, "action": "create"}, []),
}


@pytest.mark.parametrize("role", ["client", "server-readonly"])
@pytest.mark.parametrize(("query", "position"), WRITES.values(), ids=WRITES.keys())
def test_who_may_not_write(two: Fauna, role: str, query: Any, position: Any) -> None:
    assert position_of_denial(two, query, two.key(role)) == position


def test_a_role_that_reads_a_collection(two: Fauna) -> None:
    then = two.now()
    key = two.role("reader", ({"collection": "c"}, READ))
    assert ids(two.ask(page(documents()), secret=key)) == [1, 2]
    assert ids(two.ask(at(then, page(documents())), secret=key)) == [1, 2]
    assert two.ask({"count": documents()}, secret=key) == 2
    assert events(two.ask(page(documents(), events=True), secret=key)) == ["A1", "A2", "A3", "R3"]
    assert two.error({"get": ref(0)}, secret=key)[0] == 404
    assert position_of_denial(two, page(ref(1)), key) == ["paginate"]
    assert position_of_denial(two, page({"collections": None}), key) == ["paginate"]
    assert position_of_denial(two, {"get": {"collection": "c"}}, key) == []
    assert two.ask({"exists": {"collection": "c"}}, secret=key) is False
    assert position_of_denial(two, {"exists": {"match": {"index": "i"}}}, key) == ["exists"]


def test_a_role_without_the_privilege(two: Fauna) -> None:
    key = two.role("nothing")
    assert two.ask(page(documents()), secret=key) == {"data": []}
    assert two.ask({"exists": ref(1)}, secret=key) is False
    assert position_of_denial(two, {"get": ref(0)}, key) == []
    assert position_of_denial(two, {"get": documents()}, key) == []
    assert two.error({"get": ref(0, "nope")}, secret=key)[2] == "invalid ref"


def test_an_index_needs_both_privileges_unless_it_is_unrestricted(two: Fauna) -> None:
    match = page({"match": {"index": "i"}})
    assert two.ask(match, secret=two.role("index", ({"index": "i"}, READ))) == {"data": []}
    assert position_of_denial(two, match, two.role("reads_documents", ({"collection": "c"}, READ))) == ["paginate"]
    both = two.role("both", ({"index": "i"}, READ), ({"collection": "c"}, READ))
    assert len(two.ask(match, secret=both)["data"]) == 2
    free = two.role("free", ({"index": "i"}, {"unrestricted_read": True}))
    assert len(two.ask(match, secret=free)["data"]) == 2
    assert position_of_denial(two, {"get": ref(1)}, free) == []


def test_history_read_alone(two: Fauna) -> None:
    key = two.role("historian", ({"collection": "c"}, {"history_read": True}))
    assert len(two.ask(page(ref(1), events=True), secret=key)["data"]) == 1
    assert two.ask(page(documents()), secret=key) == {"data": []}


def test_a_predicate_is_asked_for_each_document_at_present(two: Fauna) -> None:
    key = two.role("conditional", ({"collection": "c"}, {"read": POSITIVE}), ({"index": "i"}, READ))
    then = two.now()
    assert ids(two.ask(page(documents()), secret=key)) == [1]
    assert len(two.ask(page({"match": {"index": "i"}}), secret=key)["data"]) == 1
    # The first row of a set is judged alone, whatever else it has (recording `rights_reading`).
    assert two.ask({"exists": {"match": {"index": "i"}}}, secret=key) is True
    assert events(two.ask(page(documents(), events=True), secret=key)) == ["A1"]
    assert position_of_denial(two, {"get": ref(0)}, key) == []
    assert two.ask({"get": documents()}, secret=key)["data"] == {"n": 1}
    two.ask(update(1, {"n": -1}))
    two.ask(update(2, {"n": 1}))
    assert ids(two.ask(at(then, page(documents())), secret=key)) == [2]


def test_pages_are_refilled_to_their_size_after_a_predicate(fauna: Fauna) -> None:
    fauna.collection()
    for number in range(1, 9):
        fauna.create(number, {"n": number % 2})
    key = fauna.role("conditional", ({"collection": "c"}, {"read": POSITIVE}))
    assert ids(fauna.ask(page(documents(), size=3), secret=key)) == [1, 3, 5]


def test_predicates_of_writes(two: Fauna) -> None:
    grows = {
        "query": {
            "lambda": ["old", "new", "ref"],
            "expr": {
                "gt": [
                    {"select": ["data", "n"], "from": {"var": "new"}},
                    {"select": ["data", "n"], "from": {"var": "old"}},
                ]
            },
        }
    }
    key = two.role("grower", ({"collection": "c"}, {"read": True, "write": grows, "create_with_id": True}))
    assert two.reply(update(1, {"n": 5}), secret=key).status == 200
    assert position_of_denial(two, update(1, {"n": 4}), key) == []
    assert two.reply(create(9, {"n": 0}), secret=key).status == 201
    assert position_of_denial(two, {"create": {"collection": "c"}, "params": params({})}, key) == ["create"]


def test_a_role_changed_in_the_middle_counts_at_once(two: Fauna) -> None:
    key = two.role("reader", ({"collection": "c"}, READ))
    assert ids(two.ask(page(documents()), secret=key)) == [1, 2]
    two.ask({"update": {"role": "reader"}, "params": {"object": {"privileges": []}}})
    assert two.ask(page(documents()), secret=key) == {"data": []}


def test_a_key_with_several_roles_may_what_any_of_them_may(two: Fauna) -> None:
    two.role("one", ({"collection": "c"}, READ))
    two.role("other", ({"collection": "c"}, {"create_with_id": True}))
    key = two.key([{"role": "one"}, {"role": "other"}])
    assert ids(two.ask(page(documents()), secret=key)) == [1, 2]
    assert two.reply(create(9), secret=key).status == 201
