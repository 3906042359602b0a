"""One HTTP exchange with a limit for its time and for the length of its answer."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import requests
from urllib3 import Timeout
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

MOST_BYTES = 64 << 20
"""Of any answer. The server stores at most 8 MiB of a document, which JSON makes a few times as long."""

MOST_BYTES_OF_AN_ERROR = 1 << 20
"""What is longer than this is no error of a Fauna server, and its status alone counts."""


_PIECE_BYTES = 1 << 20
"""What is read at once. Python keeps each chunk of a chunked answer apart until a read has all that it wants, and
64 MiB in chunks of two bytes take 4 GB."""

_LONGEST = 1 << 62
"""Of a length that is told: what is above it is no number that means anything."""


class AnswerTooLong(Exception):
    """The answer is longer than the caller can take: `excess` times as long, or 2 where that is not known."""

    def __init__(self, *, excess: float = 2.0) -> None:
        super().__init__(excess)
        self.excess = excess


class AnswerEncoded(Exception):
    """The answer has an encoding that the connector does not read, although the request asks for none."""


def receive(
    session: requests.Session,
    *,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    connect_seconds: float,
    answer_seconds: float,
    most_bytes: int = MOST_BYTES,
) -> tuple[int, Mapping[str, str], bytes]:
    """POST the body; returns status, headers (any case) and the whole body of the answer.

    Connecting, asking and the whole answer take at most `answer_seconds`, if the session has a TimelyAdapter. The body
    of an answer with another status than 200 or 201 is empty if it is too long or encoded.

    A proxy may compress an answer although the request asks it not to. Such an answer is unpacked, piece by piece.

    Raises AnswerTooLong if a result has more than `most_bytes`, unpacked, and AnswerEncoded. Little more than that is
    read or unpacked. Raises requests.RequestException: ReadTimeout when the answer is not whole by then,
    ConnectionError when the connection breaks or the body is too short.
    """
    limit: Any = Timeout(connect=connect_seconds, total=answer_seconds)
    asked = {**headers, "Accept-Encoding": "identity"}
    try:
        with session.post(url, data=body, headers=asked, timeout=limit, stream=True, allow_redirects=False) as response:
            return response.status_code, response.headers, _content(response, min(most_bytes, MOST_BYTES))
    except requests.RequestException:
        raise
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except (HTTPError, OSError, ValueError) as error:
        # A ValueError: a header makes no sense, such as a length of thousands of digits.
        raise requests.ConnectionError(error) from error


class _AsItIs:
    is_whole = True

    def piece(self, piece: bytes, most_bytes: int) -> bytes:  # noqa: ARG002 - a piece was read with this limit
        return piece


class _Unzipped:
    """Takes the pieces of a zlib or gzip stream. No piece unpacks to more than its caller still takes."""

    def __init__(self) -> None:
        # 32 is zlib's word for: find out which of the two it is.
        self._stream = zlib.decompressobj(32 + zlib.MAX_WBITS)

    @property
    def is_whole(self) -> bool:
        return self._stream.eof

    def piece(self, piece: bytes, most_bytes: int) -> bytes:
        try:
            return self._stream.decompress(piece, most_bytes)
        except zlib.error as error:
            raise DecodeError("it is broken") from error


_UNPACKERS: Mapping[str, type[_AsItIs | _Unzipped]] = {
    "": _AsItIs,
    "identity": _AsItIs,
    "gzip": _Unzipped,
    "x-gzip": _Unzipped,
    "deflate": _Unzipped,
}


def _content(response: requests.Response, most_bytes: int) -> bytes:
    is_result = response.status_code in (200, 201)
    try:
        return _bounded(response, most_bytes if is_result else MOST_BYTES_OF_AN_ERROR)
    except (AnswerTooLong, AnswerEncoded):
        if is_result:
            raise
        return b""


def _bounded(response: requests.Response, most_bytes: int) -> bytes:
    """The body, unpacked, unless it is too long or has an unknown encoding."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _UNPACKERS:
        raise AnswerEncoded
    unpack = _UNPACKERS[encoding]()
    # A Fauna server always tells the length. Then nothing of a long answer needs to be read.
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most_bytes:
        raise AnswerTooLong(excess=min(int(length), _LONGEST) / most_bytes)
    parts: list[bytes] = []
    left = most_bytes + 1
    # Only a read that finds nothing more notices that the body is too short.
    while left > 0 and (piece := response.raw.read(min(left, _PIECE_BYTES), decode_content=False)):
        part = unpack.piece(piece, left)
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise AnswerTooLong
    if not unpack.is_whole:
        raise DecodeError("it ends too soon")
    return parts[0] if len(parts) == 1 else b"".join(parts)
