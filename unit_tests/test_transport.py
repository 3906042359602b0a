"""The reasons of failed exchanges in words, and the deadline of an answer."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
import requests
import requests_mock
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)

from source_fauna.transport import TimelyAdapter, _TimelyReader, reason_of, receive

URL = "http://db.test:8443/"


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def unreached(reason: Exception) -> requests.ConnectionError:
    """What requests makes of what urllib3 makes of a cause."""
    return requests.ConnectionError(MaxRetryError(None, URL, reason))  # type: ignore[arg-type]  # the pool is not shown


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


REASONS: dict[str, tuple[Exception, str]] = {
    "refused": (
        unreached(
            caused(NewConnectionError(None, "no"), OSError(errno.ECONNREFUSED, "x"))  # type: ignore[arg-type]
        ),
        "connection refused",
    ),
    "no route": (unreached(OSError(errno.EHOSTUNREACH, "x")), "no route to host"),
    "unknown host": (
        unreached(NameResolutionError("db", None, socket.gaierror(-2, "x"))),  # type: ignore[arg-type]
        "unknown host",
    ),
    "reset": (
        requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(errno.ECONNRESET, "x"))),
        "connection reset by peer",
    ),
    "closed without an answer": (
        requests.ConnectionError(ProtocolError("Connection aborted.", http.client.RemoteDisconnected("x"))),
        "the server closed the connection without an answer",
    ),
    "no HTTP": (
        requests.ConnectionError(ProtocolError("Connection aborted.", http.client.BadStatusLine("220 mail"))),
        "what answers does not speak HTTP: check scheme and port",
    ),
    "broken off": (
        requests.ConnectionError(ProtocolError("broken", http.client.IncompleteRead(b"", 9))),
        "the connection broke off",
    ),
    "certificate": (
        requests.exceptions.SSLError(untrusted()),
        "the server's certificate is not trusted: self-signed certificate",
    ),
    "no TLS": (
        requests.exceptions.SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")),
        "the server does not speak TLS as expected: check scheme and port",
    ),
    "no file of authorities": (
        requests.ConnectionError(OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /x")),
        "the file of trusted certificates that the environment names does not exist",
    ),
    "connect time-out": (requests.ConnectTimeout(), "no connection in time"),
    "proxy": (
        requests.exceptions.ProxyError(ProxyError("407", OSError("x"))),
        "the proxy refused the connection",
    ),
    "address": (requests.exceptions.InvalidURL("http://user:secret@db"), "the address is not valid"),
    "guarded": (requests.exceptions.InvalidSchema("x"), "this address may not be reached from here"),
    "not known": (
        unreached(NewConnectionError(None, "x")),  # type: ignore[arg-type]
        "no connection",
    ),
    "something else": (requests.ConnectionError("Bearer secret"), "the connection failed"),
}


@pytest.mark.parametrize(("error", "reason"), REASONS.values(), ids=REASONS)
def test_a_failure_has_a_reason_in_words(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_a_chain_that_bites_its_tail_is_borne() -> None:
    error = requests.ConnectionError()
    error.__cause__ = error
    assert reason_of(error) == "the connection failed"


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
        (requests.exceptions.InvalidSchema("x"), requests.exceptions.InvalidSchema),
    ],
    ids=["read time-out", "protocol", "system", "as it is"],
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
