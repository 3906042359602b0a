"""A walk hands out every document once, whatever the ids, the pages, the walkers and the order of the answers."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.database import queries
from source_fauna.errors.errors import FaunaError
from source_fauna.state.state import WHOLE, IdRange
from source_fauna.sync.walk import Walk
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.refs import id_of
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, drive, stream_run
from unit_tests.things import things

ids = st.sets(
    st.one_of(st.integers(0, 60), st.integers(3 * 10**17, 3 * 10**17 + 200), st.integers(0, 2**63 - 1)), max_size=70
)


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    Fauna()


def holds(left: tuple[IdRange, ...], document_id: int) -> bool:
    return any(each.low <= document_id and (each.high is None or document_id <= each.high) for each in left)


def walk_of(fetcher: DirectFetcher, **settings: Any) -> Walk:
    """A walk over the whole collection, before its first page."""
    return Walk(run=stream_run(fetcher, **settings), ranges=WHOLE, snapshot=None)


def next_ids(walk: Walk, fetcher: DirectFetcher) -> list[int]:
    """The ids of the documents of the next page."""
    return [id_of(document) for document in drive(walk.next_page(), fetcher)]


@settings(max_examples=150)
@given(ids, st.integers(1, 12), st.integers(1, 5), st.booleans(), st.integers(0, 2**32))
def test_what_was_handed_out_and_what_is_left_are_all_documents(
    document_ids: set[int], page_size: int, walkers: int, deletions: bool, seed: int
) -> None:
    chance = random.Random(seed)
    fetcher = DirectFetcher(things(*document_ids), threads=walkers, choose=chance.randrange)
    counted_from = chance.choice((1, 20, 3_000))
    run = stream_run(
        fetcher,
        page_size=page_size,
        walkers=walkers,
        chunk_pages=2,
        count_from_documents=counted_from,
        deletions=deletions,
    )
    walk = Walk(run=run, ranges=WHOLE, snapshot=None)
    handed: list[int] = []
    while walk.left:
        if walk.snapshot is not None and chance.random() < 0.1:
            # A kill: what is in flight is lost, the saved ranges are all that the next attempt knows.
            run.drop()
            walk = Walk(run=run, ranges=walk.left, snapshot=walk.snapshot)
        handed += next_ids(walk, fetcher)
        left = walk.left
        assert [each for each in handed if holds(left, each)] == []
        assert {each for each in document_ids if not holds(left, each)} == set(handed)
        assert walk.count in (None, len(document_ids) - len(handed))
    assert sorted(handed) == sorted(document_ids)


def test_a_collection_that_fits_a_page_takes_one_request() -> None:
    fetcher = DirectFetcher(things(*range(5)), threads=4)
    walk = walk_of(fetcher, page_size=5, walkers=4)
    assert next_ids(walk, fetcher) == [0, 1, 2, 3, 4]
    assert walk.left == ()
    assert fetcher.asked == 1


@pytest.mark.parametrize("walkers", [2, 4])
def test_every_walker_gets_its_share_of_clustered_ids(walkers: int) -> None:
    clustered = set(range(1, 41)) | {3 * 10**17 + each for each in range(560)}
    fetcher = DirectFetcher(things(*clustered), threads=walkers)
    walk = walk_of(fetcher, page_size=10, walkers=walkers)
    busy = []
    while walk.left:
        next_ids(walk, fetcher)
        busy.append(fetcher.outstanding)
    assert sum(busy[1:-walkers]) / len(busy[1:-walkers]) > walkers * 0.8


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(refusal(500, "internal server error"), id="the server fails on it"),
        pytest.param(refusal(503, "time out"), id="the server is too slow for it"),
    ],
)
def test_a_walk_goes_on_without_the_id_to_cut_at(error: FaunaError) -> None:
    """Without the rule, the failure of a query that only makes the walk faster ends the walk."""
    fetcher = DirectFetcher(things(*range(60)), threads=4)
    fetcher.refuse(lambda expression: "let" in expression.get("expr", {}), error)
    walk = walk_of(fetcher, page_size=5, walkers=4)
    handed = []
    while walk.left:
        handed += next_ids(walk, fetcher)
    assert handed == list(range(60))


def test_the_last_documents_are_shared_so_that_all_walkers_end_together() -> None:
    """With full pages until the end, one walker reads the last page alone."""
    fetcher = DirectFetcher(things(*range(4000)), threads=2, page_seconds=0.4)
    walk = Walk(run=stream_run(fetcher, page_size=1000, walkers=2), ranges=WHOLE, snapshot=None)
    lengths = []
    while walk.left:
        lengths.append(len(drive(walk.next_page(), fetcher)))
    assert lengths == [1000, 1000, 1000, 500, 500]


@pytest.mark.parametrize("documents", [1, 2, 3, 5, 57, 60])
@pytest.mark.parametrize("page_size", [1, 5])
@pytest.mark.parametrize("deletions", [False, True])
def test_fewer_documents_than_walkers_are_read_however_slow_they_come(
    documents: int, page_size: int, deletions: bool
) -> None:
    """If the share of each walker is rounded down to 0, a page of 0 documents looks like the end of the walk."""
    fetcher = DirectFetcher(things(*range(documents)), threads=4, page_seconds=2.0)
    run = stream_run(fetcher, page_size=page_size, walkers=4, chunk_pages=1, deletions=deletions)
    walk = Walk(run=run, ranges=WHOLE, snapshot=None)
    handed = []
    while walk.left:
        handed += next_ids(walk, fetcher)
    assert sorted(handed) == list(range(documents))
    assert fetcher.asked < 5 * documents + 10


def test_another_error_of_the_id_to_cut_at_is_raised() -> None:
    fetcher = DirectFetcher(things(*range(60)), threads=4, choose=lambda count: count - 1)
    unauthorized = refusal(401, "unauthorized", "Unauthorized")
    fetcher.refuse(lambda expression: "let" in expression.get("expr", {}), unauthorized)
    walk = walk_of(fetcher, page_size=5, walkers=4)
    next_ids(walk, fetcher)
    with pytest.raises(FaunaError, match="Unauthorized"):
        next_ids(walk, fetcher)


def test_an_id_to_cut_at_that_comes_when_its_range_has_ended_is_of_no_use() -> None:
    """If the code does not check that the range is still left, its end is read twice."""
    fetcher = DirectFetcher(things(*range(40)), threads=3, choose=lambda _: fetcher.first(_is_page_to_19, 0))
    run = stream_run(fetcher, page_size=5, walkers=3, chunk_pages=1)
    snapshot: int = drive(run.call(queries.now()), fetcher)
    walk = Walk(run=run, ranges=(IdRange(low=0, high=19), IdRange(low=20, high=None)), snapshot=snapshot)
    handed = []
    while walk.left:
        handed += next_ids(walk, fetcher)
        # Pages have grown since the id was asked for.
        run.sizes.current = 20
    assert sorted(handed) == list(range(40))


def _is_page_to_19(expression: Any) -> bool:
    return "map" in str(expression) and "'id': '19'" in str(expression)


def test_an_error_behind_a_page_that_is_held_back_is_raised() -> None:
    """The page must not be handed out, because documents may have been hidden from it."""
    fetcher = DirectFetcher(things(1, 2))
    fetcher.refuse(lambda expression: "get" in expression, refusal(401, "unauthorized", "Unauthorized"))
    walk = walk_of(fetcher, deletions=True)
    with pytest.raises(FaunaError, match="Unauthorized"):
        next_ids(walk, fetcher)
    assert walk.left == WHOLE


def test_a_document_of_the_id_0_answers_the_probe_as_well() -> None:
    fetcher = DirectFetcher(things(0, 1))
    walk = walk_of(fetcher, deletions=True)
    assert next_ids(walk, fetcher) == [0, 1]


def counts(expression: Any) -> bool:
    """Whether this request counts ids."""
    return "count" in str(expression)


def test_how_many_documents_are_left_is_known_early_and_asked_once() -> None:
    fetcher = DirectFetcher(things(*range(100)), threads=2, page_seconds=1.0)
    walk = walk_of(fetcher, page_size=5, count_from_documents=5)
    known = []
    while walk.left:
        next_ids(walk, fetcher)
        if walk.count is not None:
            known.append(walk.count)
    # A piece has 7 ids, so 14 of them hold what is left after the first page.
    assert known == list(range(5 * (len(known) - 1), -1, -5))
    assert len(known) > 4
    assert fetcher.asked == 20 + 14


def test_a_database_that_does_not_count_is_walked_all_the_same() -> None:
    fetcher = DirectFetcher(things(*range(30)), threads=2, page_seconds=1.0)
    fetcher.refuse(counts, refusal(503, "time out"))
    walk = walk_of(fetcher, page_size=5, count_from_documents=5)
    handed = []
    while walk.left:
        handed += next_ids(walk, fetcher)
    assert handed == list(range(30))
    assert fetcher.asked == 6 + 1
