"""One HTTP exchange with a limit for the whole of it, and the short reason when it fails."""

from __future__ import annotations

import errno
import http.client
import io
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)


def receive(
    session: requests.Session,
    *,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    connect_seconds: float,
    answer_seconds: float,
) -> tuple[int, Mapping[str, str], bytes]:
    """POST the body; returns status, headers (any case) and the whole body of the answer.

    Connecting, asking and the whole answer take at most `answer_seconds`, if the session has a TimelyAdapter. Raises
    requests.RequestException: ReadTimeout when the answer is not whole by then, ConnectionError when the connection
    breaks or the body is shorter than promised.
    """
    limit: Any = Timeout(connect=connect_seconds, total=answer_seconds)
    try:
        with session.post(
            url, data=body, headers=dict(headers), timeout=limit, stream=True, allow_redirects=False
        ) as response:
            return response.status_code, response.headers, response.raw.read(decode_content=True)
    except requests.RequestException:
        raise
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except (HTTPError, OSError) as error:
        raise requests.ConnectionError(error) from error


class TimelyAdapter(HTTPAdapter):
    """Connections whose read time-out limits the whole answer, from its first header to its last byte.

    To others it limits each wait for a byte alone, and a server that sends one now and then keeps them for ever.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


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
        if seconds is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_TimelyReader(sock, time.monotonic() + seconds))


class _TimelyConnection(HTTPConnection):
    response_class = _TimelyResponse


class _TimelySecureConnection(HTTPSConnection):
    response_class = _TimelyResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimelyConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimelySecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "unknown host"),
    (socket.gaierror, "unknown host"),
    (ProxyError, "the proxy refused the connection"),
    (requests.exceptions.ProxyError, "the proxy refused the connection"),
    (requests.ConnectTimeout, "no connection in time"),
    (http.client.RemoteDisconnected, "the server closed the connection without an answer"),
    (http.client.BadStatusLine, "what answers does not speak HTTP: check scheme and port"),
    (ProtocolError, "the connection broke off"),
    (requests.exceptions.InvalidURL, "the address is not valid"),
    (requests.exceptions.InvalidSchema, "this address may not be reached from here"),
)


def reason_of(error: BaseException) -> str:
    """A short reason for a failed exchange, in words: never the text of an exception, which may quote headers."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"the server's certificate is not trusted: {link.verify_message}"
        if isinstance(link, ssl.SSLError):
            return "the server does not speak TLS as expected: check scheme and port"
        if type(link) is OSError and "CA certificate bundle" in str(link):
            return "the file of trusted certificates that the environment names does not exist"
        if isinstance(link, OSError) and link.errno in errno.errorcode and not isinstance(link, socket.gaierror):
            return os.strerror(link.errno or 0).lower()
    for kind, reason in _REASONS:
        if any(isinstance(link, kind) for link in chain):
            return reason
    return "no connection" if any(isinstance(link, NewConnectionError) for link in chain) else "the connection failed"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it was made from: causes, contexts, and errors packed into arguments."""
    pending, seen = [error], set()
    while pending:
        link = pending.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        packed = [argument for argument in link.args if isinstance(argument, BaseException)]
        reason = getattr(link, "reason", None)
        linked = [link.__cause__, link.__context__, reason if isinstance(reason, BaseException) else None]
        pending.extend([*packed, *(other for other in linked if other is not None)])
