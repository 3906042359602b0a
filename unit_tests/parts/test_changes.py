"""Batches of changes: together they hold every change once, at its end alike each time, and no more than asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.database import queries
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.parts import ahead as ahead_module
from source_fauna.parts import changes as changes_module
from source_fauna.parts import cuts
from source_fauna.parts import ends as ends_module
from source_fauna.parts.changes import Changes
from source_fauna.parts.part import Documents, Part, Removals, Updates
from source_fauna.parts.read import read_documents, read_updates
from source_fauna.parts.removals import read_removals
from source_fauna.records.values import GREATEST_ID
from source_fauna.schema.definitions import Index, index_of
from unit_tests.configs import DELETED_AT, config
from unit_tests.declared import by_ts
from unit_tests.local_fauna.fauna import DAY, Fauna, field, params, ref
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, ENTRIES, INDEXES, SHOWN_DOCUMENTS, allow, reader
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


def changes(asking: Asking, *, parts: int | None = None, **settings: Any) -> Changes:
    return Changes(client=asking.client, config=config(name=COLLECTION, **settings), index=_index(asking), parts=parts)


def _index(asking: Asking) -> Index:
    """The index of the collection; by its name alone where the key may not read it, or where there is none."""
    try:
        return index_of(asking.client.query(queries.index_definition(INDEX)))
    except FaunaError:
        return by_ts(INDEX, COLLECTION)


def rows(asking: Asking, parts: list[Part]) -> list[tuple[str, int]]:
    """The id and ts of every row of the parts."""
    found: list[tuple[str, int]] = []
    for part in parts:
        if isinstance(part, Removals):
            found += [each for page in read_removals(part, asking.client, asking.pages(2).sizes) for each in page]
        else:
            read = (
                read_documents(part, asking.pages(2))
                if isinstance(part, Documents)
                else read_updates(part, asking.pages(2))
            )
            found += [(each["ref"]["@ref"]["id"], each["ts"]) for page in read for each in page]
    return found


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


@settings(max_examples=40, deadline=None)
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


def without_index(fauna: Fauna) -> None:
    fauna.ask({"delete": {"index": INDEX}})


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


@pytest.mark.parametrize("behaviour", ["fail", "warn"])
def test_deletions_of_a_batch_whose_history_is_gone_are_lost(behaviour: str, caplog: pytest.LogCaptureFixture) -> None:
    fauna = indexed(things(1, 2))
    start = fauna.now()
    fauna.ask({"delete": ref(1, COLLECTION)})
    fauna.ask({"update": ref(2, COLLECTION), "params": params({"n": 1})})
    end = fauna.now()
    fauna.clock.advance(seconds=40 * DAY)
    asking = Asking(fauna)
    batch = changes(asking, deletions={**DELETED_AT, "lost_history": behaviour})
    if behaviour == "warn":
        assert [each for each, _ in rows(asking, batch.parts(start, end))] == ["2"]
        assert "The stream goes on from what history still holds" in caplog.text
        return
    with pytest.raises(ConfigError, match="Deletions of collection 'things' may be lost"):
        batch.parts(start, end)


def test_a_key_under_a_condition_reads_no_deletions() -> None:
    fauna = indexed(things(1))
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, INDEXES, SHOWN_DOCUMENTS, ENTRIES))
    start = fauna.now()
    fauna.create(2, {"shown": True}, collection=COLLECTION)
    assert [each for each, _ in rows(asking, changes(asking).parts(start, fauna.now()))] == ["2"]
    with pytest.raises(ConfigError, match="under a condition only, which hides the events of deleted documents"):
        changes(asking, **DELETIONS).parts(start, fauna.now())


def swapped(fauna: Fauna) -> None:
    for name, other in ((COLLECTION, "kept"), ("twin", COLLECTION)):
        fauna.ask({"update": {"collection": name}, "params": {"object": {"name": other}}})
    without_index(fauna)
    indexed(fauna)


def created_again(fauna: Fauna) -> None:
    fauna.ask({"delete": {"collection": COLLECTION}})
    fauna.ask({"create_collection": {"object": {"name": COLLECTION, "history_days": 30}}})
    indexed(fauna)


def test_a_collection_that_took_over_the_name_is_told() -> None:
    """The documents that it had before are in no batch."""
    fauna = indexed(things(1))
    fauna.collection("twin")
    fauna.create(7, collection="twin")
    start = fauna.now()
    swapped(fauna)
    fauna.create(8, collection=COLLECTION)
    with pytest.raises(ConfigError, match="is gone, and another has its name"):
        changes(Asking(fauna)).parts(start, fauna.now())


@pytest.mark.parametrize("rights", [(DEFINITIONS,), ()])
def test_a_collection_that_was_created_since_has_all_its_documents_in_the_batch(rights: Any) -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    created_again(fauna)
    fauna.create(8, collection=COLLECTION)
    asking = Asking(fauna, secret=reader(fauna, *rights, INDEXES, DOCUMENTS, ENTRIES))
    assert [each for each, _ in rows(asking, changes(asking).parts(start, fauna.now()))] == ["8"]


def test_an_error_about_the_collection_is_the_servers_own() -> None:
    fauna = indexed(things(1))
    start = fauna.now()
    fauna.create(2, collection=COLLECTION)
    asking = Asking(fauna)
    batch = changes(asking)
    asking.refuse(lambda asked: "do" in asked, refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        batch.parts(start, fauna.now())


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
