"""One HTTP exchange with a limit for its time and for the length of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

MOST_BYTES = 64 << 20
"""Of any answer. The server stores at most 8 MiB of a document, which JSON makes a few times as long."""

MOST_BYTES_OF_AN_ERROR = 1 << 20
"""What is longer than this is no error of a Fauna server, and its status alone counts."""


class AnswerTooLong(Exception):
    """The answer is longer than the caller can take."""


class AnswerCompressed(Exception):
    """The answer is compressed, though the request asks for none: a short one may hold gigabytes."""


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
    of an answer with another status than 200 or 201 is empty if it is too long or compressed.

    Raises AnswerTooLong if a result has more than `most_bytes`, of which no more is read, and AnswerCompressed. Raises
    requests.RequestException: ReadTimeout when the answer is not whole by then, ConnectionError when the connection
    breaks or the body is too short.
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


def _content(response: requests.Response, most_bytes: int) -> bytes:
    is_result = response.status_code in (200, 201)
    try:
        return _bounded(response, most_bytes if is_result else MOST_BYTES_OF_AN_ERROR)
    except (AnswerTooLong, AnswerCompressed):
        if is_result:
            raise
        return b""


def _bounded(response: requests.Response, most_bytes: int) -> bytes:
    """The body, unless it is too long or compressed."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise AnswerCompressed
    # A Fauna server always tells the length. Then nothing of a long answer needs to be read.
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most_bytes:
        raise AnswerTooLong
    parts: list[bytes] = []
    left = most_bytes + 1
    # Only a read that finds nothing more notices that the body is too short.
    while left and (part := response.raw.read(left, decode_content=False)):
        parts.append(part)
        left -= len(part)
    if not left:
        raise AnswerTooLong
    return parts[0] if len(parts) == 1 else b"".join(parts)
