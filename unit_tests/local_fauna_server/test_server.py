"""The server as a client of a real Fauna sees it: connections, headers, latency, start and stop."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

from local_fauna import LocalFauna

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = b'{"now":null}'


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    with LocalFauna() as running:
        yield running


def headers(fauna: LocalFauna) -> dict[str, str]:
    return {"Authorization": f"Bearer {fauna.secret}", "X-FaunaDB-API-Version": "4"}


def test_a_connection_is_kept_and_every_answer_carries_its_length(fauna: LocalFauna) -> None:
    client = http.client.HTTPConnection(fauna.domain, fauna.port, timeout=5)
    with_length = []
    for _ in range(3):
        client.request("POST", "/", NOW, headers(fauna))
        answer = client.getresponse()
        with_length.append(int(answer.headers["content-length"]) == len(answer.read()))
        assert "content-encoding" not in answer.headers
        assert int(answer.headers["x-txn-time"]) > 0
    client.close()
    assert with_length == [True] * 3


def test_answers_do_not_wait_for_acknowledgements(fauna: LocalFauna) -> None:
    with requests.Session() as session:
        began = time.monotonic()
        for _ in range(20):
            session.post(fauna.url, NOW, headers=headers(fauna), timeout=5)
        assert time.monotonic() - began < 20 * 0.04


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/", 200), ("POST", "/nowhere", 404), ("PUT", "/", 405), ("GET", "/ping", 200)],
)
def test_the_engine_routes(fauna: LocalFauna, method: str, path: str, status: int) -> None:
    answer = requests.request(method, fauna.url + path, data=NOW, headers=headers(fauna), timeout=5)
    assert answer.status_code == status


def test_a_wrong_secret_is_refused(fauna: LocalFauna) -> None:
    answer = requests.post(fauna.url, NOW, headers={"Authorization": "Bearer other"}, timeout=5)
    assert answer.status_code == 401


def test_only_this_machine_is_listened_to(fauna: LocalFauna) -> None:
    assert fauna.domain == "127.0.0.1"
    assert fauna.url == f"http://127.0.0.1:{fauna.port}"


def test_latency_holds_no_other_request_up(fauna: LocalFauna) -> None:
    fauna.latency_seconds = 0.1
    with ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        statuses = list(
            pool.map(
                lambda _: requests.post(fauna.url, NOW, headers=headers(fauna), timeout=5).status_code,
                range(8),
            )
        )
        seconds = time.monotonic() - began
    assert statuses == [200] * 8
    assert 0.1 <= seconds < 0.5


def test_requests_are_remembered_and_counted(fauna: LocalFauna) -> None:
    requests.post(fauna.url, NOW, headers=headers(fauna), timeout=5)
    requests.post(fauna.url, b"no json", headers=headers(fauna), timeout=5)
    first, second = fauna.requests
    assert (first.expression, first.status, first.fault) == ({"now": None}, 200, None)
    assert (second.expression, second.status) == (None, 400)
    assert first.headers["x-faunadb-api-version"] == "4"
    assert first.at <= second.at
    assert (fauna.count(), fauna.count(lambda expression: expression == {"now": None})) == (2, 1)
    fauna.reset_requests()
    assert fauna.requests == []


def test_stopping_is_quick_and_leaves_no_thread_whatever_is_open() -> None:
    before = set(threading.enumerate())
    fauna = LocalFauna(latency_seconds=60)
    fauna.start()
    address = (fauna.domain, fauna.port)
    head = b"POST / HTTP/1.1\r\nhost: x\r\n"
    with socket.create_connection(address) as idle, socket.create_connection(address) as waiting:
        waiting.sendall(head + b"content-length: 12\r\n\r\n" + NOW)
        with socket.create_connection(address) as half_sent:
            half_sent.sendall(head + b"content-length: 12\r\n\r\n{")
            began = time.monotonic()
            fauna.stop()
            assert time.monotonic() - began < 0.2
        for client in (idle, waiting):
            client.settimeout(1)
            assert closed(client)
    assert set(threading.enumerate()) == before


def closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_port_is_free_again_after_stop_and_refused_while_taken() -> None:
    with LocalFauna() as first:
        with pytest.raises(OSError, match="in use"):
            LocalFauna(port=first.port).start()
        port = first.port
    with LocalFauna(port=port) as second:
        assert second.port == port


def test_it_can_be_stopped_and_started_again_on_its_port_with_what_it_holds() -> None:
    fauna = LocalFauna()
    fauna.query({"create_collection": {"object": {"name": "kept"}}})
    for _ in range(2):
        with fauna:
            answer = requests.post(
                fauna.url, json={"exists": {"collection": "kept"}}, headers=headers(fauna), timeout=5
            )
        assert answer.json() == {"resource": True}


def test_stop_without_start_is_nothing() -> None:
    LocalFauna().stop()
