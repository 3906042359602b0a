"""What parts are cut from: an index with the elements of an array has several entries of a document."""

from __future__ import annotations

import pytest

from source_fauna.parts.extents import Entries
from source_fauna.parts.part import Updates
from source_fauna.parts.read import read_updates
from source_fauna.records.values import GREATEST_ID
from unit_tests.local_fauna.fauna import field
from unit_tests.parts.asking import Asking
from unit_tests.refs import id_of
from unit_tests.things import COLLECTION, INDEX, indexed, things


@pytest.mark.parametrize(("tags", "pages"), [(2, 2), (8, 4)])
def test_a_document_of_many_entries_comes_once_and_the_next_page_begins_behind_them(tags: int, pages: int) -> None:
    fauna = indexed(things(), field("data", "tags"))
    start = fauna.now()
    for each in (1, 2, 3):
        fauna.create(each, {"tags": list(range(tags))}, collection=COLLECTION)
    part = Updates(
        collection=COLLECTION,
        index=INDEX,
        has_further=True,
        snapshot=fauna.now(),
        since=start,
        low=(start + 1, 0),
        high=(fauna.now(), GREATEST_ID),
        count=3 * tags,
    )
    asking = Asking(fauna)
    read = [id_of(each) for page in read_updates(part, asking.pages(4)) for each in page]
    assert read == [1, 2, 3]
    assert sum("{'get': {'select': 1" in str(each) for each in asking.asked) == pages


def test_the_entries_behind_the_high_one_are_not_asked_for() -> None:
    entries = Entries(collection=COLLECTION, index=INDEX, has_further=True, snapshot=9, high=(5, 1))
    ref = {"@ref": {"id": "1", "collection": {"@ref": {"id": COLLECTION}}}}
    page = {"data": [{"ref": ref, "ts": 5}], "after": [5, ref]}
    assert entries.found({"page": page}).following is None
