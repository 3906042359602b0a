"""Why a server gave no answer, in words: never the text of an exception, which may quote headers."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError, ProtocolError, ProxyError


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A short reason; unless it `passes`, asking again does not help."""

    text: str
    passes: bool = True


_SOCKS = Reason(text="the environment names a SOCKS proxy, which cannot be used", passes=False)
_CERTIFICATES = Reason(text="the file of trusted certificates that the environment names cannot be used", passes=False)
_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (requests.exceptions.InvalidProxyURL, Reason(text="the address of the proxy is not valid", passes=False)),
    (ProxyError, Reason(text="the proxy cannot be reached, or refused the connection")),
    (requests.exceptions.ProxyError, Reason(text="the proxy cannot be reached, or refused the connection")),
    (ssl.SSLError, Reason(text="the server does not speak TLS as expected: check scheme and port")),
    (NameResolutionError, Reason(text="unknown host")),
    (socket.gaierror, Reason(text="unknown host")),
    (requests.ConnectTimeout, Reason(text="no connection in time")),
    (http.client.RemoteDisconnected, Reason(text="the server closed the connection without an answer")),
    (http.client.BadStatusLine, Reason(text="what answers does not speak HTTP: check scheme and port")),
    (requests.exceptions.InvalidURL, Reason(text="the address is not valid", passes=False)),
    (
        requests.exceptions.InvalidSchema,
        Reason(text="Airbyte Cloud reaches only https and public addresses", passes=False),
    ),
)
"""By the first kind of error that is somewhere in the chain; the system's own words come behind the proxy's."""

_LESS_TELLING: tuple[tuple[type[BaseException], Reason], ...] = (
    (ProtocolError, Reason(text="the connection broke off")),
    (NewConnectionError, Reason(text="no connection")),
)


def reason_of(error: BaseException) -> Reason:
    """The reason of a failed exchange."""
    chain = list(_chain(error))
    return (
        _of_settings(chain)
        or _by_kind(chain, _REASONS)
        or _of_system(chain)
        or _by_kind(chain, _LESS_TELLING)
        or (Reason(text="the connection failed"))
    )


def _of_settings(chain: list[BaseException]) -> Reason | None:
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return Reason(text=f"the server's certificate is not trusted: {link.verify_message}", passes=False)
        if isinstance(link, ssl.SSLError) and getattr(link, "library", None) in ("X509", "PEM"):
            return _CERTIFICATES
        if type(link) is OSError and "CA certificate bundle" in str(link):
            return _CERTIFICATES
        if isinstance(link, requests.exceptions.InvalidSchema) and "SOCKS" in str(link):
            return _SOCKS
    return None


def _by_kind(chain: list[BaseException], reasons: tuple[tuple[type[BaseException], Reason], ...]) -> Reason | None:
    found = (reason for kind, reason in reasons if any(isinstance(link, kind) for link in chain))
    return next(found, None)


def _of_system(chain: list[BaseException]) -> Reason | None:
    """The system's own words, such as "connection refused"."""
    for link in chain:
        if isinstance(link, OSError) and link.errno in errno.errorcode and not isinstance(link, socket.gaierror):
            return Reason(text=os.strerror(link.errno or 0).lower())
    return None


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
