"""The table of errors: each row with an answer that a real server gave, or that a proxy gives."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_fauna.errors import errors
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import NO_ANSWER, TABLE, UNLISTED, Kind
from unit_tests.error_examples import EXAMPLES, PARAMETERS
from unit_tests.refusals import fault


@pytest.mark.parametrize(("status", "body", "kind", "failure_type"), PARAMETERS)
def test_an_answer_is_known_by_its_row(status: int, body: Any, kind: Kind, failure_type: FailureType) -> None:
    error = errors.from_answer(status=status, body=body)
    assert (error.kind, FailureType(error.row.failure.value)) == (kind, failure_type)


def test_each_row_has_an_example() -> None:
    seen = {errors.from_answer(status=status, body=body).row for status, body, _, _ in EXAMPLES}
    lacking = (set(TABLE) | {UNLISTED, NO_ANSWER[Kind.NOT_FAUNA]}) - seen
    assert not lacking, "give each an answer in unit_tests/error_examples.py"


@pytest.mark.parametrize("body", [None, [], {}, {"errors": []}, {"errors": ["x"]}, {"errors": {"code": 1}}])
def test_a_body_without_an_error_of_fauna_is_borne(body: Any) -> None:
    assert errors.from_answer(status=503, body=body).kind is Kind.OVERLOADED


def test_the_position_is_kept() -> None:
    body = fault("permission denied", "No.", position=["do", 0, "expr"])
    assert errors.from_answer(status=403, body=body).position == ("do", 0, "expr")


def test_a_user_reads_what_was_done_what_was_said_and_what_to_do() -> None:
    error = errors.from_answer(status=401, body=fault("unauthorized", "Unauthorized"))
    message = errors.explained(error, doing="reading stream 'users'").message
    assert message is not None
    assert message.startswith("Error while reading stream 'users': 401 unauthorized: Unauthorized. The secret is ")


def test_an_unknown_answer_keeps_the_servers_code_and_text() -> None:
    error = errors.from_answer(status=418, body=fault("teapot", "Short and stout."))
    assert error.reason == "418 teapot: Short and stout"


def test_an_error_without_an_answer_has_our_reason() -> None:
    error = errors.no_answer(Kind.UNREACHABLE, "connection refused")
    assert (error.reason, error.status) == ("connection refused", None)


def test_a_fault_of_our_own_tells_its_place_and_not_its_text() -> None:
    try:
        {}["a document's content"]  # type: ignore[index]
    except KeyError as error:
        told = errors.unexpected(error, doing="reading stream 'users'")
    assert told.internal is not None
    assert "KeyError in test_a_fault_of_our_own" in told.internal
    assert "content" not in f"{told.message} {told.internal}"


def test_an_answer_without_a_code_is_told_by_its_status() -> None:
    error = FaunaError(row=UNLISTED, description="No text.", status=420)
    assert error.reason == "420: No text"


def test_a_long_description_is_cut_and_stands_on_one_line() -> None:
    error = errors.from_answer(status=400, body=fault("bad request", "No.\n" + "more " * 9_000))
    assert error.description.startswith("No. more")
    assert len(error.description) <= errors.MOST_CHARACTERS
    assert "\n" not in error.description


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    body = fault("bad secret", "a " * 499 + "secret")
    error = errors.from_answer(status=400, body=body, hide=lambda text: text.replace("secret", "****"))
    assert (error.code, error.description) == ("bad ****", "a " * 498 + "a …")


@pytest.mark.parametrize(
    ("streams", "last"), [(100, "s99: no"), (103, "and 3 others, each with an error of its own above")]
)
def test_the_error_of_a_sync_lists_a_hundred_streams(streams: int, last: str) -> None:
    """A hundred thousand made a line of 55 MB."""
    told = errors.summary([(f"s{number}", errors.ConfigError("no")) for number in range(streams)])
    lines = told.message.splitlines()
    assert lines[:2] == ["During the sync, the following streams did not sync successfully:", "s0: no"]
    assert (len(lines), lines[-1]) == (1 + streams if streams <= 100 else 102, last)
