"""One HTTP exchange with a limit for the whole of it, and the short reason when it fails."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

import requests
from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)

CHUNK_BYTES = 1 << 20
"""The most that is taken from the socket at once."""


def receive(
    session: requests.Session,
    *,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    connect_seconds: float,
    answer_seconds: float,
    clock: Callable[[], float],
) -> tuple[int, Mapping[str, str], bytes]:
    """POST the body; returns status, headers (any case) and the whole body of the answer.

    Raises requests.RequestException: ReadTimeout when the answer is not whole within `answer_seconds` (a read
    time-out alone would wait for ever on a server that sends a byte now and then), ConnectionError when the
    connection breaks or the body is shorter than promised.
    """
    deadline = clock() + connect_seconds + answer_seconds
    response = session.post(
        url,
        data=body,
        headers=dict(headers),
        timeout=(connect_seconds, answer_seconds),
        stream=True,
        allow_redirects=False,
    )
    with response:
        parts: list[bytes] = []
        try:
            for part in _parts(response):
                parts.append(part)
                if clock() > deadline:
                    raise requests.ReadTimeout(response=response)
        except ReadTimeoutError as error:
            raise requests.ReadTimeout(error, response=response) from error
        except (HTTPError, OSError) as error:
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError(error, response=response) from error
        return response.status_code, response.headers, b"".join(parts)


def _parts(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives; read1 returns with what is there instead of waiting for a full chunk."""
    if not hasattr(response.raw, "read1"):
        # A transport given by a test may be a plain file.
        yield response.content
        return
    while part := response.raw.read1(CHUNK_BYTES, decode_content=True):
        yield part
    if response.raw.length_remaining:
        raise ProtocolError("the answer broke off")


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "unknown host"),
    (socket.gaierror, "unknown host"),
    (ProxyError, "the proxy refused the connection"),
    (requests.exceptions.ProxyError, "the proxy refused the connection"),
    (requests.ConnectTimeout, "no connection in time"),
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
