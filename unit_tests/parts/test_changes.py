"""Batches of changes: together they hold every change once, at its end alike each time, and no more than asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.parts import ahead as ahead_module
from source_fauna.parts import changes as changes_module
from source_fauna.parts import cuts
from source_fauna.parts import ends as ends_module
from source_fauna.parts.part import Documents, Removals, Updates
from source_fauna.records.values import GREATEST_ID
from unit_tests.configs import DELETED_AT
from unit_tests.local_fauna.fauna import DAY, Fauna, field, params, ref
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.batches import changes, rows, without_index
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, ENTRIES, INDEXES, allow, reader
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, INDEX, indexed, things

DELETIONS: dict[str, Any] = {"deletions": DELETED_AT}


@pytest.fixture(scope="module", autouse=True)
def _interpreter() -> None:
    """The engine raises the interpreter's recursion limit once; hypothesis must see it from the start."""
    Fauna()


@pytest.fixture(scope="module", autouse=True)
def _small_questions() -> Iterator[None]:
    """Questions about a few entries, so that it takes several of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ends_module, "QUESTION_IDS", 7)
        patch.setattr(changes_module, "LEAST_STEP", 2)
        patch.setattr(ahead_module, "QUESTION_IDS", 7)
        patch.setattr(cuts, "LEAST_STEP", 20_000)
        yield


def change(fauna: Fauna, chance: random.Random) -> None:
    """A transaction that changes some documents."""
    writes: list[Any] = []
    for document_id in chance.sample([*range(1, 12), -3], chance.randrange(1, 5)):
        exists = fauna.ask({"exists": ref(document_id, COLLECTION)})
        kind = chance.choice(["delete", "update"]) if exists else "create"
        given = {} if kind == "delete" else {"params": params({"n": chance.randrange(9)})}
        writes.append({kind: ref(document_id, COLLECTION), **given})
    fauna.ask({"do": [*writes, None]})


def alive(fauna: Fauna) -> dict[str, int]:
    page = {"paginate": {"documents": {"collection": COLLECTION}}, "size": 1_000}
    listed = fauna.ask({"map": {"lambda": "x", "expr": {"get": {"var": "x"}}}, "collection": page})["data"]
    return {each["ref"]["@ref"]["id"]: each["ts"] for each in listed}


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 5)),
    st.booleans(),
)
def test_all_batches_together_make_the_table(seed: int, parts: int | None, most: int | None, further: bool) -> None:
    chance = random.Random(seed)
    fauna = indexed(things(1, 2, 3), *([field("data", "n")] if further else []))
    asking = Asking(fauna)
    batches = changes(asking, parts=parts, **DELETIONS)
    table: dict[str, int] = {}
    gone: dict[str, int] = {}
    start = 0
    for _ in range(8):
        for _ in range(chance.randrange(4)):
            change(fauna, chance)
        latest, changed = batches.latest(start) if start else (batches.now(), True)
        end = batches.end(start, latest, most) if most and start else latest
        found = batches.parts(start, end)
        change(fauna, chance)
        read = rows(asking, found)
        assert rows(asking, batches.parts(start, end)) == read
        assert changed or not read
        updated = [each for part in found if isinstance(part, Updates) for each in rows(asking, [part])]
        assert len({ref for ref, _ in updated}) == len(updated)
        if most and len(updated) > most:
            assert len({ts for _, ts in updated}) == 1
        if start:
            assert all(start < ts <= end for _, ts in read)
        removed = [each for part in found if isinstance(part, Removals) for each in rows(asking, [part])]
        for document_id, ts in removed:
            gone[document_id] = max(ts, gone.get(document_id, 0))
        for document_id, ts in read[len(removed) :]:
            table[document_id] = max(ts, table.get(document_id, 0))
        start = end
    while start < (latest := batches.now()) and batches.latest(start)[1]:
        for document_id, ts in rows(asking, found := batches.parts(start, latest)):
            into = (
                gone
                if (document_id, ts) in rows(asking, [each for each in found if isinstance(each, Removals)])
                else table
            )
            into[document_id] = max(ts, into.get(document_id, 0))
        start = latest
    left = {each: ts for each, ts in table.items() if ts > gone.get(each, 0) and int(each) >= 0}
    assert left == alive(fauna)


@pytest.mark.parametrize(("deletions", "changed"), [({}, False), (DELETIONS, True)])
def test_a_deletion_is_a_change_where_deletions_are_read(deletions: Any, changed: bool) -> None:
    fauna = indexed(things(1))
    asking = Asking(fauna)
    start = fauna.now()
    assert changes(asking, **deletions).latest(start)[1] is False
    fauna.ask({"delete": ref(1, COLLECTION)})
    assert changes(asking, **deletions).latest(start)[1] is changed


def test_more_entries_than_a_page_are_counted_page_by_page() -> None:
    fauna = indexed(things())
    start = fauna.now()
    for each in range(1, 14):
        fauna.create(each, collection=COLLECTION)
    asking = Asking(fauna)
    found = changes(asking, parts=3).parts(start, fauna.now())
    assert [each.count for each in found if isinstance(each, Updates)] == [4, 5, 4]
    assert len(rows(asking, found)) == 13


def test_ids_below_zero_begin_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_module, "LEAST_STEP", 1)
    fauna = indexed(things())
    start = fauna.now()
    fauna.ask([{"create": ref(each, COLLECTION)} for each in (1, GREATEST_ID, -5, -1)])
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna)
    found = changes(asking, parts=10).parts(start, fauna.now())
    assert [each.low[1] for each in found if isinstance(each, Updates)][-1] == 2
    assert all(each.low[1] >= 0 for each in found if isinstance(each, Updates))
    assert sorted(int(each) for each, _ in rows(asking, found)) == [-5, -1, 1, 2, GREATEST_ID]


def test_a_young_index_is_not_believed(caplog: pytest.LogCaptureFixture) -> None:
    fauna = things(1, 2)
    start = fauna.now()
    fauna.create(3, collection=COLLECTION)
    asking = Asking(indexed(fauna))
    found = changes(asking, **DELETIONS).parts(start, fauna.now())
    assert [type(each) for each in found] == [Removals, Documents]
    assert [each for each, _ in rows(asking, found)] == ["3"]
    assert "reads all documents, and hands out what changed" in caplog.text


def made_again(fauna: Fauna) -> None:
    without_index(fauna)
    indexed(fauna)


def with_terms(fauna: Fauna) -> None:
    without_index(fauna)
    listed = [field("ts"), field("ref")]
    fauna.index(INDEX, source={"collection": COLLECTION}, values=listed, terms=[field("data", "n")])


@pytest.mark.parametrize(
    ("happens", "told"),
    [(made_again, "was changed or created again, while the updates"), (with_terms, "should have no terms")],
)
def test_an_index_that_is_another_while_it_is_read_is_told(happens: Any, told: str) -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna)
    found = changes(asking).parts(start, fauna.now())
    happens(fauna)
    with pytest.raises(TransientError, match=told):
        rows(asking, found)


@pytest.mark.parametrize(("happens", "error"), [(without_index, FaunaError), (with_terms, ConfigError)])
def test_an_index_that_no_longer_serves_is_told(happens: Any, error: type[Exception]) -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    happens(fauna)
    with pytest.raises(error):
        changes(Asking(fauna)).parts(start, fauna.now())


@pytest.mark.parametrize("start", [0, 1])
def test_what_is_left_of_a_batch_is_read_at_present_when_its_history_is_gone(
    start: int, caplog: pytest.LogCaptureFixture
) -> None:
    fauna = indexed(things(1, 2))
    end = fauna.now()
    fauna.clock.advance(seconds=40 * DAY)
    fauna.ask({"update": ref(2, COLLECTION), "params": params({"n": 1})})
    asking = Asking(fauna)
    started = start and int(fauna.ask({"get": {"index": INDEX}})["ts"])
    fauna.create(3, collection=COLLECTION)
    found = rows(asking, changes(asking).parts(started, end))
    assert {each for each, _ in found} == ({"1", "2", "3"} if start == 0 else set())
    assert "is read at present; what changed since comes with the next batch" in caplog.text


def test_a_time_that_history_no_longer_holds_is_told() -> None:
    fauna = indexed(things(1))
    then = fauna.now()
    batches = changes(Asking(fauna))
    batches.require_kept(then)
    fauna.clock.advance(seconds=40 * DAY)
    with pytest.raises(FaunaError, match="less than minimum allowed timestamp"):
        batches.require_kept(then)


def test_another_error_is_the_servers_own() -> None:
    fauna = indexed(things(1))
    asking = Asking(fauna)
    asking.refuse(mentions("documents"), refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        changes(asking).parts(0, fauna.now())


def test_a_right_that_is_lost_is_no_end() -> None:
    fauna = indexed(things(1))
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, INDEXES, DOCUMENTS, ENTRIES))
    start = fauna.now()
    fauna.create(2, collection=COLLECTION)
    found = changes(asking).parts(start, fauna.now())
    allow(fauna, DEFINITIONS, INDEXES, ENTRIES)
    with pytest.raises((FaunaError, TransientError)):
        rows(asking, found)


def test_a_document_of_an_index_that_is_too_large_is_named() -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    fauna.create(7, collection=COLLECTION)
    asking = Asking(fauna)
    found = changes(asking).parts(start, fauna.now())
    asking.refuse(lambda asked: "let" in asked, refusal(413, "request too large", "Request entity is too large"))
    with pytest.raises(Exception, match="Document '7' of collection 'things' cannot be read: 413"):
        rows(asking, found)
