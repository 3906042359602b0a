"""Answers that are far longer than any of a Fauna database: what a broken proxy or another server may send."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from integration_tests.faults.servers import Handler, flooding

MEGABYTE = 1 << 20
GIGABYTE = 1 << 30
_PIECE = b" " * MEGABYTE
_CHUNK = b"100000\r\n" + _PIECE + b"\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def _packed(length: int) -> bytes:
    """A gzip stream of a result that holds so many blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b'{"resource":')]
    parts += [packer.compress(_PIECE) for _ in range(length // MEGABYTE)]
    return b"".join([*parts, packer.compress(b"7}"), packer.flush()])


def _gzip(length: int) -> tuple[bytes, bytes, int]:
    body = _packed(length)
    return OK + b"Content-Encoding: gzip\r\nContent-Length: %d" % len(body), body, 1


_LENGTH = b"Content-Length: %d" % GIGABYTE
_LISTS = b"[]," * 350_000
_BEGUN = b'\r\n\r\n{"resource":['
"""The beginning of a body, in place of the end of its head."""
_ANSWERS: Mapping[str, tuple[bytes, bytes, int]] = {
    "101 MB in gzip": _gzip(101 * 1_000_000),
    "a gigabyte in gzip": _gzip(GIGABYTE),
    "a gigabyte": (OK + _LENGTH, _PIECE, 1024),
    "60 MB of empty lists": (OK + b"Content-Length: %d" % (57 * len(_LISTS)) + _BEGUN, _LISTS, 57),
    "a gigabyte in chunks": (OK + b"Transfer-Encoding: chunked", _CHUNK, 1024),
    "a gigabyte without a length": (OK + b"Connection: close", _PIECE, 1024),
    "a redirect of a gigabyte": (b"HTTP/1.1 302 Found\r\nLocation: /there\r\n" + _LENGTH, _PIECE, 1024),
    "a redirect of a gigabyte in chunks": (
        b"HTTP/1.1 302 Found\r\nLocation: /there\r\nTransfer-Encoding: chunked",
        _CHUNK,
        1024,
    ),
    "an error of a gigabyte": (b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked", _CHUNK, 1024),
}

FLOODS = tuple(_ANSWERS)


def flood(name: str, sent: list[int] | None = None) -> Handler:
    """A server that answers so; `sent` is that of `flooding`."""
    return flooding(*_ANSWERS[name], sent)
