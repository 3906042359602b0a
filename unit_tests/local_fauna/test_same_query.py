"""What a query creates of the schema serves the next query; until then only its own document can be read."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, documents, page


def test_what_a_query_creates_it_cannot_use_by_its_name(fauna: Fauna) -> None:
    query = {"do": [{"create_collection": {"object": {"name": "c"}}}, page(documents())]}
    wanted = (400, ["do", 1, "paginate", "documents"], "invalid ref", "Ref refers to undefined collection 'c'")
    assert fauna.error(query) == wanted
    assert fauna.ask(page({"collections": None})) == {"data": []}


def _made(form: str, use: Any, **given: Any) -> Any:
    """A query that creates, and then uses what it created by the ref `x`."""
    made = {"select": "ref", "from": {form: {"object": {"name": "new", **given}}}}
    return {"let": {"x": made}, "in": use}


_X = {"var": "x"}
_IN_X = {"ref": _X, "id": "1"}
_BODY = {"query": {"lambda": "_", "expr": 1}}
USED_BY_REF: dict[str, tuple[Any, list[Any], str]] = {
    "its documents": (_made("create_collection", {"documents": _X}), ["documents"], "collection"),
    "a new document": (_made("create_collection", {"create": _X}), ["create"], "collection"),
    "a document by its id": (_made("create_collection", {"get": _IN_X}), ["get"], "collection"),
    "the history of a document": (_made("create_collection", page(_IN_X)), ["paginate"], "collection"),
    "a match": (_made("create_index", {"match": _X}, source={"collection": "c"}), ["match"], "index"),
    "a call": (_made("create_function", {"call": _X, "arguments": []}, body=_BODY), ["call"], "function"),
}


@pytest.mark.parametrize(("query", "place", "kind"), USED_BY_REF.values(), ids=USED_BY_REF.keys())
def test_what_a_query_creates_it_is_not_used_by_its_ref(fauna: Fauna, query: Any, place: Any, kind: str) -> None:
    fauna.collection()
    text = f"Using a {kind} in the query that creates it is not implemented by local_fauna."
    assert fauna.error(query) == (501, ["in", *place], "not implemented", text)


def test_what_a_query_creates_it_can_index(fauna: Fauna) -> None:
    query = _made("create_collection", {"create_index": {"object": {"name": "i", "source": _X}}})
    assert fauna.reply(query).status == 201


def test_what_a_query_creates_it_can_read_and_name(fauna: Fauna) -> None:
    number = {"exists": _IN_X}
    query = _made("create_collection", [{"select": "name", "from": {"get": _X}}, {"select": "id", "from": _X}, number])
    assert fauna.ask(query) == ["new", "new", False]
    assert fauna.reply(create(1, collection="new")).status == 201
