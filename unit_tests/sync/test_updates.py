"""Each update is emitted once, in order, up to the snapshot, as long as the index stays the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Kind
from source_fauna.state.state import Position
from source_fauna.sync.updates import YoungIndex
from unit_tests.local_fauna.fauna import Fauna, field, ref
from unit_tests.refusals import refusal
from unit_tests.sync.scanned import Scanned, changed
from unit_tests.things import COLLECTION, INDEX, indexed, things
from unit_tests.told import raises_config_error

CANNOT = "Stream 'things' cannot be synced incrementally. "
REFRESH = " Then refresh the source's schema, or choose full refresh for this stream."
CREATE = (
    'This creates one: CreateIndex({name: "things_by_ts", source: Collection("things"), '
    'values: [{field: ["ts"]}, {field: ["ref"]}]}).'
)


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    Fauna()


TAGS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
TRANSACTIONS = st.lists(st.dictionaries(st.integers(0, 4), TAGS, min_size=1, max_size=4), max_size=6)


@settings(max_examples=150)
@given(TRANSACTIONS, st.integers(0, 6), st.integers(1, 4), st.integers(0, 2**32))
def test_what_changed_comes_once_and_in_order_whatever_the_pages_and_the_kills(
    transactions: list[dict[int, list[str]]], begin: int, page_size: int, seed: int
) -> None:
    """A document with several tags has several entries in this index, and a page may end between them."""
    chance, fauna = random.Random(seed), things(*range(5))
    indexed(fauna, field("data", "tags"))
    times = [fauna.now()]
    for tags in transactions:
        writes = [
            {"update": ref(each, COLLECTION), "params": {"object": {"data": {"object": {"tags": given_tags}}}}}
            for each, given_tags in tags.items()
        ]
        times.append(int(fauna.ask(writes)[0]["ts"]))
    position = Position(ts=times[min(begin, len(transactions))])
    last = {each: ts for ts, tags in zip(times[1:], transactions, strict=True) for each in tags}
    expected = [each for ts, each in sorted((ts, each) for each, ts in last.items()) if ts > position.ts]

    scanned, found = Scanned(fauna, position=position, page_size=page_size), []
    while not scanned.scan.done:
        if chance.random() < 0.3:
            scan = scanned.scan
            scanned = Scanned(fauna, position=scan.position, snapshot=scan.snapshot, page_size=page_size)
        found += scanned.page()
    assert found == expected
    assert scanned.scan.position.covers(scanned.scan.reached)


def test_what_comes_after_the_snapshot_waits_for_the_next_scan() -> None:
    fauna = changed(1, 2)
    scanned = Scanned(fauna, page_size=1)
    assert scanned.page() == [1]
    fauna.ask({"update": ref(1, COLLECTION), "params": {"object": {}}})
    assert scanned.all() == [2]
    assert Scanned(fauna, position=scanned.scan.position).all() == [1]


def test_the_next_page_is_asked_for_before_this_one_is_handed_out() -> None:
    scanned = Scanned(changed(1, 2, 3), page_size=2)
    scanned.page()
    assert scanned.fetcher.outstanding == 1
    scanned.page()
    assert scanned.fetcher.outstanding == 0


def test_a_position_that_is_there_already_takes_one_request() -> None:
    fauna = changed(1)
    snapshot = fauna.now()
    scanned = Scanned(fauna, position=Position(ts=snapshot), snapshot=snapshot)
    assert (scanned.page(), scanned.scan.done, scanned.fetcher.asked) == ([], True, 1)


@pytest.mark.parametrize(
    ("ids", "deletions", "asked"),
    [
        pytest.param((), False, 2, id="an empty page"),
        pytest.param((1,), False, 1, id="a page with documents"),
        pytest.param((1,), True, 2, id="a page with documents, where deletions are read"),
    ],
)
def test_a_page_that_may_hide_something_is_confirmed(ids: tuple[int, ...], deletions: bool, asked: int) -> None:
    scanned = Scanned(changed(*ids), deletions=deletions)
    assert scanned.page() == list(ids)
    assert scanned.fetcher.asked == asked


def reads(*, documents: bool = True, index: bool = True, definitions: bool = True) -> list[tuple[Any, Any]]:
    """The privileges of a key that may read these."""
    rights = [({"collection": COLLECTION}, documents), ({"index": INDEX}, index), ({"indexes": None}, definitions)]
    return [(resource, {"read": given}) for resource, given in rights]


def test_a_page_that_is_empty_for_a_right_that_is_back_by_now_is_asked_for_again() -> None:
    fauna = changed(1, 2)
    key = fauna.role("reader", *reads(documents=False))
    listed = [{"object": {"resource": what, "actions": {"object": can}}} for what, can in reads()]
    scanned = Scanned(fauna, secret=key)
    scanned.fetcher.before_answer(
        2, lambda: fauna.ask({"update": {"role": "reader"}, "params": {"object": {"privileges": listed}}})
    )
    assert scanned.all() == [1, 2]


def test_a_right_that_is_lost_is_no_end() -> None:
    fauna = changed(1, 2)
    with pytest.raises(FaunaError) as caught:
        Scanned(fauna, secret=fauna.role("reader", *reads(documents=False))).all()
    assert caught.value.kind is Kind.FORBIDDEN


def remake(fauna: Fauna, **params: Any) -> None:
    """Drop the index and make another under its name, the same unless told otherwise."""
    fauna.ask({"delete": {"index": INDEX}})
    fauna.index(INDEX, **{"source": {"collection": COLLECTION}, "values": [field("ts"), field("ref")], **params})


def test_an_index_that_is_younger_than_the_position_may_lack_entries() -> None:
    fauna = changed(1)
    scanned = Scanned(fauna)
    remake(fauna)
    with pytest.raises(YoungIndex):
        scanned.page()
    assert scanned.scan.reached <= fauna.now(), "where to go on is known"


def remake_for_others(fauna: Fauna) -> None:
    fauna.collection("others")
    remake(fauna, source={"collection": "others"})


CHANGES: dict[str, tuple[Callable[[Fauna], object], str]] = {
    "it was dropped": (
        lambda fauna: fauna.ask({"delete": {"index": INDEX}}),
        "Collection 'things' has no index for incremental syncs",
    ),
    "its name was taken by an index of another collection": (
        remake_for_others,
        "Index 'things_by_ts' should have source 'things', but it has source 'others'",
    ),
    "its name was taken by an index with terms": (
        lambda fauna: remake(fauna, terms=[field("data", "n")]),
        "Index 'things_by_ts' should have no terms, but it has terms data.n",
    ),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("pages", [0, 1], ids=["before the first page", "between two pages"])
def test_what_became_of_the_index_is_told(change: Callable[[Fauna], object], told: str, pages: int) -> None:
    fauna = changed(1, 2, 3)
    scanned = Scanned(fauna, page_size=1)
    for _ in range(pages):
        scanned.page()
    change(fauna)
    with raises_config_error(f"{CANNOT}{told}. {CREATE}{REFRESH}"):
        scanned.page()


@pytest.mark.parametrize(
    ("definitions", "told"),
    [
        (True, "The key may not read index 'things_by_ts'. Give its role read on it."),
        (False, "No permissions to list indexes. Give the key's role read on Indexes()."),
    ],
    ids=["the index", "nor its definition"],
)
def test_an_index_that_may_not_be_read_is_told(definitions: bool, told: str) -> None:
    fauna = changed(1)
    secret = fauna.role("reader", *reads(index=False, definitions=definitions))
    with raises_config_error(f"{CANNOT}{told}{REFRESH}"):
        Scanned(fauna, secret=secret).page()


def test_an_index_goes_with_its_collection() -> None:
    fauna = changed(1)
    scanned = Scanned(fauna)
    fauna.ask({"delete": {"collection": COLLECTION}})
    with pytest.raises(FaunaError) as caught:
        scanned.page()
    assert (caught.value.kind, caught.value.description) == (
        Kind.UNDEFINED,
        "Ref refers to undefined collection 'things'",
    )


def test_an_index_that_is_being_built_again_passes() -> None:
    fauna = changed(*range(200))
    scanned = Scanned(fauna)
    fauna.engine.index_build.rate = 0
    remake(fauna)
    with pytest.raises(FaunaError) as caught:
        scanned.page()
    assert caught.value.kind is Kind.INACTIVE


def test_another_error_is_the_servers_own() -> None:
    scanned = Scanned(changed(1))
    scanned.fetcher.refuse(lambda _: True, refusal(401, "unauthorized"))
    with pytest.raises(FaunaError) as caught:
        scanned.page()
    assert (caught.value.kind, scanned.fetcher.asked) == (Kind.UNAUTHORIZED, 1)


def test_another_error_of_the_question_about_an_empty_page_is_the_servers_own() -> None:
    scanned = Scanned(changed())
    scanned.fetcher.refuse(lambda expression: "if" in expression, refusal(401, "unauthorized"))
    with pytest.raises(FaunaError) as raised:
        scanned.page()
    assert raised.value.kind is Kind.UNAUTHORIZED


def test_a_document_that_is_too_large_is_named() -> None:
    scanned = Scanned(changed(1, 2), page_size=1)
    scanned.page()
    scanned.fetcher.refuse(
        lambda expression: "let" in expression, refusal(400, "bad request", "Size exceeds threshold")
    )
    with pytest.raises(UserError, match="Document '2' of collection 'things' cannot be read"):
        scanned.page()
