"""A scan of deletions, where the database cannot page through its events: transactions of ids of both signs."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from local_fauna.engine import Engine
from source_fauna import errors
from source_fauna.config import Deletions
from source_fauna.sync.removals import EVENT_PAGE_LIMIT, Removals, RemovalScan
from unit_tests.sync.direct import COLLECTION, DirectFetcher, drive, engine, stream_run

BROKEN = errors.from_answer(
    status=500,
    body={
        "errors": [
            {"code": "internal server error", "description": "next cursor must be a subset of the logical cursor"}
        ]
    },
)


@pytest.fixture
def database() -> Engine:
    made = engine()
    made.query({"create_collection": {"object": {"name": COLLECTION, "history_days": 1}}})
    refs = [{"ref": {"collection": COLLECTION}, "id": str(each)} for each in range(5)]
    made.query([{"create": ref} for ref in refs])
    made.query([{"delete": ref} for ref in refs])
    return made


def scan_of(database: Engine) -> tuple[RemovalScan, DirectFetcher]:
    fetcher = DirectFetcher(engine=database, threads=1, choose=lambda _: 0)
    scan = RemovalScan(run=stream_run(fetcher, deletions=True), deletions=Deletions(column="deleted_at"))
    scan.begin(0, proves=False)
    return scan, fetcher


def sizes_below(size: int) -> Any:
    """Pages of events of less than this size."""

    def test(expression: Any) -> bool:
        if isinstance(expression, dict):
            given: int = expression.get("size", size)
            return ("events" in expression and given < size) or any(map(test, expression.values()))
        return isinstance(expression, list) and any(map(test, expression))

    return test


def test_a_page_that_the_database_cannot_end_is_asked_for_with_twice_the_size(database: Engine) -> None:
    scan, fetcher = scan_of(database)
    fetcher.refuse(sizes_below(3_000), BROKEN)
    page: Removals = drive(scan.next_page(None), fetcher)
    assert [document_id for document_id, _ in page.removals] == ["0", "1", "2", "3", "4"]
    assert page.last


def test_a_transaction_beyond_the_largest_page_is_told(database: Engine) -> None:
    scan, fetcher = scan_of(database)
    fetcher.refuse(sizes_below(EVENT_PAGE_LIMIT + 1), BROKEN)
    with pytest.raises(AirbyteTracedException, match="too large for the database's paging of events"):
        drive(scan.next_page(None), fetcher)
