"""Answers that would take too much memory: a page is asked for again, smaller, and anything else is an error."""

from __future__ import annotations

import pytest
import requests_mock

from source_fauna.database.answers import MOST_WEIGHT, MOST_WEIGHT_OF_A_DOCUMENT, weight
from source_fauna.database.client import Request
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.tuning import Tuning
from unit_tests.clock import Clock
from unit_tests.configs import URL
from unit_tests.served import client

HEAVY = b'{"resource":[' + b"[]," * 2_000_000 + b"[]]}"
LIGHT = b'{"resource":7}'


def fetch(request: Request, *answers: bytes) -> tuple[list[str], int]:
    """What was asked for, and the length of the body that came in the end."""
    clock = Clock()
    asking = client(tuning=Tuning(clock=clock, sleep=clock.sleep))
    with requests_mock.Mocker() as server:
        server.post(URL, [{"content": answer} for answer in answers])
        page = asking.fetch(request, on_wait=lambda _: None)
        return [request.text for request in server.request_history], page.length


def test_a_page_that_is_too_heavy_is_asked_for_again_by_as_much_smaller() -> None:
    assert 2 < weight(HEAVY) / MOST_WEIGHT < 4
    asked, length = fetch(Request(build=lambda size: size, size=100), HEAVY, LIGHT)
    assert asked == ["100", str(int(100 * MOST_WEIGHT / weight(HEAVY)))]
    assert length == len(LIGHT)


@pytest.mark.parametrize("size", [None, 1], ids=["a query", "one element"])
def test_anything_else_that_is_too_heavy_is_an_error(size: int | None) -> None:
    with pytest.raises(FaunaError, match="holds more than the connector can take at once") as caught:
        fetch(Request(build=lambda size: size, size=size), HEAVY)
    assert caught.value.kind is Kind.TOO_LARGE


def test_a_single_document_may_be_heavier() -> None:
    request = Request(build=lambda size: size, size=1, most_weight_of_one=MOST_WEIGHT_OF_A_DOCUMENT)
    assert fetch(request, HEAVY) == (["1"], len(HEAVY))
