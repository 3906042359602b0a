"""The validation of saved JSON: which values are valid, and errors that name the place of an invalid one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from source_fauna.records.values import GREATEST_ID, LEAST_ID
from source_fauna.state.saved import FullRefresh, Incremental, Range
from unit_tests.refs import document_ref

IDS = st.integers(LEAST_ID, GREATEST_ID)
TIMES = st.integers(0, GREATEST_ID - 1)


def text(value: Any) -> str:
    """Wire JSON in a text, as the releases 0.1.x saved it."""
    return orjson.dumps(value).decode()


@given(IDS)
def test_an_id_is_its_decimal_text(document_id: int) -> None:
    saved = Range.model_validate({"from": str(document_id), "to": str(document_id)})
    assert (saved.low, saved.high) == (document_id, document_id)


@given(TIMES, IDS)
def test_a_legacy_cursor_of_an_index_names_an_entry(ts: int, document_id: int) -> None:
    ref = document_ref(document_id)
    saved = Incremental.model_validate({"updates_cursor": {"after": text([ts, ref, ref])}})
    assert saved.updates_cursor is not None
    assert saved.updates_cursor.after == (ts, document_id)


@given(IDS)
def test_a_legacy_cursor_of_documents_names_one(document_id: int) -> None:
    saved = FullRefresh.model_validate({"full_sync_cursor": {"ts": 1, "after": text([document_ref(document_id)])}})
    assert saved.full_sync_cursor is not None
    assert saved.full_sync_cursor.after == document_id


@given(TIMES)
def test_a_legacy_cursor_of_events_names_a_time(ts: int) -> None:
    event = {"ts": ts, "action": "remove", "document": document_ref(7)}
    saved = Incremental.model_validate({"remove_cursor": {"after": text(event)}})
    assert saved.remove_cursor is not None
    assert saved.remove_cursor.after == ts


@pytest.mark.parametrize(("ref", "document_id"), [("105", 105), ("", "")], ids=["an id", "none"])
def test_a_legacy_ref_may_be_empty(ref: str, document_id: Any) -> None:
    saved = Incremental.model_validate({"updates_cursor": {"ts": 1, "ref": ref}})
    assert saved.updates_cursor is not None
    assert saved.updates_cursor.ref == document_id


LEFTOVERS = {"add_remove_cursor": 1, "now": "x", "_comment": [], "__ab_full_refresh_sync_complete": True}


@pytest.mark.parametrize("model", [FullRefresh, Incremental])
def test_unknown_keys_are_passed_over(model: type[BaseModel]) -> None:
    assert model.model_validate(LEFTOVERS) == model()


@pytest.mark.parametrize(
    ("cursor", "is_empty"), [({}, True), ({"now": 1}, True), ({"ts": None}, False), ({"ts": 1}, False)]
)
def test_a_cursor_that_saved_null_is_not_empty(cursor: dict[str, Any], is_empty: bool) -> None:
    """A cursor that has lost its ts must not look like a stream that never began."""
    saved = Incremental.model_validate({"updates_cursor": cursor})
    assert saved.updates_cursor is not None
    assert saved.updates_cursor.is_empty is is_empty


TS, REF = ("updates_cursor", "ts"), ("updates_cursor", "ref")
UPDATES, REMOVES = ("updates_cursor", "after"), ("remove_cursor", "after")
DOCUMENTS = ("full_sync_cursor", "after")
UNREADABLE: list[tuple[type[BaseModel], tuple[str, str], Any]] = [
    (Incremental, TS, "1700000000005000"),
    (Incremental, TS, -1),
    (Incremental, TS, GREATEST_ID),
    (Incremental, TS, True),
    (Incremental, TS, 1.5),
    (Incremental, REF, "abc"),
    (Incremental, REF, 105),
    (Incremental, REF, "-"),
    (Incremental, REF, "1_000"),
    (Incremental, REF, "\u0661"),
    (Incremental, REF, " 1"),
    (Incremental, REF, str(GREATEST_ID + 1)),
    (Incremental, REF, str(LEAST_ID - 1)),
    (Incremental, UPDATES, "not wire JSON"),
    (Incremental, UPDATES, [1, document_ref(2)]),
    (Incremental, UPDATES, text([1])),
    (Incremental, UPDATES, text({"ts": 1})),
    (Incremental, UPDATES, text(["x", document_ref(1)])),
    (Incremental, UPDATES, text([-1, document_ref(1)])),
    (Incremental, UPDATES, text([GREATEST_ID, document_ref(1)])),
    (Incremental, UPDATES, text([True, document_ref(1)])),
    (Incremental, UPDATES, text([1, {"id": "1"}])),
    (Incremental, UPDATES, text([1, "1"])),
    (Incremental, REMOVES, text([])),
    (Incremental, REMOVES, text({"action": "add"})),
    (Incremental, REMOVES, text({"ts": "1"})),
    (Incremental, ("remove_cursor", "passed"), -1),
    (Incremental, ("remove_cursor", "passed"), None),
    (Incremental, ("initial_sync_cursor", "since"), -1),
    (Incremental, ("initial_sync_cursor", "ranges"), {}),
    (FullRefresh, ("full_sync_cursor", "ts"), 1.5),
    (FullRefresh, ("full_sync_cursor", "done"), "5"),
    (FullRefresh, DOCUMENTS, text([])),
    (FullRefresh, DOCUMENTS, text([document_ref(1), document_ref(2)])),
    (FullRefresh, DOCUMENTS, text(document_ref(1))),
    (FullRefresh, DOCUMENTS, text([{"@ref": {}}])),
]


@pytest.mark.parametrize(
    ("model", "place", "value"), UNREADABLE, ids=[f"{'.'.join(place)} {value!r}" for _, place, value in UNREADABLE]
)
def test_what_was_never_saved_is_told_with_its_place(
    model: type[BaseModel], place: tuple[str, str], value: Any
) -> None:
    cursor, key = place
    with pytest.raises(ValidationError) as caught:
        model.model_validate({cursor: {key: value}})
    assert {error["loc"][:2] for error in caught.value.errors()} == {place}


@pytest.mark.parametrize("cursor", ["updates_cursor", "remove_cursor", "initial_sync_cursor"])
def test_a_cursor_is_an_object(cursor: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Incremental.model_validate({cursor: 5})
    assert caught.value.errors()[0]["loc"] == (cursor,)
