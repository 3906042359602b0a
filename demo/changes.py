"""What happens in the shop between two incremental syncs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo.fauna import Fauna

TOLD = """
    3 books get a new edition:  Update(Ref(Collection("books"), …), {data: {title: "… (second edition)"}})
    2 orders come in:           Create(Collection("orders"), {data: {number: "B-DEMO-…", …}})
    4 orders are cancelled:     Delete(Ref(Collection("orders"), …))
    1 book goes and returns:    Delete(Ref(Collection("books"), …)), then Create(…) with the same id

    That makes 5 records of books, for the one that goes and returns gives two, of which the newer counts; and 6 of
    orders.
"""


def make(fauna: Fauna) -> None:
    """Change, add, delete, and create again what was deleted."""
    books = _some(fauna, "books", 4)
    for book in books[:3]:
        title = {"concat": [{"select": ["data", "title"], "from": {"get": book}}, " (second edition)"]}
        fauna.query({"update": book, "params": {"object": {"data": {"object": {"title": title}}}}})
    for number in (1, 2):
        fauna.query({"create": {"collection": "orders"}, "params": {"object": {"data": _order(number)}}})
    for order in _some(fauna, "orders", 4):
        fauna.query({"delete": order})
    fauna.query({"delete": books[3]})
    returned = {"object": {"title": "Returned to the shelf", "binding": "hardcover"}}
    fauna.query({"create": books[3], "params": {"object": {"data": returned}}})


def _some(fauna: Fauna, collection: str, count: int) -> list[Any]:
    documents = {"documents": {"collection": collection}}
    refs: list[Any] = fauna.query({"paginate": documents, "size": count})["data"]
    return refs


def _order(number: int) -> Any:
    customer = {"object": {"address": {"object": {"city": "Porto Alegre"}}}}
    placed = {"@ts": "2024-12-24T18:00:00Z"}
    order = {
        "number": f"B-DEMO-{number}",
        "status": "paid",
        "placed": placed,
        "customer": customer,
        "lines": [],
    }
    return {"object": order}
