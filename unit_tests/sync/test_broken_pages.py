"""A page that looks complete but cannot be decoded is requested again, and then decoded by the fetching thread."""

from __future__ import annotations

import pytest
import requests_mock

from source_fauna.database.client import Request
from source_fauna.errors.table import Kind
from source_fauna.interruption import Interruption
from source_fauna.sync.fetch import Answer, Fetcher, Notice
from source_fauna.tuning import Tuning
from unit_tests.configs import URL
from unit_tests.served import GOOD, client

LOOKS_WHOLE = {"text": '{"resource":nul}'}
HALF = {"text": '{"resource":{"a":'}


def taken(fetcher: Fetcher) -> tuple[Answer, list[Kind]]:
    """The next answer, and why its request was asked again before."""
    reasons: list[Kind] = []
    while isinstance(event := fetcher.take(), Notice):
        reasons.append(event.waiting.error.kind)
    assert event is not None
    return event, reasons


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        pytest.param([GOOD], [], id="good at once"),
        pytest.param([HALF, GOOD], [Kind.NOT_FAUNA], id="half an answer: the thread sees it"),
        pytest.param([LOOKS_WHOLE, GOOD], [], id="broken within: the taker sees it"),
        pytest.param([LOOKS_WHOLE, LOOKS_WHOLE, GOOD], [Kind.NOT_FAUNA], id="again: now the thread looks closer"),
    ],
)
def test_what_is_broken_is_asked_again(answers: list[dict[str, object]], reasons: list[Kind]) -> None:
    interruption = Interruption()
    asking = client(tuning=Tuning(sleep=lambda _: None), interruption=interruption)
    fetcher = Fetcher(client=asking, threads=1, interruption=interruption)
    with requests_mock.Mocker() as server:
        server.post(URL, answers)
        ticket = fetcher.submit("orders", Request(build=lambda size: size))
        answer, seen = taken(fetcher)
        fetcher.close()
    assert (answer.ticket, answer.result().resource, seen) == (ticket, 7, reasons)
    assert fetcher.free == 1
