"""How long a silent server is borne, counted on a clock that its silence moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import requests
import requests_mock

from source_fauna.client import Client
from source_fauna.config import Config
from source_fauna.error_table import Kind
from source_fauna.errors import FaunaError
from source_fauna.interruption import Interruption
from source_fauna.tuning import Tuning

URL = "http://db.test:8443/"
GOOD = {"resource": 7}


@dataclass
class World:
    now: float = 0.0
    silent_after: int = 0
    asked: int = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def answer(self, request: Any, _: Any) -> dict[str, Any]:
        """Answer as often as told, then let every time-out run out."""
        self.asked += 1
        if self.asked <= self.silent_after:
            return GOOD
        self.now += request.timeout.total
        raise requests.ReadTimeout

    def client(self, *, outage_seconds: float) -> Client:
        return Client(
            config=Config(scheme="http", domain="db.test", port=8443, secret="fnAE0000example0001"),
            tuning=Tuning(clock=lambda: self.now, sleep=self.sleep, random=lambda: 0.99),
            outage_seconds=outage_seconds,
            interruption=Interruption(),
        )


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
    world = World(silent_after=answers)
    client = world.client(outage_seconds=outage_seconds)
    with requests_mock.Mocker() as server:
        server.post(URL, json=world.answer)
        for _ in range(answers):
            assert client.query(1) == 7
        with pytest.raises(FaunaError) as caught:
            client.query(1)
    assert least <= world.now <= most
    assert caught.value.kind is Kind.TIMED_OUT
    assert caught.value.reason.startswith("no answer within ")


def test_what_is_asked_after_an_outage_was_given_up_is_tried_once() -> None:
    world = World(silent_after=1)
    client = world.client(outage_seconds=1_800.0)
    with requests_mock.Mocker() as server:
        server.post(URL, json=world.answer)
        client.query(1)
        for _ in range(3):
            with pytest.raises(FaunaError):
                client.query(1)
        given_up, asked = world.now, world.asked
        with pytest.raises(FaunaError):
            client.query(1)
    assert world.asked == asked + 1
    assert world.now - given_up <= 1.0
    # The outage counts from the end of the first silence, the budget of a request from its beginning.
    assert given_up <= 1_800.0 + 70.0
