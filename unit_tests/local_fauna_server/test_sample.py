"""The sample database holds what it promises."""

from __future__ import annotations

import pytest

from local_fauna import LocalFauna
from local_fauna.bookshelf import AUTHORS
from local_fauna.sample import bookshop


@pytest.fixture(scope="module")
def fauna() -> LocalFauna:
    made = LocalFauna()
    bookshop(made.query)
    return made


def documents(fauna: LocalFauna, collection: str) -> list[dict[str, object]]:
    every = {"paginate": {"documents": {"collection": collection}}, "size": 100_000}
    got = {"map": {"lambda": "x", "expr": {"get": {"var": "x"}}}, "collection": every}
    page: list[dict[str, object]] = fauna.query(got)["data"]
    return page


def test_a_few_thousand_documents_in_three_collections(fauna: LocalFauna) -> None:
    counts = {name: len(documents(fauna, name)) for name in ("authors", "books", "orders")}
    assert counts["authors"] == len(AUTHORS)
    assert counts["books"] > 800
    assert counts["orders"] > 2_000


@pytest.mark.parametrize("tag", ["@ref", "@ts", "@date", "@bytes", "@set"])
def test_every_kind_of_value_is_in_it(fauna: LocalFauna, tag: str) -> None:
    held = [documents(fauna, name) for name in ("authors", "books", "orders")]
    data = str([document["data"] for collection in held for document in collection])
    assert f"'{tag}'" in data


def test_some_orders_have_a_ttl(fauna: LocalFauna) -> None:
    with_ttl = [order for order in documents(fauna, "orders") if "ttl" in order]
    assert 0 < len(with_ttl) < 500


def test_deletions_are_in_the_history(fauna: LocalFauna) -> None:
    events = {"paginate": {"documents": {"collection": "books"}}, "events": True, "size": 100_000}
    actions = [event["action"] for event in fauna.query(events)["data"]]
    assert actions.count("remove") > 10


def test_all_but_the_authors_have_an_index_that_holds_every_document(fauna: LocalFauna) -> None:
    for name in ("books", "orders"):
        count = {"count": {"match": {"index": f"{name}_by_ts"}}}
        assert fauna.query(count) == len(documents(fauna, name))
    names = {index["id"] for index in refs(fauna)}
    assert names == {"books_by_ts", "orders_by_ts", "books_by_author"}


def refs(fauna: LocalFauna) -> list[dict[str, str]]:
    return [entry["@ref"] for entry in fauna.query({"paginate": {"indexes": None}})["data"]]


def test_a_stored_set_gives_the_works_of_an_author(fauna: LocalFauna) -> None:
    author = {"ref": {"collection": "authors"}, "id": "1"}
    works = {"match": {"index": "books_by_author"}, "terms": author}
    assert fauna.query({"count": works}) > 5


def test_data_is_the_same_at_every_start(fauna: LocalFauna) -> None:
    again = LocalFauna()
    bookshop(again.query)
    for name in ("authors", "books", "orders"):
        first, second = ([(one["ref"], one["data"]) for one in documents(f, name)] for f in (fauna, again))
        assert first == second


def test_the_number_of_documents_can_be_chosen() -> None:
    small = LocalFauna()
    bookshop(small.query, documents=200)
    total = sum(len(documents(small, name)) for name in ("authors", "books", "orders"))
    assert 180 <= total <= 200


def test_documents_are_made_in_big_batches() -> None:
    asked = []
    made = LocalFauna()

    def query(expression: object) -> object:
        asked.append(expression)
        return made.query(expression)

    bookshop(query, documents=1_000)
    deletions = [one for one in asked if isinstance(one, dict) and "delete" in one]
    assert len(asked) - len(deletions) < 25
