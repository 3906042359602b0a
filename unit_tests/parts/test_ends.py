"""Where a batch ends: it holds no more than was asked for, but for a transaction of more, and it always gets on."""

from __future__ import annotations

import pytest

from source_fauna.errors.errors import FaunaError
from source_fauna.parts import ends as ends_module
from source_fauna.parts.part import Documents
from unit_tests.local_fauna.fauna import DAY, params, ref
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.batches import changes, rows
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, indexed, things


def test_a_batch_ends_before_what_would_be_too_much_also_where_documents_change_again_and_again() -> None:
    fauna = indexed(things(*range(1, 9)))
    start = fauna.now()
    for _ in range(3):
        for each in range(1, 9):
            fauna.ask({"update": ref(each, COLLECTION), "params": params({"n": 1})})
    asking = Asking(fauna)
    batches = changes(asking)
    end = batches.end(start, fauna.now(), 3)
    assert start < end
    assert len(rows(asking, batches.parts(start, end))) <= 3


def test_cutting_ends_where_documents_change_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends_module, "MOST_CUTS", 1)
    fauna = indexed(things(1, 2, 3))
    start = fauna.now()
    for each in (1, 2, 3):
        fauna.ask({"update": ref(each, COLLECTION), "params": params({"n": 1})})
    assert start < changes(Asking(fauna)).end(start, fauna.now(), 1) < fauna.now()


def test_more_entries_than_a_page_are_counted_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends_module, "QUESTION_IDS", 7)
    fauna = indexed(things())
    start = fauna.now()
    for each in range(1, 18):
        fauna.create(each, collection=COLLECTION)
    asking = Asking(fauna)
    end = changes(asking).end(start, fauna.now(), 15)
    assert len(rows(asking, changes(asking).parts(start, end))) == 15


def test_a_transaction_of_more_is_a_batch_of_its_own() -> None:
    fauna = indexed(things())
    start = fauna.now()
    for ids in ([9], range(1, 6), range(11, 16)):
        fauna.clock.advance(seconds=1)
        fauna.ask([{"create": ref(each, COLLECTION)} for each in ids])
    asking = Asking(fauna)
    batches = changes(asking)
    sizes: list[int] = []
    while start < fauna.now() and len(sizes) < 4:
        end = batches.end(start, fauna.now(), 3)
        sizes.append(len(rows(asking, batches.parts(start, end))))
        start = end
    assert sizes == [1, 5, 5, 0]


def test_batches_are_cut_where_history_does_not_reach_back_to(caplog: pytest.LogCaptureFixture) -> None:
    """A stream that rested for long has documents to read that were changed before what history still holds."""
    fauna = indexed(things(*range(1, 9)))
    start = fauna.now()
    for each in range(1, 9):
        fauna.ask({"update": ref(each, COLLECTION), "params": params({"n": 1})})
    fauna.clock.advance(seconds=40 * DAY)
    asking = Asking(fauna)
    batches, found = changes(asking), []
    for _ in range(3):
        end = batches.end(start, fauna.now(), 3)
        found.append([int(each) for each, _ in rows(asking, batches.parts(start, end))])
        start = end
    assert found == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert "is read at present" in caplog.text


def test_the_first_batch_goes_past_an_index_that_is_younger() -> None:
    fauna = things()
    start = fauna.now()
    for each in range(1, 9):
        fauna.create(each, collection=COLLECTION)
    indexed(fauna)
    fauna.create(9, collection=COLLECTION)
    fauna.create(10, collection=COLLECTION)
    asking = Asking(fauna)
    batches = changes(asking)
    end = batches.end(start, fauna.now(), 3)
    first = batches.parts(start, end)
    assert [type(each) for each in first] == [Documents]
    assert len(rows(asking, first)) == 8
    assert [each for each, _ in rows(asking, batches.parts(end, fauna.now()))] == ["9", "10"]


def test_another_error_is_the_servers_own() -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna)
    batches = changes(asking)
    asking.refuse(mentions("match"), refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        batches.end(start, fauna.now(), 1)
