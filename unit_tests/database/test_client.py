"""Retries, budgets and headers, with a clock that never waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock

from source_fauna.database.attempts import Waiting
from source_fauna.database.client import Page, Request
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.tuning import Tuning
from unit_tests.clock import Clock
from unit_tests.configs import CONNECTION, SECRET, URL
from unit_tests.served import GOOD, client, refused

OVERLOADED = refused(503, "unavailable", "Overload.")
TOO_SLOW = refused(503, "time out", "Read timed out.")
BUSY = refused(429, "too many requests", "Slow down.")
TOO_WIDE = refused(400, "bad request", "Query exceeds max width. Max: 100000, current: 9.")
BROKEN = refused(500, "internal server error", "Oops.")


class World:
    """A client whose waits take no time and are remembered, and the server that it asks."""

    def __init__(self, server: requests_mock.Mocker) -> None:
        self.clock = Clock()
        self.waits: list[Waiting] = []
        self.client = client(tuning=Tuning(clock=self.clock, sleep=self.clock.sleep, random=lambda: 0.5))
        self._server = server

    @property
    def requests(self) -> list[Any]:
        """What the server was sent."""
        return list(self._server.request_history)

    @property
    def bodies(self) -> list[str]:
        return [request.text for request in self.requests]

    def answers(self, *given: dict[str, Any]) -> None:
        """Answer requests with these, one after the other, and any further one with the last."""
        self._server.post(URL, list(given))

    def fetch(self, *, size: int = 0, takes: float = 0.0, **more: Any) -> Page:
        """A page; each answer takes so many seconds."""

        def build(asked: int) -> int:
            self.clock.now += takes
            return asked

        return self.client.fetch(Request(build=build, size=size or None, **more), on_wait=self.waits.append)


@pytest.fixture
def world() -> Iterator[World]:
    with requests_mock.Mocker() as server:
        yield World(server)


def test_each_request_has_version_secret_and_time_out(world: World) -> None:
    world.answers(GOOD)
    assert world.fetch().resource == 7
    headers = world.requests[0].headers
    assert headers["X-FaunaDB-API-Version"] == "4"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["X-Query-Timeout"] == "15000"
    assert "X-Last-Seen-Txn" not in headers


def test_the_time_of_a_success_goes_out_and_that_of_an_error_does_not(world: World) -> None:
    late = {**OVERLOADED, "headers": {"x-txn-time": "1900000000000000"}}
    world.answers(GOOD, late, GOOD)
    world.fetch()
    world.fetch()
    seen = [request.headers.get("X-Last-Seen-Txn") for request in world.requests]
    assert seen == [None, "1700000000000000", "1700000000000000"]


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_of_nothing_cannot_be_asked_for(size: int) -> None:
    """The server answers it with an empty page, which looks like the end."""
    with pytest.raises(ValueError, match="size below 1"):
        Request(build=lambda asked: asked, size=size)


def timed_out(node_time: str) -> dict[str, Any]:
    """What a server answers at the end of a query's time, whose clock shows this."""
    return {**refused(503, "time out", "Read timed out."), "headers": {"x-txn-time": node_time}}


def test_a_clock_that_is_behind_is_told_and_halves_no_page(world: World) -> None:
    """Without the rule, pages shrink to one document, and the error says that it is too slow to read."""
    world.answers(GOOD, *[timed_out("1699999990000000")] * 5, GOOD)
    world.fetch()
    page = world.fetch(size=8, takes=60.0)
    assert (page.size, page.shrunk) == (8, False)
    assert {each.error.kind for each in world.waits} == {Kind.CLOCK_BEHIND}
    assert "is 10 seconds behind a time that it told before" in str(world.waits[0])
    assert {request.headers.get("X-Last-Seen-Txn") for request in world.requests[1:]} == {"1700000000000000"}


def test_a_clock_that_stays_behind_is_what_a_request_ends_with(world: World) -> None:
    world.answers(GOOD, timed_out("1699999990000000"))
    world.fetch()
    with pytest.raises(FaunaError) as caught:
        world.fetch(size=8, takes=60.0)
    assert caught.value.kind is Kind.CLOCK_BEHIND
    assert not caught.value.status, "no document is said to be too slow"


@pytest.mark.parametrize("node_time", ["1700000000000000", "1700000000000001", "", "soon"])
def test_a_page_is_too_slow_when_the_clock_is_not_behind(world: World, node_time: str) -> None:
    world.answers(GOOD, timed_out(node_time), GOOD)
    world.fetch()
    assert world.fetch(size=8, takes=60.0).size == 4


def test_after_a_success_a_query_gets_its_full_time(world: World) -> None:
    world.answers(GOOD)
    world.fetch()
    world.fetch()
    assert world.requests[1].headers["X-Query-Timeout"] == "60000"


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        pytest.param(OVERLOADED, Kind.OVERLOADED, id="503"),
        pytest.param(BUSY, Kind.BUSY, id="429"),
        pytest.param(refused(409, "contended transaction", "Contended."), Kind.CONTENDED, id="409"),
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
def test_what_may_pass_is_asked_again(world: World, failure: dict[str, Any], kind: Kind) -> None:
    world.answers(failure, failure, GOOD)
    assert world.fetch().resource == 7
    assert [waiting.error.kind for waiting in world.waits] == [kind, kind]
    assert world.clock.slept == [0.5, 1.0]


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
def test_what_cannot_pass_is_told_at_once(world: World, status: int, code: str, kind: Kind) -> None:
    world.answers(refused(status, code, "No."), GOOD)
    with pytest.raises(FaunaError) as caught:
        world.fetch()
    assert (caught.value.kind, caught.value.status, caught.value.code) == (kind, status, code)
    assert world.clock.slept == []


