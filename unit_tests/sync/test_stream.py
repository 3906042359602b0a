"""The requests and answers of a stream: only its own tickets count, and an unreadable document is named."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.database import queries, questions
from source_fauna.database.client import Request
from source_fauna.errors import errors
from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Kind
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, drive, stream_run
from unit_tests.things import COLLECTION, things


def test_an_answer_to_something_else_is_never_taken() -> None:
    fetcher = DirectFetcher(things(), threads=2)
    run = stream_run(fetcher)
    run.ask(Request(build=lambda _: queries.now()))
    with pytest.raises(LookupError):
        drive(run.call(questions.probe(COLLECTION)), fetcher)


TOO_MUCH = {
    "too large": refusal(400, "bad request", "Version bytes (9) exceeds threshold (8)"),
    "too slow": refusal(503, "time out", "Too slow."),
}


def explain(error: FaunaError, *ids: int) -> Any:
    fetcher = DirectFetcher(things(*ids))
    return drive(stream_run(fetcher).raise_if_unreadable(error, queries.first_id(COLLECTION)), fetcher)


@pytest.mark.parametrize("error", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_document_that_is_too_much_is_named(error: FaunaError) -> None:
    with pytest.raises(UserError, match=r"Document '7' of collection 'things' cannot be read"):
        explain(error, 7, 9)


def test_no_document_is_named_where_nothing_is_left_or_something_else_is_wrong() -> None:
    assert explain(TOO_MUCH["too large"]) is None
    assert explain(errors.no_answer(Kind.TIMED_OUT, "no answer within 65 seconds"), 7) is None
    assert explain(refusal(401, "unauthorized"), 7) is None
