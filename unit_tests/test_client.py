"""Retries, budgets and headers, with a clock that never waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import requests_mock

from source_fauna.attempts import Waiting
from source_fauna.client import Client, Page, Request
from source_fauna.config import Config
from source_fauna.error_table import Kind
from source_fauna.errors import FaunaError
from source_fauna.interruption import Interrupted, Interruption
from source_fauna.tuning import Tuning

URL = "http://db.test:8443/"
SECRET = "fnAE0000example0001"
OVERLOADED = {"status_code": 503, "json": {"errors": [{"code": "unavailable", "description": "Overload."}]}}
TOO_SLOW = {"status_code": 503, "json": {"errors": [{"code": "time out", "description": "Read timed out."}]}}
BUSY = {"status_code": 429, "json": {"errors": [{"code": "too many requests", "description": "Slow down."}]}}
TOO_WIDE = {
    "status_code": 400,
    "json": {"errors": [{"code": "bad request", "description": "Query exceeds max width. Max: 100000, current: 9."}]},
}
BROKEN = {"status_code": 500, "json": {"errors": [{"code": "internal server error", "description": "Oops."}]}}
GOOD = {"status_code": 200, "json": {"resource": 7}, "headers": {"x-txn-time": "1700000000000000"}}


@dataclass
class World:
    """A clock that only sleeping moves, and what was slept."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    waits: list[Waiting] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def tuning(self) -> Tuning:
        return Tuning(clock=lambda: self.now, sleep=self.sleep, random=lambda: 0.5)

    def client(self, *, outage_seconds: float = 1800.0) -> Client:
        return Client(
            config=Config(scheme="http", domain="db.test", port=8443, secret=SECRET),
            tuning=self.tuning(),
            outage_seconds=outage_seconds,
            interruption=Interruption(),
        )

    def fetch(self, client: Client, *, size: int = 0) -> Page:
        return client.fetch(Request(build=lambda asked: asked, size=size), on_wait=self.waits.append)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker:
        yield mocker


def answers(server: requests_mock.Mocker, *given: dict[str, Any]) -> None:
    server.post(URL, list(given))


def bodies(server: requests_mock.Mocker) -> list[str]:
    return [request.text for request in server.request_history]


def test_each_request_bears_version_secret_and_time_out(world: World, server: requests_mock.Mocker) -> None:
    answers(server, GOOD)
    assert world.fetch(world.client()).resource == 7
    headers = server.request_history[0].headers
    assert headers["X-FaunaDB-API-Version"] == "4"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["X-Query-Timeout"] == "15000"
    assert "X-Last-Seen-Txn" not in headers


def test_the_time_of_a_success_goes_out_and_that_of_an_error_does_not(
    world: World, server: requests_mock.Mocker
) -> None:
    late = {**OVERLOADED, "headers": {"x-txn-time": "1900000000000000"}}
    answers(server, GOOD, late, GOOD)
    client = world.client()
    world.fetch(client)
    world.fetch(client)
    seen = [request.headers.get("X-Last-Seen-Txn") for request in server.request_history]
    assert seen == [None, "1700000000000000", "1700000000000000"]


def test_after_a_success_a_query_gets_its_full_time(world: World, server: requests_mock.Mocker) -> None:
    answers(server, GOOD)
    client = world.client()
    world.fetch(client)
    world.fetch(client)
    assert server.request_history[1].headers["X-Query-Timeout"] == "60000"


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        pytest.param(OVERLOADED, Kind.OVERLOADED, id="503"),
        pytest.param(BUSY, Kind.BUSY, id="429"),
        pytest.param({"status_code": 409, "json": {"errors": [{"code": "contended transaction"}]}}, Kind.CONTENDED),
        pytest.param({"status_code": 502, "text": "<html>"}, Kind.OVERLOADED, id="502 of a proxy"),
        pytest.param({"status_code": 408, "text": ""}, Kind.TIMED_OUT, id="408"),
        pytest.param({"status_code": 200, "text": "<html>"}, Kind.NOT_FAUNA, id="a page of a proxy"),
        pytest.param({"status_code": 200, "text": '{"resource": '}, Kind.NOT_FAUNA, id="half an answer"),
        pytest.param({"status_code": 200, "json": {"hello": 1}}, Kind.NOT_FAUNA, id="other JSON"),
        pytest.param({"status_code": 404, "text": "not here"}, Kind.NOT_FAUNA, id="another server"),
        pytest.param({"exc": requests.ConnectionError}, Kind.UNREACHABLE, id="connection"),
        pytest.param({"exc": requests.ConnectTimeout}, Kind.UNREACHABLE, id="connect time-out"),
        pytest.param({"exc": requests.ReadTimeout}, Kind.TIMED_OUT, id="read time-out"),
        pytest.param(BROKEN, Kind.SERVER_FAULT, id="500"),
    ],
)
def test_what_may_pass_is_asked_again(
    world: World, server: requests_mock.Mocker, failure: dict[str, Any], kind: Kind
) -> None:
    answers(server, failure, failure, GOOD)
    assert world.fetch(world.client()).resource == 7
    assert [waiting.error.kind for waiting in world.waits] == [kind, kind]
    assert world.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthorized", Kind.UNAUTHORIZED),
        (403, "permission denied", Kind.FORBIDDEN),
        (400, "invalid ref", Kind.UNDEFINED),
        (404, "instance not found", Kind.MISSING),
        (410, "permission denied", Kind.DISABLED),
        (418, "teapot", Kind.REFUSED),
    ],
)
def test_what_cannot_pass_is_told_at_once(
    world: World, server: requests_mock.Mocker, status: int, code: str, kind: Kind
) -> None:
    answers(server, {"status_code": status, "json": {"errors": [{"code": code, "description": "No."}]}}, GOOD)
    with pytest.raises(FaunaError) as caught:
        world.fetch(world.client())
    assert (caught.value.kind, caught.value.status, caught.value.code) == (kind, status, code)
    assert world.slept == []


