"""Collections, indexes, databases, functions and keys as documents (recording `schema`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, create, documents, events, ids, named, page, params, ref, wire

TS_REF = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]


def test_unlimited_history_is_not_shown(fauna: Fauna) -> None:
    ts = fauna.collection(history_days=None)
    assert fauna.ask({"get": {"collection": "c"}}) == {"ref": named("collections", "c"), "ts": ts, "name": "c"}


def test_a_name_is_taken_once(fauna: Fauna) -> None:
    fauna.collection()
    wanted = (400, ["create_collection"], "instance already exists", "Collection already exists.")
    assert fauna.error({"create_collection": {"object": {"name": "c"}}}) == wanted


@pytest.mark.parametrize("kind", ["collections", "databases", "functions", "indexes", "roles", "tokens", "credentials"])
def test_the_lists_of_an_empty_database(fauna: Fauna, kind: str) -> None:
    assert fauna.ask(page({kind: None})) == {"data": []}
    missing = {"@ref": {"id": "1", "collection": {"@ref": {"id": kind}}}}
    assert fauna.ask({"exists": missing}) is False


def test_no_document_of_the_schema_is_made_by_a_number(fauna: Fauna) -> None:
    text = "Regular Class Ref expected, Schema Class Ref provided."
    query = {"ref": {"collections": None}, "id": "1"}
    assert fauna.error(query) == (400, ["ref"], "invalid argument", text)


@pytest.mark.parametrize("kind", ["tokens", "credentials"])
def test_what_is_never_made_is_not_found_and_said_to_be_missing_here(fauna: Fauna, kind: str) -> None:
    assert fauna.error({"get": {"@ref": {"id": "1", "collection": {"@ref": {"id": kind}}}}})[0] == 404
    assert fauna.error({"create": {kind: None}})[0] == 501


def test_lists_are_in_order_of_creation(fauna: Fauna) -> None:
    for name in ("z", "a", "m"):
        fauna.collection(name)
    shown = [named("collections", name) for name in ("z", "a", "m")]
    assert fauna.ask(page({"collections": None}))["data"] == shown
    first = fauna.ask(page({"collections": None}, size=1))
    assert first == {"data": shown[:1], "after": [shown[1]]}
    assert fauna.ask(page({"collections": None}, size=2, after=[shown[1]])) == {
        "data": shown[1:],
        "before": [shown[1]],
    }
    assert fauna.ask(page({"collections": None}, size=1, before=[{"collection": "m"}]))["data"] == shown[1:2]


def test_at_lists_the_schema_of_that_time(fauna: Fauna) -> None:
    fauna.collection()
    then = fauna.now()
    fauna.collection("d")
    fauna.ask({"delete": {"collection": "c"}})
    assert fauna.ask(at(then, page({"collections": None})))["data"] == [named("collections", "c")]
    assert fauna.ask(page({"collections": None}))["data"] == [named("collections", "d")]


class TestRename:
    @pytest.fixture
    def renamed(self, fauna: Fauna) -> Fauna:
        """A collection c with document 1 that refers to itself, and an index, renamed to n."""
        fauna.collection()
        fauna.index("i", values=TS_REF)
        fauna.create(1, {"self": ref(1)})
        fauna.ask({"get": ref(1)})
        fauna.ask({"update": {"collection": "c"}, "params": {"object": {"name": "n"}}})
        return fauna

    def test_stored_refs_and_sources_show_the_new_name(self, renamed: Fauna) -> None:
        shown = renamed.ask({"get": ref(1, "n")})
        assert (shown["ref"], shown["data"]) == (wire(1, "n"), {"self": wire(1, "n")})
        assert renamed.ask({"get": {"index": "i"}})["source"] == named("collections", "n")

    def test_the_old_name_is_unknown_even_in_the_past(self, renamed: Fauna) -> None:
        assert renamed.error({"get": ref(1)})[2] == "invalid ref"
        then = renamed.now() - 10
        assert renamed.error(at(then, page(documents())))[2] == "invalid ref"

    def test_events_and_index_survive(self, renamed: Fauna) -> None:
        assert events(renamed.ask(page(documents("n"), events=True))) == ["A1"]
        assert len(renamed.ask(page({"match": {"index": "i"}}))["data"]) == 1

    def test_a_taken_name(self, renamed: Fauna) -> None:
        renamed.collection("other")
        query = {"update": {"collection": "n"}, "params": {"object": {"name": "other"}}}
        assert renamed.error(query)[1:3] == ([], "instance not unique")


class TestDelete:
    @pytest.fixture
    def recreated(self, fauna: Fauna) -> Fauna:
        """Collection c, deleted with a document and an index, and made again; d kept a ref into the old one."""
        fauna.collection()
        fauna.collection("d")
        fauna.index("i", values=TS_REF)
        fauna.create(1)
        fauna.create(1, {"a": ref(1)}, collection="d")
        fauna.ask({"delete": {"collection": "c"}})
        fauna.collection()
        return fauna

    def test_the_new_one_has_an_empty_history(self, recreated: Fauna) -> None:
        then = recreated.now() - 20
        assert recreated.ask(page(documents())) == {"data": []}
        assert recreated.ask(page(documents(), events=True)) == {"data": []}
        assert recreated.ask(at(then, page(documents()))) == {"data": []}

    def test_its_indexes_went_with_it(self, recreated: Fauna) -> None:
        assert recreated.error(page({"match": {"index": "i"}}))[2] == "invalid ref"
        assert recreated.ask(page({"indexes": None})) == {"data": []}

    def test_an_index_deleted_before_its_collection_is_deleted_once(self, recreated: Fauna) -> None:
        recreated.index("j")
        recreated.ask({"do": [{"delete": {"index": "j"}}, {"delete": {"collection": "c"}}]})
        assert recreated.ask(page({"indexes": None})) == {"data": []}
        recreated.collection()

    def test_a_stored_ref_keeps_the_old_name_but_leads_nowhere(self, recreated: Fauna) -> None:
        recreated.create(1)
        assert recreated.ask({"get": ref(1, "d")})["data"] == {"a": wire(1)}
        follow = {"exists": {"select": ["data", "a"], "from": {"get": ref(1, "d")}}}
        assert recreated.ask(follow) is False

    def test_a_document_that_keeps_such_a_ref_can_be_updated(self, recreated: Fauna) -> None:
        changed = {"update": ref(1, "d"), "params": params({"b": 2})}
        assert recreated.ask(changed)["data"] == {"a": wire(1), "b": 2}

    def test_but_the_ref_cannot_be_given_again(self, recreated: Fauna) -> None:
        old = {"select": ["data", "a"], "from": {"get": ref(1, "d")}}
        assert recreated.failures({"update": ref(1, "d"), "params": params({"b": {"object": {"c": old}}})}) == [
            (["data", "b", "c"], "invalid reference")
        ]

    def test_a_role_that_names_a_deleted_collection_can_be_updated(self, fauna: Fauna) -> None:
        fauna.collection()
        fauna.role("r", ({"collection": "c"}, {"read": True}))
        fauna.ask({"delete": {"collection": "c"}})
        assert fauna.ask({"update": {"role": "r"}, "params": {"object": {"name": "s"}}})["name"] == "s"


class TestDatabases:
    @pytest.fixture
    def child(self, fauna: Fauna) -> tuple[Fauna, str]:
        """A child database and the secret of an admin key of it."""
        made = fauna.ask({"create_database": {"object": {"name": "child"}}})
        assert made == {
            "ref": named("databases", "child"),
            "ts": made["ts"],
            "name": "child",
            "global_id": made["global_id"],
        }
        given = {"role": "admin", "database": {"database": "child"}}
        key = fauna.ask({"create_key": {"object": given}})
        assert key["database"] == named("databases", "child")
        return fauna, key["secret"]

    def test_it_has_a_schema_and_documents_of_its_own(self, child: tuple[Fauna, str]) -> None:
        fauna, secret = child
        fauna.ask({"create_collection": {"object": {"name": "c"}}}, secret=secret)
        fauna.ask(create(1), secret=secret)
        assert ids(fauna.ask(page(documents()), secret=secret)) == [1]
        assert fauna.error(page(documents()))[2] == "invalid ref"
        assert fauna.ask(page({"databases": None}))["data"] == [named("databases", "child")]
        assert fauna.ask(page({"databases": None}), secret=secret) == {"data": []}

    def test_a_role_of_the_parent_gives_no_rights_in_it(self, child: tuple[Fauna, str]) -> None:
        fauna, _ = child
        fauna.role("r", ({"collections": None}, {"read": True}))
        given = {"role": {"role": "r"}, "database": {"database": "child"}}
        secret = fauna.ask({"create_key": {"object": given}})["secret"]
        assert fauna.error(page({"collections": None}), secret=secret)[:2] == (403, ["paginate"])

    def test_deleting_it_ends_its_keys(self, child: tuple[Fauna, str]) -> None:
        fauna, secret = child
        fauna.ask({"delete": {"database": "child"}})
        assert fauna.reply(1, secret=secret).status == 401


def test_the_secret_of_a_key_is_shown_once(fauna: Fauna) -> None:
    made = fauna.ask({"create_key": {"object": {"role": "server"}}})
    assert set(made) == {"ref", "ts", "role", "secret", "hashed_secret"}
    again = fauna.ask({"get": {"@ref": made["ref"]["@ref"]}})
    assert set(again) == {"ref", "ts", "role", "hashed_secret"}


class TestFunctions:
    def define(self, fauna: Fauna, name: str, parameters: Any, body: Any, **more: Any) -> None:
        given = {"name": name, "body": {"query": {"lambda": parameters, "expr": body}}, **more}
        fauna.ask({"create_function": {"object": given}})

    def test_call(self, fauna: Fauna) -> None:
        self.define(fauna, "twice", "x", {"multiply": [{"var": "x"}, 2]})
        self.define(fauna, "sum", ["a", "b"], {"add": [{"var": "a"}, {"var": "b"}]})
        assert fauna.ask({"call": {"function": "twice"}, "arguments": 4}) == 8
        assert fauna.ask({"call": "sum", "arguments": [1, 2]}) == 3

    def test_an_error_inside_has_its_cause(self, fauna: Fauna) -> None:
        self.define(fauna, "fails", "x", {"add": [{"var": "x"}, "a"]})
        reply = fauna.reply([{"call": {"function": "fails"}, "arguments": 1}])
        (error,) = json.loads(reply.body)["errors"]
        assert (reply.status, error["position"], error["code"]) == (400, [0], "call error")
        assert error["cause"] == [
            {
                "position": ["expr", "add", 1],
                "code": "invalid argument",
                "description": "Number expected, String provided.",
            }
        ]

    def test_calls_nest_200_deep(self, fauna: Fauna) -> None:
        stop, down = {"var": "n"}, {"subtract": [{"var": "n"}, 1]}
        deeper = {"call": {"function": "down"}, "arguments": down}
        self.define(fauna, "down", "n", {"if": {"lte": [{"var": "n"}, 1]}, "then": stop, "else": deeper})
        assert fauna.ask({"call": {"function": "down"}, "arguments": 200}) == 1
        assert fauna.error({"call": {"function": "down"}, "arguments": 201})[::2] == (400, "stack overflow")

    def test_who_may_call_and_with_which_rights(self, fauna: Fauna) -> None:
        fauna.collection()
        fauna.create(1, {"n": 1})
        self.define(fauna, "peek", "x", {"get": ref(1)}, role="server")
        caller = fauna.role("caller", ({"function": "peek"}, {"call": True}))
        assert fauna.ask({"call": {"function": "peek"}, "arguments": []}, secret=caller)["data"] == {"n": 1}
        client = fauna.key("client")
        assert fauna.error({"call": {"function": "peek"}, "arguments": []}, secret=client)[:2] == (403, [])

    def test_writes_of_a_function_belong_to_the_query(self, fauna: Fauna) -> None:
        fauna.collection()
        self.define(
            fauna, "make", "x", {"create": {"ref": {"collection": "c"}, "id": {"var": "x"}}, "params": params({})}
        )
        assert fauna.reply({"call": {"function": "make"}, "arguments": 1}).status == 201
        fauna.error([{"call": {"function": "make"}, "arguments": 2}, {"abort": "no"}])
        assert ids(fauna.ask(page(documents()))) == [1]
