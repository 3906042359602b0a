"""A scan of deletions, where the database cannot page through its events: transactions of ids of both signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.database.client import Request
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import UserError
from source_fauna.rules.deletions import DeletionsPage
from source_fauna.sync.deletions import DeletionReader
from source_fauna.sync.stream import Flow
from unit_tests.local_fauna.fauna import Fauna, ref
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, drive, stream_run
from unit_tests.things import COLLECTION, things

BROKEN = refusal(500, "internal server error", "next cursor must be a subset of the logical cursor")


@pytest.fixture
def database() -> Fauna:
    made = things(*range(5))
    made.ask([{"delete": ref(each, COLLECTION)} for each in range(5)])
    return made


NextPage = Callable[[], Flow[DeletionsPage]]


def scan_of(database: Fauna, *, size: int | None = None) -> tuple[NextPage, DirectFetcher]:
    """What reads the next page of a scan, by pages that begin with 1,000 events, or that always have this size."""
    fetcher = DirectFetcher(database)
    run = stream_run(fetcher, deletions=True)
    assert run.deletions
    reader = DeletionReader(run=run, deletions=run.deletions)
    if size is not None:
        reader.sizes = PageSize(start=size, most=size, target_seconds=1.0, target_bytes=1_000_000)
    scan = reader.scan(0, proves=False)
    return lambda: reader.next_page(scan, None), fetcher


def sizes_below(size: int) -> Any:
    """Pages of events of less than this size, and not what confirms them."""

    def test(expression: Any) -> bool:
        if isinstance(expression, dict):
            given: int = expression.get("size", size)
            return (expression.get("events") is True and given < size) or any(map(test, expression.values()))
        return isinstance(expression, list) and any(map(test, expression))

    return lambda expression: "if" not in expression and test(expression)


def both_signs(negative: int) -> Fauna:
    """A database in which one transaction deleted documents of negative and positive ids, and another one more."""
    made = things()
    ids = [*range(-negative, 0), *range(1, 6)]
    made.ask([{"create": ref(each, COLLECTION), "params": {"object": {}}} for each in [*ids, 7]])
    made.ask([{"delete": ref(each, COLLECTION)} for each in ids])
    made.ask({"delete": ref(7, COLLECTION)})
    return made


@pytest.mark.parametrize("size", range(1, 10))
@pytest.mark.parametrize("negative", [1, 3, 6])
def test_a_transaction_of_both_signs_is_read_by_a_page_that_holds_all_of_it(negative: int, size: int) -> None:
    """If the size is forgotten after a page that succeeded, two requests alternate for ever."""
    next_page, fetcher = scan_of(both_signs(negative), size=size)
    found: list[str] = []
    while True:
        page: DeletionsPage = drive(next_page(), fetcher)
        found += [document_id for document_id, _ in page.deletions]
        if page.is_last:
            break
    assert {"1", "2", "3", "4", "5", "7"} <= set(found)
    assert fetcher.asked <= 40


def test_the_size_is_an_ordinary_one_behind_the_transaction() -> None:
    next_page, fetcher = scan_of(both_signs(3), size=1)
    sizes, submit = [], fetcher.submit

    def remembered(owner: str, request: Request) -> int:
        sizes.append(request.first_size)
        return submit(owner, request)

    fetcher.submit = remembered  # type: ignore[method-assign]
    while not drive(next_page(), fetcher).is_last:
        pass
    assert max(sizes) >= 8, "eight documents were deleted at once"
    assert sizes[-2] == 1, "the last page, before what confirms it"


def test_a_page_that_the_database_cannot_end_is_asked_for_with_twice_the_size(database: Fauna) -> None:
    next_page, fetcher = scan_of(database)
    fetcher.refuse(sizes_below(3_000), BROKEN)
    page: DeletionsPage = drive(next_page(), fetcher)
    assert [document_id for document_id, _ in page.deletions] == ["0", "1", "2", "3", "4"]
    assert page.is_last


def test_a_confirmation_that_the_database_cannot_page_through_asks_for_the_page_again(database: Fauna) -> None:
    next_page, fetcher = scan_of(database)
    refusals = iter([True])
    fetcher.refuse(lambda expression: "if" in expression and next(refusals, False), BROKEN)
    page: DeletionsPage = drive(next_page(), fetcher)
    assert (len(page.deletions), page.is_last, fetcher.asked) == (5, True, 4)


def test_a_transaction_beyond_the_largest_page_is_told(database: Fauna) -> None:
    next_page, fetcher = scan_of(database)
    fetcher.refuse(sizes_below(LARGEST_PAGE + 1), BROKEN)
    with pytest.raises(UserError, match="too large for the database's paging of events"):
        drive(next_page(), fetcher)
