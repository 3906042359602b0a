"""The look-up of a host: its addresses, its errors, and its time limit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from source_fauna.database.lookup import LookUpTooSlow, addresses


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Name servers that do not answer."""
    ends = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: ends.wait())
    yield
    ends.set()


def test_an_address_is_its_own_host() -> None:
    (found,) = addresses("127.0.0.1", 8443, seconds=60.0)
    assert (found[1], found[4]) == (socket.SOCK_STREAM, ("127.0.0.1", 8443))


@pytest.mark.usefixtures("silence")
def test_name_servers_that_are_silent_are_not_waited_for() -> None:
    with pytest.raises(LookUpTooSlow):
        addresses("db.test", 8443, seconds=0.01)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "x"), UnicodeError("x"), TimeoutError("x")])
def test_an_error_of_the_look_up_is_the_same(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(type(error)) as raised:
        addresses("db.test", 8443, seconds=60.0)
    assert raised.value is error
