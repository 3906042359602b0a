"""What the error of a page says about the collection's identity, and the next proof."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from source_fauna.database import questions
from source_fauna.errors.errors import FaunaError
from source_fauna.sync.identity import CollectionReplaced, Identity, replacement
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, stream_run
from unit_tests.things import COLLECTION

PAGE: dict[str, Any] = {"data": []}
SINCE, SNAPSHOT = 5, 9
RENAMED = refusal(400, "transaction aborted", "other")
ABSENT = refusal(404, "instance not found", questions.NOT_FOUND_THEN)
CLOSED = refusal(403, "permission denied", position=("in", "object", "page", "expr", "do", 0, "expr", "let", 0, "name"))


def identity(since: int | None = None) -> Identity:
    return Identity(run=stream_run(DirectFetcher(Fauna())), since=since)


@pytest.mark.parametrize(
    ("since", "snapshot", "then"), [(SINCE, SNAPSHOT, SINCE), (SINCE, None, SINCE), (None, SNAPSHOT, SNAPSHOT)]
)
def test_the_name_is_proven_at_the_oldest_time(since: int | None, snapshot: int | None, then: int) -> None:
    assert identity(since).proven(PAGE, snapshot) == questions.identified(COLLECTION, then, PAGE)


def test_a_page_that_pins_its_snapshot_is_that_of_the_present_name() -> None:
    assert identity().proven(PAGE, None) == PAGE


@pytest.mark.parametrize(("since", "then"), [(SINCE, SINCE), (None, SNAPSHOT)])
def test_another_name_is_raised_with_the_time_at_which_it_was_borne(since: int | None, then: int) -> None:
    proof = identity(since)
    proof.proven(PAGE, SNAPSHOT)
    with pytest.raises(CollectionReplaced) as caught:
        proof.asks_again(RENAMED)
    assert (caught.value.then, caught.value.name_then) == (then, "other")


def test_a_collection_that_is_younger_than_what_was_read_is_proven_at_the_snapshot() -> None:
    """It has no document that is older, so all of it is still read."""
    proof = identity(SINCE)
    proof.proven(PAGE, SNAPSHOT)
    assert proof.asks_again(ABSENT)
    assert proof.proven(PAGE, SNAPSHOT) == questions.identified(COLLECTION, SNAPSHOT, PAGE)
    with pytest.raises(CollectionReplaced) as caught:
        proof.asks_again(ABSENT)
    assert (caught.value.then, caught.value.name_then) == (SNAPSHOT, None)


def test_a_definition_that_may_not_be_read_leaves_the_page(caplog: pytest.LogCaptureFixture) -> None:
    proof = identity(SINCE)
    with caplog.at_level(logging.WARNING):
        assert proof.asks_again(CLOSED)
    assert "may not read the definition" in caplog.text
    assert proof.proven(PAGE, SNAPSHOT) == PAGE


@pytest.mark.parametrize(
    "error",
    [
        refusal(403, "permission denied", position=("in", "object", "index", "get")),
        refusal(404, "instance not found", "Document not found."),
        refusal(500, "internal server error"),
    ],
    ids=["of the index", "of a document", "of the server"],
)
def test_any_other_error_says_nothing_of_it(error: FaunaError) -> None:
    assert not identity(SINCE).asks_again(error)
    assert replacement(error, then=SINCE) is None
