"""Which documents a sample holds, and how many requests it takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.database.attempts import Waiting
from source_fauna.errors.errors import FaunaError
from source_fauna.schema.sampling import MOST_BYTES, MOST_REQUESTS, Gap, sampled
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.refusals import refusal
from unit_tests.schema.direct import DirectClient
from unit_tests.things import COLLECTION, things
from unit_tests.told import warnings


def ids(documents: Sequence[dict[str, Any]]) -> list[int]:
    return [int(each["ref"]["@ref"]["id"]) for each in documents]


def sample(fauna: Fauna, wanted: int = 1_000) -> tuple[list[int], DirectClient]:
    direct = DirectClient(fauna)
    return ids(list(sampled(direct.client, COLLECTION, wanted=wanted))), direct


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (32, 1), (64, 1), (65, 2), (298, 2), (510, 3), (530, 4)]
)
def test_a_small_collection_comes_whole_and_each_document_once(count: int, requests: int) -> None:
    found, direct = sample(things(*range(1, count + 1)))
    assert sorted(found) == list(range(1, count + 1))
    assert len(found) == count
    assert len(direct.requests) == requests


def test_a_large_collection_is_seen_from_all_over_it() -> None:
    """Ids are spread evenly here, so that a sample of a tenth of them leaves no gap of a third."""
    found, direct = sample(things(*range(1, 3_001)), wanted=300)
    assert len(direct.requests) == MOST_REQUESTS
    assert 280 <= len(found) <= 300
    assert len(set(found)) == len(found)
    seen = sorted(found)
    assert (seen[0], seen[-1]) == (1, 3_000)
    assert max(after - before for before, after in pairwise(seen)) < 1_000


def test_hand_made_ids_and_bursts_are_all_seen() -> None:
    """Every request reaches documents: a page begins or ends at an id that is there."""
    hand_made, first, second = range(1, 201), range(3 * 10**17, 3 * 10**17 + 200), range(4 * 10**17, 4 * 10**17 + 200)
    found, _ = sample(things(*hand_made, *first, *second), wanted=200)
    for burst in (hand_made, first, second):
        assert {burst[0], burst[-1]} <= set(found)


def test_documents_are_those_of_one_snapshot() -> None:
    fauna = things(*range(1, 201))
    direct = DirectClient(fauna)
    direct.before = lambda: fauna.create(1_000 + len(direct.requests), collection=COLLECTION)
    found = ids(list(sampled(direct.client, COLLECTION, wanted=1_000)))
    assert sorted(found) == [*range(1, 201), 1_000]


def test_a_snapshot_that_is_given_is_the_one() -> None:
    fauna = things(1, 2)
    snapshot = fauna.now()
    fauna.create(3, collection=COLLECTION)
    assert ids(list(sampled(DirectClient(fauna).client, COLLECTION, wanted=10, snapshot=snapshot))) == [1, 2]


def test_large_documents_are_few_and_of_both_ends() -> None:
    fauna = things()
    text = "x" * 2_000_000
    for number in range(1, 25):
        fauna.create(number, {"text": text}, collection=COLLECTION)
    found, direct = sample(fauna)
    assert {1, 24} <= set(found)
    assert len(direct.requests) <= MOST_REQUESTS
    assert direct.requests[0] == 32
    assert sum(direct.requests[1:]) * 2 * len(text) <= (MOST_REQUESTS - 1) * MOST_BYTES


def test_an_unchanged_collection_gives_the_same_sample() -> None:
    fauna = things(*range(1, 2_001, 7))
    assert sample(fauna, wanted=100)[0] == sample(fauna, wanted=100)[0]


def test_a_collection_that_grows_is_seen_at_the_same_places() -> None:
    """Otherwise a field of few documents would have a column today and none tomorrow."""
    fauna = things(*range(1_000, 4_001))
    before = sample(fauna, wanted=200)[0]
    for document in range(4_001, 4_101):
        fauna.create(document, collection=COLLECTION)
    after = sample(fauna, wanted=200)[0]
    assert {each for each in before if each < 3_900} <= set(after)
    assert 4_100 in after


@given(st.integers(0, 2**63 - 2), st.integers(0, 2**63 - 2))
def test_a_gap_is_cut_in_its_middle_half(low: int, length: int) -> None:
    gap = Gap(low=low, high=low + 1 + length)
    below, above = gap.halves()
    assert (below.low, below.high, above.high) == (gap.low, above.low - 1, gap.high)
    assert min(below.width, above.width) >= gap.width // 4 - 1


def test_no_sample_is_so_small_that_it_sees_one_end_only() -> None:
    found, direct = sample(things(*range(1, 1_001)), wanted=10)
    assert (len(found), len(direct.requests)) == (10, MOST_REQUESTS)
    assert {1, 1_000} <= set(found)


@settings(max_examples=30)
@given(st.sets(st.integers(0, 2**63 - 1) | st.integers(0, 300), max_size=150), st.integers(10, 120))
def test_whatever_the_ids_no_document_comes_twice(documents: set[int], wanted: int) -> None:
    found, direct = sample(things(*sorted(documents)), wanted=wanted)
    assert len(direct.requests) <= MOST_REQUESTS
    assert len(set(found)) == len(found)
    assert set(found) <= documents
    if documents:
        assert {min(documents), max(documents)} <= set(found)
    if len(documents) <= 2 * max(1, min(32, wanted // 10)):
        assert set(found) == documents


def test_a_wait_is_told_with_the_collections_name_and_a_smaller_page_is_not(caplog: pytest.LogCaptureFixture) -> None:
    direct = DirectClient(things(1))
    error: FaunaError = refusal(429, "too many requests", "Slow down.")
    direct.waits = [Waiting(error=error, seconds=0.0), Waiting(error=error, seconds=1.0)]
    assert ids(list(sampled(direct.client, COLLECTION, wanted=10))) == [1]
    told = "Collection 'things': 429 too many requests: Slow down; asking again in 1.0 seconds."
    assert warnings(caplog) == [told]