def test_a_server_that_never_answered_is_given_up_after_twenty_seconds(
    world: World, server: requests_mock.Mocker
) -> None:
    answers(server, {"exc": requests.ConnectionError})
    with pytest.raises(FaunaError, match="the connection failed"):
        world.fetch(world.client())
    assert world.now <= 20.0


def test_an_outage_is_borne_for_half_an_hour(world: World, server: requests_mock.Mocker) -> None:
    answers(server, GOOD, OVERLOADED)
    client = world.client()
    world.fetch(client)
    with pytest.raises(FaunaError) as caught:
        world.fetch(client)
    assert caught.value.kind is Kind.OVERLOADED
    assert 1700.0 < world.now <= 1800.0
    assert max(world.slept) == 30.0


def test_a_server_fault_is_asked_five_times(world: World, server: requests_mock.Mocker) -> None:
    answers(server, GOOD, BROKEN)
    client = world.client()
    world.fetch(client)
    with pytest.raises(FaunaError):
        world.fetch(client)
    assert server.call_count == 1 + 5


def test_retry_after_is_honoured(world: World, server: requests_mock.Mocker) -> None:
    answers(server, {**BUSY, "headers": {"Retry-After": "7"}}, GOOD)
    page = world.fetch(world.client())
    assert world.slept == [7.0]
    assert page.throttled


@pytest.mark.parametrize("failure", [TOO_SLOW, TOO_WIDE], ids=["too slow", "too wide"])
def test_a_page_that_is_too_much_is_halved(world: World, server: requests_mock.Mocker, failure: dict[str, Any]) -> None:
    answers(server, failure, failure, GOOD)
    page = world.fetch(world.client(), size=10)
    assert bodies(server) == ["10", "5", "2"]
    assert (page.size, page.shrunk) == (2, True)


def test_a_single_document_beyond_a_limit_is_an_error(world: World, server: requests_mock.Mocker) -> None:
    answers(server, TOO_WIDE)
    with pytest.raises(FaunaError) as caught:
        world.fetch(world.client(), size=2)
    assert bodies(server) == ["2", "1"]
    assert caught.value.kind is Kind.TOO_LARGE


def test_a_page_longer_than_it_should_be_is_asked_for_in_halves_without_being_read(
    world: World, server: requests_mock.Mocker
) -> None:
    long = {**GOOD, "headers": {"Content-Length": "9000001"}}
    answers(server, long, long, GOOD)
    request = Request(build=lambda asked: asked, size=8, most_bytes=9_000_000)
    page = world.client().fetch(request, on_wait=world.waits.append)
    assert bodies(server) == ["8", "4", "2"]
    assert (page.size, page.shrunk, page.resource) == (2, True, 7)
    assert world.slept == [0.0, 0.0]


def test_a_single_document_may_be_of_any_length(world: World, server: requests_mock.Mocker) -> None:
    answers(server, {**GOOD, "headers": {"Content-Length": "9000001"}})
    request = Request(build=lambda asked: asked, size=1, most_bytes=9_000_000)
    assert world.client().fetch(request, on_wait=world.waits.append).resource == 7


def test_a_delayed_request_waits_first(world: World, server: requests_mock.Mocker) -> None:
    answers(server, GOOD)
    world.client().fetch(Request(build=lambda _: 1, delay_seconds=3.0), on_wait=world.waits.append)
    assert world.slept == [3.0]


def test_a_stop_ends_the_wait(server: requests_mock.Mocker) -> None:
    answers(server, OVERLOADED)
    interruption = Interruption()
    interruption.request(143)
    client = Client(
        config=Config(scheme="http", domain="db.test", port=8443, secret=SECRET),
        tuning=Tuning(),
        outage_seconds=60.0,
        interruption=interruption,
    )
    with pytest.raises(Interrupted):
        client.query(1)


def test_a_server_that_quotes_the_secret_does_not_get_it_out(world: World, server: requests_mock.Mocker) -> None:
    quoted = {"errors": [{"code": "permission denied", "description": f"Not with {SECRET}."}]}
    answers(server, {"status_code": 403, "json": quoted})
    with pytest.raises(FaunaError) as caught:
        world.fetch(world.client())
    assert caught.value.reason == "403 permission denied: Not with ****."


def test_no_address_of_this_kind_of_session_is_asked_but_the_database(
    world: World, server: requests_mock.Mocker
) -> None:
    answers(server, GOOD)
    client: Callable[[Any], Any] = world.client().query
    assert client({"now": None}) == 7
    assert {request.url for request in server.request_history} == {URL}
