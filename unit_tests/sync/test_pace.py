"""Pages grow towards a target of time or size, and shrink again. Walkers are added while they raise the throughput."""

from __future__ import annotations

import math

import pytest

from source_fauna.database.client import Page
from source_fauna.database.page_size import GOOD_PAGES_TO_RETRY, PageSize
from source_fauna.sync.pace import CALM_PAGES, Walkers
from unit_tests.clock import Clock


def page(
    *, size: int, seconds: float = 0.01, length: int = 1_000, shrunk: bool = False, throttled: bool = False
) -> Page:
    return Page(body=b" " * length, size=size, seconds=seconds, shrunk=shrunk, throttled=throttled)


def sizes(*, start: int = 64, most: int = 10_000) -> PageSize:
    return PageSize(start=start, most=most, target_seconds=1.0, target_bytes=4_000_000)


def test_quick_pages_grow_fourfold_up_to_the_most() -> None:
    size = sizes()
    seen = []
    for _ in range(5):
        size.learn(page(size=size.current), size.current)
        seen.append(size.current)
    assert seen == [256, 1024, 4096, 10_000, 10_000]


@pytest.mark.parametrize(
    ("cost", "wanted"),
    [
        pytest.param({"seconds": 0.5}, 200, id="half a second: twice as many"),
        pytest.param({"seconds": 2.0}, 50, id="two seconds: half as many"),
        pytest.param({"length": 2_000_000}, 200, id="two megabytes: twice as many"),
        pytest.param({"length": 40_000_000}, 10, id="forty megabytes: a tenth"),
        pytest.param({"seconds": 1000.0}, 1, id="never below one"),
    ],
)
def test_a_page_aims_at_a_second_and_a_size(cost: dict[str, float], wanted: int) -> None:
    size = sizes(start=100)
    size.learn(page(size=100, **cost), 100)  # type: ignore[arg-type]  # a table of one argument each
    assert size.current == wanted


def test_a_partial_page_tells_nothing() -> None:
    size = sizes()
    size.learn(page(size=64), 63)
    assert size.current == 64


def test_an_answer_to_an_older_smaller_page_tells_nothing() -> None:
    size = sizes(start=100)
    size.learn(page(size=50), 50)
    assert size.current == 100


def test_a_page_that_was_too_much_sets_a_ceiling_that_is_tried_again_later() -> None:
    size = sizes(start=1000)
    size.learn(page(size=500, shrunk=True), 500)
    assert size.current == 500
    for _ in range(GOOD_PAGES_TO_RETRY - 1):
        size.learn(page(size=500), 500)
    assert size.current == 500
    size.learn(page(size=500), 500)
    assert size.current == 1000


def test_a_start_beyond_the_most_is_cut() -> None:
    assert sizes(start=50_000).current == 10_000


@pytest.mark.parametrize(
    ("left", "share"),
    [
        pytest.param(math.inf, 2000, id="nobody knows how many are left"),
        pytest.param(5000.0, 2000, id="more than a page"),
        pytest.param(600.5, 600, id="less than a page"),
        pytest.param(10.0, 400, id="so few that the request itself costs more"),
    ],
)
def test_the_last_documents_are_shared_while_that_pays(left: float, share: int) -> None:
    size = sizes(start=500)
    assert size.share(left) == 500, "without a page nobody knows how long a share takes"
    size.learn(page(size=500, seconds=0.25), 500)
    assert (size.current, size.share(left)) == (2000, share)


@pytest.mark.parametrize("left", [0.0, 0.25, 0.99])
def test_a_share_has_at_least_one_document(left: float) -> None:
    """Pages of 0 documents were requested when fewer documents than walkers were left. They look like the end."""
    size = sizes(start=500)
    size.learn(page(size=500, seconds=1000.0), 500)
    assert size.share(left) == 1


def pages(walkers: Walkers, clock: Clock, *, count: int, seconds: float) -> None:
    """So many pages of 100 documents, arriving in so many seconds together."""
    for _ in range(count):
        clock.now += seconds / count
        walkers.learn(page(size=100), 100)


@pytest.mark.parametrize(
    ("seconds", "allowed"),
    [
        pytest.param(2.0, 4, id="half as fast again: kept, and the next one tried"),
        pytest.param(2.85, 3, id="five per cent faster: kept, no fourth"),
        pytest.param(3.0, 3, id="as fast as without it: kept, for it may be more than could be measured"),
        pytest.param(3.1, 2, id="three per cent slower: taken back"),
        pytest.param(9.0, 2, id="slower: taken back"),
    ],
)
def test_a_third_walker_is_judged_by_what_it_brings(seconds: float, allowed: int) -> None:
    clock = Clock()
    walkers = Walkers(first=1, most=8, clock=clock)
    pages(walkers, clock, count=2, seconds=2.0)
    assert walkers.allowed == 2
    pages(walkers, clock, count=4, seconds=2.0)
    assert walkers.allowed == 3
    pages(walkers, clock, count=6, seconds=seconds)
    assert walkers.allowed == allowed


def test_a_walker_that_was_taken_back_is_tried_again_some_pages_later() -> None:
    clock = Clock()
    walkers = Walkers(first=1, most=4, clock=clock)
    for count, seconds in ((2, 2.0), (4, 4.4)):
        pages(walkers, clock, count=count, seconds=seconds)
    assert walkers.allowed == 1
    pages(walkers, clock, count=CALM_PAGES + 1, seconds=1.0)
    assert walkers.allowed == 1
    pages(walkers, clock, count=1, seconds=1.0)
    assert walkers.allowed == 2


def test_walkers_stay_within_the_concurrency() -> None:
    clock = Clock()
    walkers = Walkers(first=1, most=2, clock=clock)
    for count, seconds in ((2, 2.0), (4, 1.0), (4, 0.5), (CALM_PAGES + 8, 0.1)):
        pages(walkers, clock, count=count, seconds=seconds)
    assert walkers.allowed == 2


def test_one_walker_stays_one() -> None:
    clock = Clock()
    walkers = Walkers(first=1, most=1, clock=clock)
    pages(walkers, clock, count=8, seconds=1.0)
    assert walkers.allowed == 1


def test_a_server_that_says_429_gets_half_the_walkers() -> None:
    clock = Clock()
    walkers = Walkers(first=1, most=4, clock=clock)
    for count, seconds in ((2, 2.0), (4, 2.0), (6, 1.5)):
        pages(walkers, clock, count=count, seconds=seconds)
    assert walkers.allowed == 4
    walkers.learn(page(size=100, throttled=True), 100)
    assert walkers.allowed == 2
    pages(walkers, clock, count=CALM_PAGES, seconds=1.0)
    assert walkers.allowed == 2
    pages(walkers, clock, count=4, seconds=1.0)
    assert walkers.allowed == 3, "after some calm pages it grows again"
