"""Connections: deadlines over all addresses and the whole answer, no SOCKS, no redirects, own authorities."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from urllib3 import HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from integration_tests.faults.certificates import certificate
from source_fauna.database.connections import TimelyAdapter, _TimelyReader, connected
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


def test_proxies_get_the_same_connections() -> None:
    adapter = TimelyAdapter(connections=1)
    manager = adapter.proxy_manager_for("http://proxy.test:3128")
    assert manager.pool_classes_by_scheme == adapter.poolmanager.pool_classes_by_scheme
    adapter.close()


@pytest.mark.parametrize("proxy", ["socks5://proxy.test:1080", "SOCKS5H://proxy.test:1080", "socks4a://proxy.test"])
def test_a_socks_proxy_is_refused_although_pysocks_is_there(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setattr("requests.adapters.SOCKSProxyManager", lambda *_, **__: PoolManager())
    with pytest.raises(requests.exceptions.InvalidSchema, match="SOCKS"):
        TimelyAdapter(connections=1).proxy_manager_for(proxy)


def test_a_response_does_not_say_where_a_redirect_leads() -> None:
    """The library requests reads the body of such a response, even if it does not follow the redirect."""
    raw = HTTPResponse(io.BytesIO(b"long"), headers={"Location": "/x", "Via": "y"}, status=302, preload_content=False)
    request = requests.Request("POST", URL).prepare()
    assert dict(TimelyAdapter(connections=1).build_response(request, raw).headers) == {"Via": "y"}


def test_an_authority_is_trusted_by_direct_and_by_proxied_connections() -> None:
    adapter = TimelyAdapter(connections=1, authority=certificate("ours"))
    for manager in (adapter.poolmanager, adapter.proxy_manager_for("http://proxy.test:3128")):
        context = manager.connection_pool_kw["ssl_context"]
        assert [dict(each["subject"][0])["commonName"] for each in context.get_ca_certs()] == ["ours"]
        assert context.verify_mode is ssl.CERT_REQUIRED
    assert "ssl_context" not in TimelyAdapter(connections=1).poolmanager.connection_pool_kw


class Network:
    """Addresses that take no connection, each for its whole time-out, but the last of `lives`; and its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, addresses: int, *, lives: bool) -> None:
        self.now = 0.0
        self.timeouts: list[float] = []
        self.closed = 0
        network = self

        class Socket:
            def __init__(self, *_: Any) -> None:
                self.timeout = 0.0

            def setsockopt(self, *_: Any) -> None:
                """Options make no difference here."""

            def settimeout(self, seconds: float) -> None:
                self.timeout = seconds

            def connect(self, address: int) -> None:
                network.timeouts.append(self.timeout)
                if lives and address == addresses:
                    return
                network.now += self.timeout
                raise TimeoutError

            def close(self) -> None:
                network.closed += 1

        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", number) for number in range(1, addresses + 1)]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr("socket.socket", Socket)
        monkeypatch.setattr("time.monotonic", lambda: self.now)

    def connect(self) -> Any:
        return connected("db.test", 8443, seconds=12.0, options=[(6, 1, 1)])


def test_dead_addresses_share_one_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, 6, lives=False)
    with pytest.raises(TimeoutError):
        network.connect()
    assert network.timeouts == pytest.approx([2.0] * 6)
    assert network.now == pytest.approx(12.0)
    assert network.closed == 6


@pytest.mark.parametrize(("addresses", "error"), [(2, ConnectTimeoutError), (0, NewConnectionError)])
def test_a_connection_fails_with_the_errors_of_urllib3(
    monkeypatch: pytest.MonkeyPatch, addresses: int, error: type[Exception]
) -> None:
    Network(monkeypatch, addresses, lives=False)
    connection = TimelyAdapter(connections=1).poolmanager.connection_from_url("http://db.test:8443")._new_conn()
    assert isinstance(connection, HTTPConnection)
    connection.timeout = 12.0
    with pytest.raises(error):
        connection.connect()


def test_an_address_behind_dead_ones_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, 3, lives=True)
    assert network.connect().timeout == pytest.approx(4.0)
    assert network.closed == 2


def test_a_host_without_addresses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="no address"):
        Network(monkeypatch, 0, lives=False).connect()
