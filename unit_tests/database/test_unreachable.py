"""Why there was no answer, in words that quote nothing, and whether asking again may help."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)

from source_fauna.database.lookup import LookUpTooSlow
from source_fauna.database.unreachable import reason_of
from source_fauna.errors.table import Kind
from unit_tests.configs import URL


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def no_authorities() -> ssl.SSLError:
    error = ssl.SSLError(136, "[X509: NO_CERTIFICATE_OR_CRL_FOUND]")
    error.library = "X509"
    return error


def unreached(reason: Exception) -> requests.ConnectionError:
    """What requests makes of what urllib3 makes of a cause."""
    return requests.ConnectionError(MaxRetryError(None, URL, reason))  # type: ignore[arg-type]  # the pool is not shown


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


CERTIFICATES = "the file of trusted certificates that the environment names cannot be used"
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
    "a line without an end": (
        requests.ConnectionError(ProtocolError("Connection aborted.", http.client.LineTooLong("header line"))),
        "what answers does not speak HTTP: check scheme and port",
    ),
    "headers without an end": (
        requests.ConnectionError(ProtocolError("Connection aborted.", http.client.HTTPException("got more than 100"))),
        "what answers does not speak HTTP: check scheme and port",
    ),
    "a header that makes no sense": (
        requests.ConnectionError(ValueError("Exceeds the limit")),
        "what answers does not speak HTTP: check scheme and port",
    ),
    "broken gzip": (
        requests.ConnectionError(DecodeError("it is broken")),
        "the answer is compressed and broken: look at the proxy between",
    ),
    "name servers that are silent": (
        requests.ConnectTimeout(unreached(caused(ConnectTimeoutError(None, "x"), LookUpTooSlow("x")))),
        "the name servers of this machine did not tell the address of the host in time",
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
        CERTIFICATES,
    ),
    "no file of keys": (
        requests.ConnectionError(FileNotFoundError(errno.ENOENT, "x", "/nope")),
        "a file that the environment names, such as SSLKEYLOGFILE, cannot be opened",
    ),
    "connect time-out": (requests.ConnectTimeout(), "no connection in time"),
    "proxy": (
        requests.exceptions.ProxyError(ProxyError("407", OSError("x"))),
        "the proxy cannot be reached, or refused the connection",
    ),
    "proxy that refuses": (
        requests.exceptions.ProxyError(
            ProxyError("no", caused(NewConnectionError(None, "no"), OSError(errno.ECONNREFUSED, "x")))  # type: ignore[arg-type]
        ),
        "the proxy cannot be reached, or refused the connection",
    ),
    "proxy without an address": (
        requests.exceptions.InvalidProxyURL("http://user:secret@"),
        "the address of the proxy is not valid",
    ),
    "SOCKS": (
        requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
        "the environment names a SOCKS proxy, which cannot be used",
    ),
    "no authorities in the file": (requests.exceptions.SSLError(no_authorities()), CERTIFICATES),
    "address": (requests.exceptions.InvalidURL("http://user:secret@db"), "the address is not valid"),
    "guarded": (requests.exceptions.InvalidSchema("x"), "Airbyte Cloud reaches only https and public addresses"),
    "not known": (
        unreached(NewConnectionError(None, "x")),  # type: ignore[arg-type]
        "no connection",
    ),
    "something else": (requests.ConnectionError("Bearer secret"), "the connection failed"),
}


@pytest.mark.parametrize(("error", "reason"), REASONS.values(), ids=REASONS)
def test_a_failure_has_a_reason_in_words(error: Exception, reason: str) -> None:
    assert reason_of(error).text == reason


SETTINGS = (
    "certificate",
    "no file of authorities",
    "no authorities in the file",
    "proxy without an address",
    "SOCKS",
    "no file of keys",
)


@pytest.mark.parametrize("name", REASONS)
def test_what_only_a_person_can_mend_is_not_asked_again(name: str) -> None:
    by_hand = name in (*SETTINGS, "address", "guarded")
    assert reason_of(REASONS[name][0]).kind is (Kind.MISDIRECTED if by_hand else Kind.UNREACHABLE)


def test_a_chain_that_bites_its_tail_is_borne() -> None:
    error = requests.ConnectionError()
    error.__cause__ = error
    assert reason_of(error).text == "the connection failed"
