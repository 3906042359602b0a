"""One exchange: its deadline, and how it fails."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
import requests
import requests_mock
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from source_fauna.database.transport import TimelyAdapter, _TimelyReader, receive
from unit_tests.configs import URL


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_what_comes_before_the_deadline_is_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    reader = _TimelyReader(ours, time.monotonic() + 60.0)
    theirs.sendall(b"hello")
    assert reader.readable()
    assert reader.read(3) == b"hel"
    assert reader.read(9) == b"lo"
    reader.close()


def test_after_the_deadline_nothing_is_read_though_it_is_there(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(b"late")
    with pytest.raises(TimeoutError):
        _TimelyReader(ours, time.monotonic()).read(4)


def test_a_wait_ends_at_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with pytest.raises(TimeoutError):
        _TimelyReader(ours, time.monotonic() + 0.01).read(1)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ReadTimeoutError(None, URL, "x"), requests.ReadTimeout),  # type: ignore[arg-type]
        (ProtocolError("x"), requests.ConnectionError),
        (OSError("x"), requests.ConnectionError),
        (ValueError("x"), requests.ConnectionError),
        (requests.exceptions.InvalidSchema("x"), requests.exceptions.InvalidSchema),
    ],
    ids=["read time-out", "protocol", "system", "redirect", "as it is"],
)
def test_every_failure_is_an_exception_of_requests(raised: Exception, told: type[Exception]) -> None:
    with requests_mock.Mocker() as server, requests.Session() as session:
        server.post(URL, exc=raised)
        with pytest.raises(told):
            receive(session, url=URL, body=b"1", headers={}, connect_seconds=1.0, answer_seconds=1.0)


def test_proxies_get_the_same_connections() -> None:
    adapter = TimelyAdapter()
    manager = adapter.proxy_manager_for("http://proxy.test:3128")
    assert manager.pool_classes_by_scheme == adapter.poolmanager.pool_classes_by_scheme
    adapter.close()
