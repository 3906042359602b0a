"""Questions about one collection of many, which are given up soon, and pages that come smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests_mock

from source_fauna.database.client import MOST_TRIES, Client
from source_fauna.errors.errors import FaunaError
from source_fauna.tuning import Tuning
from unit_tests.clock import Clock
from unit_tests.configs import URL
from unit_tests.served import GOOD, client, refused
from unit_tests.told import warnings

BROKEN = refused(500, "internal server error", "Oops.")
TOO_SLOW = refused(503, "time out", "Read timed out.")
OVERLOADED = refused(503, "unavailable", "Overload.")


@pytest.fixture
def server() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker:
        yield mocker


@pytest.fixture
def asking() -> Client:
    clock = Clock()
    return client(tuning=Tuning(clock=clock, sleep=clock.sleep, random=lambda: 0.5))


@pytest.mark.parametrize("failure", [BROKEN, TOO_SLOW], ids=["500", "time out"])
def test_a_question_that_the_server_fails_on_is_given_up_soon(
    server: requests_mock.Mocker, asking: Client, failure: dict[str, Any]
) -> None:
    """A time-out takes a minute, and would be asked again for half an hour, while all streams wait."""
    server.post(URL, [GOOD, failure])
    assert asking.question(1) == 7
    with pytest.raises(FaunaError):
        asking.question(2)
    assert server.call_count == 1 + MOST_TRIES


def test_an_outage_is_borne_by_questions_too(server: requests_mock.Mocker, asking: Client) -> None:
    server.post(URL, [GOOD, *[OVERLOADED] * 9, BROKEN, TOO_SLOW, GOOD])
    assert [asking.question(1), asking.question(2)] == [7, 7]


def test_a_page_that_is_too_long_comes_smaller_without_a_word(
    server: requests_mock.Mocker, asking: Client, caplog: pytest.LogCaptureFixture
) -> None:
    long = {**GOOD, "headers": {"Content-Length": "1001"}}
    server.post(URL, [long, GOOD])
    page = asking.page(lambda size: size, size=100, most_bytes=1_000)
    assert (page.resource, page.size) == (7, 50)
    assert warnings(caplog) == []