def test_a_server_that_never_answered_is_given_up_after_twenty_seconds(world: World) -> None:
    world.answers({"exc": requests.ConnectionError})
    with pytest.raises(FaunaError, match="the connection failed"):
        world.fetch()
    assert world.clock.now <= 20.0


def test_an_outage_is_borne_for_half_an_hour(world: World) -> None:
    world.answers(GOOD, OVERLOADED)
    world.fetch()
    with pytest.raises(FaunaError) as caught:
        world.fetch()
    assert caught.value.kind is Kind.OVERLOADED
    assert 1700.0 < world.clock.now <= 1800.0
    assert max(world.clock.slept) == 30.0


def test_a_server_fault_is_asked_five_times(world: World) -> None:
    world.answers(GOOD, BROKEN)
    world.fetch()
    with pytest.raises(FaunaError):
        world.fetch()
    assert len(world.requests) == 1 + 5


def test_retry_after_is_honoured(world: World) -> None:
    world.answers({**BUSY, "headers": {"Retry-After": "7"}}, GOOD)
    page = world.fetch()
    assert world.clock.slept == [7.0]
    assert page.throttled


@pytest.mark.parametrize(("failure", "takes"), [(TOO_SLOW, 2.0), (TOO_WIDE, 0.0)], ids=["too slow", "too wide"])
def test_a_page_that_is_too_much_is_halved(world: World, failure: dict[str, Any], takes: float) -> None:
    world.answers(failure, failure, GOOD)
    page = world.fetch(size=10, takes=takes)
    assert world.bodies == ["10", "5", "2"]
    assert (page.size, page.shrunk) == (2, True)


def test_a_single_document_beyond_a_limit_is_an_error(world: World) -> None:
    world.answers(TOO_WIDE)
    with pytest.raises(FaunaError) as caught:
        world.fetch(size=2)
    assert world.bodies == ["2", "1"]
    assert caught.value.kind is Kind.TOO_LARGE


def test_a_page_longer_than_it_should_be_is_asked_for_in_halves_without_being_read(world: World) -> None:
    long = {**GOOD, "headers": {"Content-Length": "9000001"}}
    world.answers(long, long, GOOD)
    page = world.fetch(size=8, most_bytes=9_000_000)
    assert world.bodies == ["8", "4", "2"]
    assert (page.size, page.shrunk, page.resource) == (2, True, 7)
    assert world.clock.slept == [0.0, 0.0]


def test_a_page_that_is_many_times_too_long_shrinks_to_what_is_known_to_be_enough(world: World) -> None:
    world.answers({**GOOD, "headers": {"Content-Length": "90000000"}}, GOOD)
    page = world.fetch(size=100, most_bytes=9_000_000)
    assert (world.bodies, page.size, page.shrunk) == (["100", "10"], 10, True)


def test_a_length_without_any_meaning_leaves_a_single_document(world: World) -> None:
    world.answers({**GOOD, "headers": {"Content-Length": "9" * 400}}, GOOD)
    assert world.fetch(size=100, most_bytes=9_000_000).size == 1


def test_a_single_document_may_be_of_any_length(world: World) -> None:
    world.answers({**GOOD, "headers": {"Content-Length": "9000001"}})
    assert world.fetch(size=1, most_bytes=9_000_000).resource == 7


def test_an_encoding_that_nobody_asked_for_is_told_at_once(world: World) -> None:
    world.answers({**GOOD, "headers": {"Content-Encoding": "br"}})
    with pytest.raises(FaunaError, match="switch off compression in the proxy") as caught:
        world.fetch()
    assert (caught.value.kind, world.clock.slept) == (Kind.MISDIRECTED, [])


def test_a_delayed_request_waits_first(world: World) -> None:
    world.answers(GOOD)
    world.fetch(delay_seconds=3.0)
    assert world.clock.slept == [3.0]


def test_a_server_that_quotes_the_secret_does_not_get_it_out(world: World) -> None:
    world.answers(refused(403, "permission denied", f"Not with {SECRET}."))
    with pytest.raises(FaunaError) as caught:
        world.fetch()
    assert caught.value.reason == "403 permission denied: Not with ****"


def test_nothing_but_the_database_is_asked() -> None:
    """The driver's own client asks a package index when it is made, and a redirect would take the secret elsewhere."""
    with requests_mock.Mocker() as server:
        server.register_uri(requests_mock.ANY, requests_mock.ANY, json={"resource": "of another"})
        world = World(server)
        world.answers({"status_code": 302, "headers": {"Location": "http://elsewhere.test/"}}, GOOD)
        assert world.client.query(1) == 7
        assert [request.url for request in world.requests] == [f"{URL}/"] * 2


def test_a_password_for_the_host_does_not_take_the_place_of_the_secret(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "netrc"
    passwords.write_text(f"machine {CONNECTION['domain']} login me password mine", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(passwords))
    world.answers(GOOD)
    world.fetch()
    assert world.requests[0].headers["Authorization"] == f"Bearer {SECRET}"
