"""Each row of the table of errors, replayed over HTTP with its example: what users read, who must act, what goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import FailureType

from integration_tests.faults.commands import CONTENT, DOCUMENTS, SECRET, Site, new_site
from integration_tests.harness.moments import is_documents
from integration_tests.harness.strikes import ALWAYS, refusal, reply_with, strikes
from integration_tests.harness.telling import Told
from local_fauna.faults import Fault
from source_fauna.errors.table import Kind
from unit_tests.error_examples import EXAMPLES

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("error table")]

TABLE = [
    pytest.param(status, body, kind, failure_type, id=f"{status} {kind.value} {number}")
    for number, (status, body, kind, failure_type) in enumerate(EXAMPLES)
]
PROXY_PAGE = b"<html>Something between here and there</html>"


def example(status: int, body: Any) -> Fault:
    return reply_with(status, PROXY_PAGE if body is None else body)


def said_by(status: int, body: Any, kind: Kind) -> str:
    """The part of the answer that the message for users must have: the server's code and text."""
    if kind is Kind.NOT_FAUNA:
        return "Invalid JSON."
    if body is None:
        return f"{status}: the answer holds no error of a Fauna database"
    (error,) = body["errors"]
    return f"{error['code']}: {error['description']}"


def reads_foo(expression: Any) -> bool:
    return is_documents(expression) and b'"foo"' in orjson.dumps(expression)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with new_site() as made:
        yield made


def harmless(told: Told) -> Told:
    told.fit_for_users()
    assert CONTENT not in told.beside_records
    assert SECRET not in told.stdout
    return told


@pytest.mark.parametrize(("status", "body", "kind", "failure_type"), TABLE)
def test_a_stream_that_meets_it_is_incomplete_and_the_other_is_read(
    site: Site, status: int, body: Any, kind: Kind, failure_type: FailureType
) -> None:
    passes = kind is Kind.HISTORY
    with strikes(site.local, example(status, body), times=1 if passes else ALWAYS, skip=1, when=reads_foo):
        told = harmless(site.read("full_refresh"))
    assert told.statuses("bar")[-1] == "COMPLETE"
    assert len(told.refs("bar")) == DOCUMENTS
    if passes:
        assert (told.exit_code, told.statuses("foo")[-1], len(told.refs("foo"))) == (0, "COMPLETE", DOCUMENTS)
        assert any("no longer keeps the snapshot" in warning for warning in told.logs("WARN"))
        return
    assert told.exit_code == 1
    assert (told.statuses("foo")[:2], told.statuses("foo")[-1]) == (["STARTED", "RUNNING"], "INCOMPLETE")
    of_foo, of_all = told.errors
    assert of_foo["stream_descriptor"]["name"] == "foo"
    assert said_by(status, body, kind).rstrip(".") in of_foo["message"]
    assert of_foo["message"] in of_all["message"]
    # The database answers other queries meanwhile, so the time-out is the fault of the page, even of one document.
    is_documents_fault = kind in (Kind.TOO_LARGE, Kind.TIMED_OUT)
    begin = "Document '2' of collection 'foo' cannot" if is_documents_fault else "Error while reading stream 'foo': "
    assert of_foo["message"].startswith(begin)
    expected = FailureType.system_error if is_documents_fault else failure_type
    assert {of_foo["failure_type"], of_all["failure_type"]} == {expected.value}


@pytest.mark.parametrize(("status", "body", "kind"), [(status, body, kind) for status, body, kind, _ in EXAMPLES])
def test_a_check_that_meets_it_fails_with_what_the_server_said(site: Site, status: int, body: Any, kind: Kind) -> None:
    with strikes(site.local, example(status, body)):
        told = harmless(site.tell("check"))
    assert told.exit_code == 0
    expected = {
        Kind.UNAUTHORIZED: "Failed to connect to database: Unauthorized",
        Kind.FORBIDDEN: "No permissions to list collections",
    }
    message = expected.get(kind, f"Failed to connect to database: {said_by(status, body, kind)}")
    assert told.check_status == ("FAILED", message)


def test_an_unknown_answer_keeps_the_code_and_the_text_of_the_server(site: Site) -> None:
    with strikes(site.local, refusal(418, "out of tea", "The kettle is empty.")):
        told = harmless(site.tell("discover"))
    assert told.exit_code == 1
    (error,) = told.errors
    assert "418 out of tea: The kettle is empty" in error["message"]
    assert error["failure_type"] == "system_error"


WITHOUT_TEXT = [
    {"errors": [{"code": None, "description": {"a": [1]}, "position": 5}]},
    {"errors": [{"code": ["x"], "description": None, "position": "abc"}]},
]
OF_NO_FAUNA: list[Any] = [{"errors": "all of them"}, [[[[]]]]]
BY_STATUS = "Failed to connect to database: {}: the answer holds no error of a Fauna database"
BY_NOTHING = "Failed to connect to database: Invalid JSON."


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        *((400, body, BY_STATUS.format(400)) for body in WITHOUT_TEXT),
        *((400, body, BY_NOTHING) for body in OF_NO_FAUNA),
        *((403, body, "No permissions to list collections") for body in WITHOUT_TEXT),
        *((403, body, BY_NOTHING) for body in OF_NO_FAUNA),
        *((503, body, BY_STATUS.format(503)) for body in [*WITHOUT_TEXT, *OF_NO_FAUNA]),
    ],
)
def test_an_error_in_no_known_shape_is_borne(site: Site, status: int, body: Any, message: str) -> None:
    with strikes(site.local, reply_with(status, body)):
        told = harmless(site.tell("check"))
    assert told.check_status == ("FAILED", message)


def test_a_server_that_quotes_the_secret_does_not_get_it_out(site: Site) -> None:
    fault = refusal(400, "bad request", f"Invalid header 'authorization': Bearer {SECRET}")
    for command in ("check", "discover"):
        with strikes(site.local, fault):
            assert "Bearer ****" in harmless(site.tell(command)).stdout
