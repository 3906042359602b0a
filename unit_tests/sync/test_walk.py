"""A walk hands out every document once, whatever the ids, the pages, the walkers and the order of the answers."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna import errors
from source_fauna.errors import FaunaError
from source_fauna.state import WHOLE, IdRange
from source_fauna.sync.walk import Walk
from unit_tests.sync.direct import COLLECTION, DirectFetcher, drive, engine, stream_run

ids = st.sets(
    st.one_of(st.integers(0, 60), st.integers(3 * 10**17, 3 * 10**17 + 200), st.integers(0, 2**63 - 1)), max_size=70
)


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    engine()


def filled(document_ids: set[int]) -> Any:
    database = engine()
    assert database.query({"create_collection": {"object": {"name": COLLECTION}}}).status == 201
    creations = [
        {"create": {"ref": {"collection": COLLECTION}, "id": str(each)}, "params": {"object": {}}}
        for each in document_ids
    ]
    assert database.query(creations).status == 200
    return database


def holds(left: tuple[IdRange, ...], document_id: int) -> bool:
    return any(each.low <= document_id and (each.high is None or document_id <= each.high) for each in left)


def id_of(document: dict[str, Any]) -> int:
    return int(document["ref"]["@ref"]["id"])


@settings(max_examples=150, deadline=None)
@given(ids, st.integers(1, 12), st.integers(1, 5), st.integers(0, 2**32))
def test_what_was_handed_out_and_what_is_left_are_all_documents(
    document_ids: set[int], page_size: int, walkers: int, seed: int
) -> None:
    chance = random.Random(seed)
    fetcher = DirectFetcher(engine=filled(document_ids), threads=walkers, choose=chance.randrange)
    run = stream_run(fetcher, page_size=page_size, walkers=walkers, chunk_pages=2)
    walk = Walk(run=run, ranges=WHOLE, snapshot=None)
    handed: list[int] = []
    while walk.left:
        if walk.snapshot is not None and chance.random() < 0.1:
            # A kill: what is in flight is lost, the saved ranges are all that the next attempt knows.
            run.drop()
            walk = Walk(run=run, ranges=walk.left, snapshot=walk.snapshot)
        handed.extend(id_of(each) for each in drive(walk.pages(), fetcher))
        left = walk.left
        assert [each for each in handed if holds(left, each)] == []
        assert {each for each in document_ids if not holds(left, each)} == set(handed)
    assert sorted(handed) == sorted(document_ids)


def test_a_collection_that_fits_a_page_takes_one_request() -> None:
    fetcher = DirectFetcher(engine=filled(set(range(5))), threads=4, choose=lambda _: 0)
    walk = Walk(run=stream_run(fetcher, page_size=5, walkers=4), ranges=WHOLE, snapshot=None)
    assert len(drive(walk.pages(), fetcher)) == 5
    assert walk.left == ()
    assert fetcher.asked == 1


@pytest.mark.parametrize("walkers", [2, 4])
def test_every_walker_gets_its_share_of_clustered_ids(walkers: int) -> None:
    clustered = set(range(1, 41)) | {3 * 10**17 + each for each in range(560)}
    fetcher = DirectFetcher(engine=filled(clustered), threads=walkers, choose=lambda _: 0)
    walk = Walk(run=stream_run(fetcher, page_size=10, walkers=walkers), ranges=WHOLE, snapshot=None)
    busy = []
    while walk.left:
        drive(walk.pages(), fetcher)
        busy.append(fetcher.outstanding)
    assert sum(busy[1:-walkers]) / len(busy[1:-walkers]) > walkers * 0.8


@pytest.mark.parametrize("answered", [500, 503], ids=["the server fails on it", "the server is too slow for it"])
def test_a_walk_goes_on_without_the_id_to_cut_at(answered: int) -> None:
    """Without the rule a question that only makes the walk faster ends it."""
    database = filled(set(range(60)))
    fetcher = DirectFetcher(engine=database, threads=4, choose=lambda _: 0)
    code = "time out" if answered == 503 else "internal server error"
    error = errors.from_answer(status=answered, body={"errors": [{"code": code, "description": "No."}]})
    fetcher.refuse(lambda expression: "let" in expression.get("expr", {}), error)
    walk = Walk(run=stream_run(fetcher, page_size=5, walkers=4), ranges=WHOLE, snapshot=None)
    handed = []
    while walk.left:
        handed += [id_of(each) for each in drive(walk.pages(), fetcher)]
    assert handed == list(range(60))


def test_another_error_of_the_id_to_cut_at_is_raised() -> None:
    fetcher = DirectFetcher(engine=filled(set(range(60))), threads=4, choose=lambda count: count - 1)
    gone = errors.from_answer(status=401, body={"errors": [{"code": "unauthorized", "description": "Unauthorized"}]})
    fetcher.refuse(lambda expression: "let" in expression.get("expr", {}), gone)
    walk = Walk(run=stream_run(fetcher, page_size=5, walkers=4), ranges=WHOLE, snapshot=None)
    drive(walk.pages(), fetcher)
    with pytest.raises(FaunaError, match="Unauthorized"):
        drive(walk.pages(), fetcher)
