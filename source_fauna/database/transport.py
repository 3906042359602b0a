"""One HTTP exchange with a limit for the whole of it."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError


class AnswerTooLong(Exception):
    """The answer is longer than the one who asked can bear."""


def receive(
    session: requests.Session,
    *,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    connect_seconds: float,
    answer_seconds: float,
    most_bytes: int | None = None,
) -> tuple[int, Mapping[str, str], bytes]:
    """POST the body; returns status, headers (any case) and the whole body of the answer.

    Connecting, asking and the whole answer take at most `answer_seconds`, if the session has a TimelyAdapter. Raises
    AnswerTooLong, before reading it, if it has more than `most_bytes`. Raises requests.RequestException: ReadTimeout
    when the answer is not whole by then, ConnectionError when the connection breaks or the body is too short.
    """
    limit: Any = Timeout(connect=connect_seconds, total=answer_seconds)
    try:
        with session.post(
            url, data=body, headers=dict(headers), timeout=limit, stream=True, allow_redirects=False
        ) as response:
            # A Fauna server always tells the length.
            length = response.headers.get("content-length", "")
            if most_bytes is not None and length.isdecimal() and int(length) > most_bytes:
                raise AnswerTooLong
            return response.status_code, response.headers, response.raw.read(decode_content=True)
    except requests.RequestException:
        raise
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except (HTTPError, OSError, ValueError) as error:
        # A ValueError: requests looks where a redirect leads to, though it is not followed, and cannot read that.
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
        assert seconds is not None  # noqa: S101 - every exchange has a limit
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
