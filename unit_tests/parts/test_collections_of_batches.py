"""Batches of a collection that was replaced, whose history is gone, or that the key may not read as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.errors.errors import ConfigError, FaunaError
from unit_tests.configs import DELETED_AT
from unit_tests.local_fauna.fauna import DAY, Fauna, params, ref
from unit_tests.parts.asking import Asking
from unit_tests.parts.batches import changes, rows, without_index
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, ENTRIES, INDEXES, SHOWN_DOCUMENTS, reader
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, indexed, things

DELETIONS: dict[str, Any] = {"deletions": DELETED_AT}


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
