"""Each expression answers on a database as it says. The collection, the index and the documents are `things`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_fauna.database import queries
from source_fauna.database.fql import q
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.records.values import GREATEST_ID
from unit_tests.local_fauna.fauna import Fauna, ref
from unit_tests.refs import document_ref, id_of, schema_ref
from unit_tests.things import COLLECTION, INDEX, answer, indexed, things

IDS = st.sets(st.integers(0, 30) | st.integers(0, GREATEST_ID), max_size=12)
BOUNDS = st.integers(0, 30) | st.integers(0, GREATEST_ID)
SIZES = st.integers(1, 6)


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    Fauna()


def ids(page: Any) -> list[int]:
    """The ids of a page of documents, or of refs."""
    return [int(each["@ref"]["id"]) if "@ref" in each else id_of(each) for each in page["data"]]


def things_ref(document_id: int) -> Any:
    return document_ref(document_id, COLLECTION)


def update(fauna: Fauna, *document_ids: int) -> int:
    """Change documents in one transaction; its ts."""
    changes = [{"update": ref(each, COLLECTION), "params": {"object": {}}} for each in document_ids]
    return int(fauna.ask(changes)[0]["ts"])


def test_now_is_the_time_of_the_database() -> None:
    fauna = things()
    before = fauna.create(1, collection=COLLECTION)
    now = answer(fauna, queries.now())
    assert before < now < fauna.create(2, collection=COLLECTION)


def test_at_a_snapshot_everything_is_as_it_was() -> None:
    fauna = things(1, 2)
    page = queries.documents_page(COLLECTION, 0, None, 64)
    before, snapshot = answer(fauna, page), fauna.now()
    update(fauna, 1)
    fauna.create(3, collection=COLLECTION)
    assert answer(fauna, queries.at(snapshot, page)) == before
    assert ids(answer(fauna, queries.at(None, page))) == [1, 2, 3]


def test_a_page_that_pins_its_snapshot_tells_it() -> None:
    fauna = things(1)
    page, count = queries.documents_page(COLLECTION, 0, None, 64), q.count(q.documents(q.collection(COLLECTION)))
    pinned = answer(fauna, queries.page_at(None, page, beside=count))
    created = fauna.create(2, collection=COLLECTION)
    again = answer(fauna, queries.page_at(pinned["ts"], page, beside=count))
    assert pinned["ts"] < created
    assert again == {**pinned, "beside": 2}, "the page is that of the snapshot, and what stands beside it is not"


@pytest.mark.parametrize(
    ("build", "names"),
    [(queries.collections, ["c", "z", "a", "y", "b"]), (queries.indexes, ["of_c", "of_z", "of_a", "of_y", "of_b"])],
    ids=["collections", "indexes"],
)
def test_all_definitions_are_found_page_by_page_in_the_order_in_which_they_were_made(
    build: Any, names: list[str]
) -> None:
    fauna = Fauna()
    for name in "czayb":
        fauna.collection(name)
        fauna.index(f"of_{name}", source={"collection": name})
    page = answer(fauna, build(size=2))
    found = page["data"]
    while "after" in page:
        page = answer(fauna, build(queries.schema_cursor(page["after"]), size=2))
        found += page["data"]
    assert [each["name"] for each in found] == names
    assert all(each["ts"] > 0 for each in found)


def test_the_definition_of_an_index_is_asked_for_by_name() -> None:
    fauna = indexed(things())
    assert answer(fauna, queries.index_definition(INDEX))["source"] == schema_ref(COLLECTION)
    with pytest.raises(FaunaError) as caught:
        answer(fauna, queries.index_definition("nope"))
    assert caught.value.kind is Kind.UNDEFINED


def test_an_index_shows_its_first_entry_to_who_may_read_it() -> None:
    fauna = indexed(things(1, 2))
    reads = {"read": True}
    reader = fauna.role("reader", ({"collection": COLLECTION}, reads), ({"index": INDEX}, reads))
    (entry,) = answer(fauna, queries.index_page(INDEX), secret=reader)["data"]
    assert entry[1] == things_ref(1)
    with pytest.raises(FaunaError) as caught:
        answer(fauna, queries.index_page(INDEX), secret=fauna.role("other", ({"collection": COLLECTION}, reads)))
    assert caught.value.kind is Kind.FORBIDDEN


def test_a_ref_is_a_value_also_of_what_does_not_exist() -> None:
    assert answer(Fauna(), queries.document("nope", 7)) == document_ref(7, "nope")


def between(document_ids: set[int], low: int, high: int | None) -> list[int]:
    return sorted(each for each in document_ids if low <= each and (high is None or each <= high))


@given(IDS, BOUNDS, st.none() | BOUNDS, SIZES)
@example({0, 1}, 1, None, 1)
def test_documents_are_those_between_two_ids_in_their_order(
    document_ids: set[int], low: int, high: int | None, size: int
) -> None:
    fauna, expected = things(*document_ids), between(document_ids, low, high)
    page = answer(fauna, queries.documents_page(COLLECTION, low, high, size))
    assert ids(page) == expected[:size]
    assert page.get("after") == ([things_ref(expected[size])] if len(expected) > size else None)
    assert ids(answer(fauna, queries.first_id(COLLECTION, low, high))) == expected[:1]


@given(IDS, BOUNDS, st.none() | BOUNDS, SIZES)
def test_the_id_ahead_lies_so_many_documents_behind_the_first(
    document_ids: set[int], low: int, high: int | None, size: int
) -> None:
    fauna, expected = things(*document_ids), between(document_ids, low, high)
    found = answer(fauna, queries.id_ahead(COLLECTION, low, high, size))
    after = things_ref(expected[size]) if len(expected) > size else None
    assert found == {"after": after, "count": min(len(expected), size + 1)}


def test_a_document_comes_whole() -> None:
    fauna = things()
    ts = fauna.create(1, {"a": [1]}, collection=COLLECTION)
    page = answer(fauna, queries.documents_page(COLLECTION, 0, None, 1))
    assert page["data"] == [{"ref": things_ref(1), "ts": ts, "data": {"a": [1]}}]


TRANSACTIONS = st.lists(st.sets(st.integers(0, 3) | st.just(GREATEST_ID), min_size=1, max_size=4), max_size=5)


@given(TRANSACTIONS, st.integers(0, 5), st.none() | st.integers(0, 4) | st.just(GREATEST_ID), st.integers(0, 5), SIZES)
def test_updates_are_what_changed_last_behind_a_position_and_up_to_a_snapshot(
    transactions: list[set[int]], begin: int, document_id: int | None, end: int, size: int
) -> None:
    """The model: the entries of an index are each document at its last change, by time and then by id."""
    fauna = indexed(things(0, 1, 2, 3, GREATEST_ID))
    times = [fauna.now()] + [update(fauna, *changed) for changed in transactions]
    after, until = (times[min(begin, len(transactions))], document_id), times[min(end, len(transactions))]
    changed_at = {
        each: ts for ts, changed in zip(times[1:], transactions, strict=True) for each in changed if ts <= until
    }
    found = sorted((ts, each) for each, ts in changed_at.items())
    expected = [
        each for ts, each in found if (ts, each) > (after[0], GREATEST_ID if document_id is None else document_id)
    ]
    shown = answer(fauna, queries.at(until, queries.updates_page(INDEX, COLLECTION, after, until, size)))
    assert ids(shown) == expected[:size]
    assert ("after" in shown) is (len(expected) > size)
    first = queries.first_update(INDEX, COLLECTION, after, until)
    assert ids(answer(fauna, queries.at(until, first))) == expected[:1]


def test_updates_that_pin_their_snapshot_have_no_end_before_it() -> None:
    fauna = indexed(things(1, 2))
    shown = answer(fauna, queries.updates_page(INDEX, COLLECTION, (0, None), None, 64))
    assert ids(shown) == [1, 2]


def test_the_definition_beside_updates_is_that_of_today() -> None:
    """Otherwise an index that was created again would appear with the definition of the old one."""
    fauna = indexed(things(1))
    snapshot = fauna.now()
    fauna.ask({"update": {"index": INDEX}, "params": {"object": {"data": {"object": {"seen": True}}}}})
    page = queries.updates_page(INDEX, COLLECTION, (0, None), snapshot, 64)
    shown = answer(fauna, queries.page_at(snapshot, page, index=queries.index_definition(INDEX)))
    assert shown["index"]["data"] == {"seen": True}


def deletions(fauna: Fauna, cursor: Any, size: int) -> tuple[list[tuple[int, int]], Any, int]:
    """What a page holds, its successor, and from how many events it was made."""
    shown = answer(fauna, queries.deletions_page(COLLECTION, cursor, size))
    return [(int(each[0]), each[1]) for each in shown["page"]["data"]], shown["page"].get("after"), shown["events"]


def delete(fauna: Fauna, *document_ids: int) -> int:
    """Delete documents in one transaction; its ts as their events bear it."""
    fauna.ask([{"delete": ref(each, COLLECTION)} for each in document_ids])
    return int(answer(fauna, queries.events_page(COLLECTION, None, 1_000))["data"][-1]["ts"])


def test_deletions_are_documents_that_are_gone_at_the_time_of_their_event() -> None:
    fauna = things(1, 2, 3)
    deleted = delete(fauna, 1)
    fauna.create(1, collection=COLLECTION)
    far = {"time": "2999-01-01T00:00:00Z"}
    fauna.ask({"update": ref(2, COLLECTION), "params": {"object": {"ttl": far}}})
    found, after, events = deletions(fauna, {"ts": 0}, 1_000)
    assert (found, after) == ([(1, deleted)], None)
    actions = [each["action"] for each in answer(fauna, queries.events_page(COLLECTION, {"ts": 0}, 1_000))["data"]]
    assert (events, actions.count("remove")) == (len(actions), 2), "a changed ttl removes and adds"


def test_deletions_after_a_time_are_those_behind_it() -> None:
    fauna = things(1, 2, 3)
    first, second = delete(fauna, 1), delete(fauna, 2, 3)
    assert deletions(fauna, {"ts": first - 1}, 10)[0] == [(1, first), (2, second), (3, second)]
    assert deletions(fauna, {"ts": first}, 10)[0] == [(2, second), (3, second)]
    assert deletions(fauna, {"ts": second}, 10)[0] == []


@pytest.mark.parametrize("size", [1, 2, 3, 64])
def test_deletions_are_found_page_by_page_also_behind_pages_that_hold_none(size: int) -> None:
    fauna = things(*range(5))
    times = [delete(fauna, each) for each in (4, 2)]
    found, after, seen = deletions(fauna, {"ts": 0}, size)
    while after is not None:
        more, after, events = deletions(fauna, queries.event_cursor(after), size)
        found += more
        seen += events
    assert found == [(4, times[0]), (2, times[1])]
    assert seen == 7, "five documents came, two went"


def test_a_page_without_deletions_may_have_a_successor() -> None:
    fauna = things(1, 2)
    delete(fauna, 1)
    found, after, events = deletions(fauna, {"ts": 0}, 1)
    assert (found, events) == ([], 1)
    assert after["document"] == things_ref(2)


@pytest.mark.parametrize("elements", [[], [7], [0, None, False]], ids=len)
def test_the_length_of_a_page_is_its_number_of_elements(elements: list[Any]) -> None:
    assert answer(Fauna(), queries.length({"data": elements})) == len(elements)


def test_expressions_are_asked_together_and_fail_together() -> None:
    fauna = things(1)
    first = queries.first_id(COLLECTION)
    assert [ids(page) for page in answer(fauna, queries.together([first, first]))] == [[1], [1]]
    with pytest.raises(FaunaError) as caught:
        answer(fauna, queries.together([first, queries.first_id("nope")]))
    assert caught.value.kind is Kind.UNDEFINED
