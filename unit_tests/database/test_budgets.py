"""How long the client waits for a silent server, measured by a clock that the silence moves."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import requests_mock

from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.tuning import Tuning
from unit_tests.clock import Clock
from unit_tests.configs import URL
from unit_tests.served import GOOD, client


class Silence:
    """A server that answers so many requests, and lets the time-out of every other run out."""

    def __init__(self, *, after: int) -> None:
        self.clock = Clock()
        self.tuning = Tuning(clock=self.clock, sleep=self.clock.sleep, random=lambda: 0.99)
        self.asked = 0
        self._after = after

    def answer(self, request: Any, _: Any) -> Any:
        self.asked += 1
        if self.asked <= self._after:
            return GOOD["json"]
        self.clock.now += request.timeout.total
        raise requests.ReadTimeout


@pytest.mark.parametrize(
    ("answers", "outage_seconds", "least", "most"),
    [
        pytest.param(0, 20.0, 19.0, 21.0, id="check or discover, silent from the first"),
        pytest.param(1, 20.0, 19.0, 21.0, id="check or discover, silent from the second"),
        pytest.param(0, 1_800.0, 19.0, 21.0, id="read, silent from the first"),
        pytest.param(1, 1_800.0, 1_700.0, 1_801.0, id="read, silent later"),
    ],
)
def test_a_silent_server_is_given_up_in_time(answers: int, outage_seconds: float, least: float, most: float) -> None:
    silence = Silence(after=answers)
    asking = client(tuning=silence.tuning, outage_seconds=outage_seconds)
    with requests_mock.Mocker() as server:
        server.post(URL, json=silence.answer)
        for _ in range(answers):
            assert asking.query(1) == 7
        with pytest.raises(FaunaError) as caught:
            asking.query(1)
    assert least <= silence.clock.now <= most
    assert caught.value.kind is Kind.TIMED_OUT
    assert caught.value.reason.startswith("no answer within ")


def test_a_long_answer_of_something_else_is_no_first_answer() -> None:
    """A read has half an hour after its first answer. A web page may be too long for a page of definitions."""
    clock = Clock()
    asking = client(tuning=Tuning(clock=clock, sleep=clock.sleep, random=lambda: 0.99), outage_seconds=1_800.0)
    with requests_mock.Mocker() as server:
        server.post(URL, content=b"<html>" + b"x" * 1_000)
        with pytest.raises(FaunaError) as caught:
            asking.page(lambda size: size, size=100, most_bytes=1_000)
    assert caught.value.kind is Kind.NOT_FAUNA
    assert clock.now <= 20.0


def test_what_is_asked_after_an_outage_was_given_up_is_tried_once() -> None:
    silence = Silence(after=1)
    asking = client(tuning=silence.tuning, outage_seconds=1_800.0)
    with requests_mock.Mocker() as server:
        server.post(URL, json=silence.answer)
        asking.query(1)
        for _ in range(3):
            with pytest.raises(FaunaError):
                asking.query(1)
        given_up, asked = silence.clock.now, silence.asked
        with pytest.raises(FaunaError):
            asking.query(1)
    assert silence.asked == asked + 1
    assert silence.clock.now - given_up <= 1.0
    # The outage counts from the end of the first silence, the budget of a request from its beginning.
    assert given_up <= 1_800.0 + 70.0
