"""Connections with a deadline for every step, and no redirects: what urllib3 and requests leave open."""

from __future__ import annotations

import http
import http.client
import io
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from source_fauna.database.lookup import addresses

LEAST_SECONDS = 0.001
"""A time-out of 0 would make a socket non-blocking."""

_WITHOUT_BODY = (
    http.HTTPStatus.SWITCHING_PROTOCOLS,
    http.HTTPStatus.NO_CONTENT,
    http.HTTPStatus.NOT_MODIFIED,
)


class TimelyAdapter(HTTPAdapter):
    """Connections whose connect time-out limits all addresses of a host, and whose read time-out the whole answer.

    urllib3 limits each address, and each wait for a byte. A host with six dead addresses takes six times as long then,
    and a server that sends a byte now and then keeps the client for ever.

    `authority` holds certificates in PEM, which are trusted beside those of the system or of the environment.
    """

    def __init__(self, *, connections: int, authority: str | None = None) -> None:
        self._options: dict[str, Any] = {} if authority is None else {"ssl_context": _trusting(authority)}
        super().__init__(pool_connections=1, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **(kwargs | self._options))
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool for a request. Raises InvalidProxyURL if the environment names a proxy by what is no address."""
        try:
            return super().get_connection_with_tls_context(*args, **kwargs)
        except requests.RequestException:
            raise
        except (TypeError, ValueError) as error:
            # It is not the address of the server, which the settings were checked for.
            raise requests.exceptions.InvalidProxyURL from error

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy. Raises InvalidSchema for a SOCKS proxy."""
        if str(args[0]).lower().startswith("socks"):
            # Without the package PySocks requests raises the same. With it, such connections would have no deadline.
            raise requests.exceptions.InvalidSchema("SOCKS")
        manager = super().proxy_manager_for(*args, **(kwargs | self._options))
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_response(self, *args: Any, **kwargs: Any) -> requests.Response:
        """The response. It does not say where a redirect leads: requests would read its whole body to find out."""
        response = super().build_response(*args, **kwargs)
        response.headers.pop("location", None)
        return response


def _trusting(authority: str) -> ssl.SSLContext:
    """A context to which requests adds the certificates of the system or of the environment."""
    context = create_urllib3_context()
    context.load_verify_locations(cadata=authority)
    # The user may give an intermediate certificate, without the root that signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


class _TimelyReader(io.RawIOBase):
    """What a socket receives, until the deadline of `time.monotonic`."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        # This keeps the socket open while the connection already counts as closed.
        self._stream = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimelyResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        seconds = sock.gettimeout()
        assert seconds is not None  # noqa: S101 - every exchange has a limit
        self.fp.close()
        self.fp = io.BufferedReader(_TimelyReader(sock, time.monotonic() + seconds))

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer itself: any 1xx but 101 only announces it, such as 103 Early Hints.

        Python skips 100 alone. It takes any other for the whole answer, and what follows for that to the next request.
        """
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not a public method
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)

    def begin(self) -> None:
        """Read the head. After an answer that has no body by its status, the connection is not used again.

        If there is a body all the same, it would be read as the answer to the next request.
        """
        super().begin()
        self.will_close = self.will_close or self.status in _WITHOUT_BODY


def connected(host: str, port: int, *, seconds: float, options: Sequence[Any]) -> socket.socket:
    """A connection to the first address of the host that takes one, within so many seconds for all of them.

    The look-up of the addresses is part of the time. Each of them gets an equal share of the time that is left, so that
    a dead one leaves time for the next. What is left in the end is the time-out of the socket, for the handshake.
    Raises the OSError of the last address.
    """
    deadline = time.monotonic() + seconds
    found = addresses(host, port, seconds=seconds)
    failure = OSError("the host has no address")
    for place, (family, kind, protocol, _, address) in enumerate(found):
        share = (deadline - time.monotonic()) / (len(found) - place)
        try:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in options:
                    sock.setsockopt(*option)
                sock.settimeout(max(LEAST_SECONDS, share))
                sock.connect(address)
            except OSError:
                sock.close()
                raise
        except OSError as error:
            failure = error
        else:
            sock.settimeout(max(LEAST_SECONDS, deadline - time.monotonic()))
            return sock
    raise failure


class _TimelyConnection(HTTPConnection):
    response_class = _TimelyResponse

    def _new_conn(self) -> socket.socket:
        """Connect, with the errors of urllib3. Its own connections to SOCKS proxies override the same method."""
        try:
            seconds: Any = self.timeout
            return connected(self._dns_host, self.port, seconds=seconds, options=self.socket_options or ())
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error


class _TimelySecureConnection(_TimelyConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimelyConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimelySecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}
