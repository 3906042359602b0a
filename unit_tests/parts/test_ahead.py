"""Counting what lies ahead, with a server that cannot read so much at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_fauna import LocalFauna
from local_fauna.faults import Fault, _error
from source_fauna.database.client import Client
from source_fauna.parts import ahead as ahead_module
from source_fauna.parts.ahead import ahead, all_ahead
from source_fauna.parts.extents import Ids
from source_fauna.parts.worker import connected
from source_fauna.records.values import GREATEST_ID
from source_fauna.tuning import Tuning
from unit_tests.local_fauna.fauna import create
from unit_tests.parts.over_http import settings
from unit_tests.things import COLLECTION

TOO_MUCH = Fault(
    name="too much",
    reply=_error(400, "bad request", "Transaction does too much compute: got 12012, limit: 12000"),
)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Client, Ids]]:
    """The ids 0 to 99, of which the server can read 30 at once, and questions that ask for 80."""
    monkeypatch.setattr(ahead_module, "QUESTION_IDS", 80)
    with LocalFauna() as fauna:
        fauna.query({"create_collection": {"object": {"name": COLLECTION}}})
        fauna.query([create(each, collection=COLLECTION) for each in range(100)])
        fauna.faults.add(TOO_MUCH, times=1_000, when=lambda asked: size_in(asked) > 30)
        with connected(settings(fauna), Tuning(sleep=lambda _: None)) as client:
            now = fauna.query({"to_micros": {"now": None}})
            yield client, Ids(collection=COLLECTION, snapshot=now, high=GREATEST_ID)


def size_in(asked: object) -> int:
    """The largest size of a page in a request."""
    if isinstance(asked, dict):
        found = asked.get("size")
        return max([found if isinstance(found, int) else 0, *map(size_in, asked.values())])
    return max(map(size_in, asked), default=0) if isinstance(asked, list) else 0


def test_what_is_too_much_for_the_server_is_asked_for_in_smaller_questions(counted: tuple[Client, Ids]) -> None:
    client, ids = counted
    answer = ahead(client, ids, 0, step=10, size=80)
    assert (answer.count, answer.marks, answer.following) == (20, (10,), 20)


def test_all_of_it_is_counted_all_the_same(counted: tuple[Client, Ids]) -> None:
    client, ids = counted
    answers = list(all_ahead(client, ids, 5, step=10))
    assert sum(each.count for each in answers) == 95
    assert [each.following for each in answers][-1] is None
