"""What is gone at present, read At a time when it was there: found by lists and events, not by its name."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, data, lambda_, named, page, ref, var

KINDS = {"collections": "gone", "indexes": "i", "functions": "f", "roles": "r"}


@pytest.fixture
def emptied(fauna: Fauna) -> tuple[Fauna, int]:
    """A database whose whole schema was deleted, and a time before."""
    fauna.collection("gone")
    fauna.collection("kept")
    fauna.index("i", source={"collection": "gone"})
    fauna.ask({"create_function": {"object": {"name": "f", "body": {"query": lambda_("x", 1)}}}})
    fauna.role("r")
    fauna.create(1, collection="gone")
    fauna.create(1, {"to": ref(1, "gone"), "index": {"index": "i"}}, collection="kept")
    before = fauna.now()
    fauna.clock.advance(seconds=1)
    for key in data(fauna, {"keys": None}):
        fauna.ask({"delete": key})
    fauna.ask({"do": [{"delete": {"function": "f"}}, {"delete": {"role": "r"}}, {"delete": {"collection": "gone"}}]})
    return fauna, before


def _each(kind: str, body: Any) -> Any:
    return {"map": lambda_("x", body), "collection": page({kind: None})}


@pytest.mark.parametrize("kind", KINDS)
def test_get_and_exists_of_what_a_list_of_the_past_shows(emptied: tuple[Fauna, int], kind: str) -> None:
    fauna, before = emptied
    shown = fauna.ask(at(before, _each(kind, {"get": var("x")})))["data"]
    assert [each["name"] for each in shown] == [KINDS[kind], *["kept"][: kind == "collections"]]
    assert shown[0]["ref"] == named(kind, KINDS[kind])
    assert fauna.ask(at(before, _each(kind, {"exists": var("x")})))["data"][0] is True


def test_a_key(emptied: tuple[Fauna, int]) -> None:
    fauna, before = emptied
    (key,) = fauna.ask(at(before, _each("keys", {"get": var("x")})))["data"]
    assert key["role"] == named("roles", "r")
    assert data(fauna, {"keys": None}) == []


def test_at_present_it_is_not_found(emptied: tuple[Fauna, int]) -> None:
    fauna, _ = emptied
    removed = {"select": ["data", -1 + len(data(fauna, {"roles": None}, events=True)), "document"],
               "from": page({"roles": None}, events=True)}  # fmt: skip
    assert fauna.error({"get": removed}) == (404, [], "instance not found", "Role not found.")
    assert fauna.ask({"exists": removed}) is False
    assert fauna.ask({"select": "id", "from": removed}) == "r"
    assert fauna.ask({"is_role": removed}) is True


def test_by_its_name_it_is_unknown_at_any_time(emptied: tuple[Fauna, int]) -> None:
    fauna, before = emptied
    wanted = (400, ["expr", "get"], "invalid ref", "Ref refers to undefined collection 'gone'")
    assert fauna.error(at(before, {"get": {"collection": "gone"}})) == wanted
    assert fauna.ask(at(before, {"exists": {"collection": "gone"}})) is False


USES: dict[str, tuple[str, Any, tuple[int, list[Any], str]]] = {
    "call": ("functions", {"call": var("x")}, (404, ["call"], "Function not found.")),
    "match": ("indexes", {"match": var("x")}, (404, ["index"], "Index not found.")),
    "join": ("indexes", {"join": {"documents": {"collection": "kept"}}, "with": var("x")},
             (404, ["with"], "Index not found.")),
    "delete": ("roles", {"delete": var("x")}, (404, [], "Role not found.")),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "use", "wanted"), USES.values(), ids=USES.keys())
def test_it_cannot_be_used(emptied: tuple[Fauna, int], kind: str, use: Any, wanted: Any) -> None:
    fauna, _ = emptied
    removed = {"select": ["data", 0, "document"], "from": page({kind: None}, events=True)}
    status, position, code, text = fauna.error({"let": {"x": removed}, "in": use})
    assert (status, position[1:], text) == wanted
    assert code == "instance not found"


@pytest.mark.parametrize("use", [{"get": var("x")}, page(var("x"), events=True), {"delete": var("x")}], ids=str)
def test_a_document_of_a_collection_that_is_gone_is_left_out(emptied: tuple[Fauna, int], use: Any) -> None:
    fauna, _ = emptied
    stored = {"select": ["data", "to"], "from": {"get": ref(1, "kept")}}
    assert fauna.error({"let": {"x": stored}, "in": use})[0] == 501


def test_the_documents_of_a_collection_that_is_gone_are_left_out(emptied: tuple[Fauna, int]) -> None:
    fauna, before = emptied
    assert fauna.error(at(before, _each("collections", page({"documents": var("x")}))))[0] == 501


def test_a_function_is_called_at_a_time_before_there_was_one(fauna: Fauna) -> None:
    fauna.collection()
    before = fauna.now()
    fauna.clock.advance(seconds=1)
    body = {"query": lambda_("x", {"exists": ref(1)})}
    fauna.ask({"create_function": {"object": {"name": "f", "body": body}}})
    fauna.create(1)
    called = {"call": "f", "arguments": 1}
    assert fauna.ask([at(before, called), called]) == [False, True]
    assert fauna.error(at(before, {"get": {"function": "f"}}))[0] == 404
