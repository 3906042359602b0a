"""Why a server gave no answer. The texts are our own, because the text of an exception may quote headers."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import requests
from urllib3.exceptions import DecodeError, NameResolutionError, NewConnectionError, ProtocolError, ProxyError

from source_fauna.database.lookup import LookUpTooSlow
from source_fauna.errors.table import Kind


class Reason(NamedTuple):
    """What a missing answer means, and a short reason for the user."""

    kind: Kind
    text: str


_SOCKS = Reason(Kind.MISDIRECTED, "the environment names a SOCKS proxy, which cannot be used")
_CERTIFICATES = Reason(Kind.MISDIRECTED, "the file of trusted certificates that the environment names cannot be used")
_FILES = Reason(Kind.MISDIRECTED, "a file that the environment names, such as SSLKEYLOGFILE, cannot be opened")
_NO_HTTP = Reason(Kind.UNREACHABLE, "what answers does not speak HTTP: check scheme and port")
_PROXY = Reason(Kind.UNREACHABLE, "the proxy cannot be reached, or refused the connection")
_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (requests.exceptions.InvalidProxyURL, Reason(Kind.MISDIRECTED, "the address of the proxy is not valid")),
    (ProxyError, _PROXY),
    (requests.exceptions.ProxyError, _PROXY),
    (ssl.SSLError, Reason(Kind.UNREACHABLE, "the server does not speak TLS as expected: check scheme and port")),
    (NameResolutionError, Reason(Kind.UNREACHABLE, "unknown host")),
    (socket.gaierror, Reason(Kind.UNREACHABLE, "unknown host")),
    (
        LookUpTooSlow,
        Reason(Kind.UNREACHABLE, "the name servers of this machine did not tell the address of the host in time"),
    ),
    (requests.ConnectTimeout, Reason(Kind.UNREACHABLE, "no connection in time")),
    (http.client.RemoteDisconnected, Reason(Kind.UNREACHABLE, "the server closed the connection without an answer")),
    (http.client.IncompleteRead, Reason(Kind.UNREACHABLE, "the connection broke off")),
    (http.client.HTTPException, _NO_HTTP),
    (requests.exceptions.InvalidURL, Reason(Kind.MISDIRECTED, "the address is not valid")),
    (
        requests.exceptions.InvalidSchema,
        Reason(Kind.MISDIRECTED, "Airbyte Cloud reaches only https and public addresses"),
    ),
)
"""The reason for each type of exception; the first row with a type from the chain of exceptions counts. These come
before the system's own texts, because the error of a proxy also has a system error in its chain."""

_LESS_TELLING: tuple[tuple[type[BaseException], Reason], ...] = (
    (ProtocolError, Reason(Kind.UNREACHABLE, "the connection broke off")),
    (NewConnectionError, Reason(Kind.UNREACHABLE, "no connection")),
    (DecodeError, Reason(Kind.UNREACHABLE, "the answer is compressed and broken: look at the proxy between")),
    # A header that makes no sense, such as a length of thousands of digits.
    (ValueError, _NO_HTTP),
)


def reason_of(error: BaseException) -> Reason:
    """The reason of a failed exchange."""
    chain = list(_chain(error))
    return (
        _of_settings(chain)
        or _by_kind(chain, _REASONS)
        or _of_system(chain)
        or _by_kind(chain, _LESS_TELLING)
        or Reason(Kind.UNREACHABLE, "the connection failed")
    )


def _of_settings(chain: list[BaseException]) -> Reason | None:
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return Reason(Kind.MISDIRECTED, f"the server's certificate is not trusted: {link.verify_message}")
        if isinstance(link, ssl.SSLError) and getattr(link, "library", None) in ("X509", "PEM"):
            return _CERTIFICATES
        if type(link) is OSError and "CA certificate bundle" in str(link):
            return _CERTIFICATES
        if isinstance(link, OSError) and link.filename is not None:
            return _FILES
        if isinstance(link, requests.exceptions.InvalidSchema) and "SOCKS" in str(link):
            return _SOCKS
    return None


def _by_kind(chain: list[BaseException], reasons: tuple[tuple[type[BaseException], Reason], ...]) -> Reason | None:
    found = (reason for kind, reason in reasons if any(isinstance(link, kind) for link in chain))
    return next(found, None)


def _of_system(chain: list[BaseException]) -> Reason | None:
    """The operating system's text, such as "connection refused"."""
    for link in chain:
        if isinstance(link, OSError) and link.errno in errno.errorcode and not isinstance(link, socket.gaierror):
            return Reason(Kind.UNREACHABLE, os.strerror(link.errno or 0).lower())
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all errors that led to it: causes, contexts, and errors among the arguments."""
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
