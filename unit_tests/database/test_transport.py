"""One exchange: how much of an answer is read, and how it fails."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import requests
import requests_mock
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from source_fauna.database.transport import MOST_BYTES, MOST_BYTES_OF_AN_ERROR, AnswerEncoded, AnswerTooLong, receive
from unit_tests.configs import URL


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ReadTimeoutError(None, URL, "x"), requests.ReadTimeout),  # type: ignore[arg-type]
        (ProtocolError("x"), requests.ConnectionError),
        (OSError("x"), requests.ConnectionError),
        (ValueError("x"), requests.ConnectionError),
        (requests.exceptions.InvalidSchema("x"), requests.exceptions.InvalidSchema),
    ],
    ids=["read time-out", "protocol", "system", "header", "as it is"],
)
def test_every_failure_is_an_exception_of_requests(raised: Exception, told: type[Exception]) -> None:
    with requests_mock.Mocker() as server, requests.Session() as session:
        server.post(URL, exc=raised)
        with pytest.raises(told):
            receive(session, url=URL, body=b"1", headers={}, connect_seconds=1.0, answer_seconds=1.0)


GZIP = {"Content-Encoding": "gzip"}


def answer(*, most_bytes: int = 10, **given: Any) -> tuple[int, bytes]:
    """Status and body of an answer of the mocked server, with a limit for a result."""
    with requests_mock.Mocker() as server, requests.Session() as session:
        server.post(URL, **given)
        status, _, body = receive(
            session, url=URL, body=b"1", headers={}, connect_seconds=1.0, answer_seconds=1.0, most_bytes=most_bytes
        )
        assert server.request_history[0].headers["Accept-Encoding"] == "identity"
    return status, body


def test_a_result_as_long_as_allowed_is_read() -> None:
    assert answer(content=b"0123456789") == (200, b"0123456789")
    assert answer(content=b"") == (200, b"")
    assert answer(content=b"0", headers={"Content-Encoding": "Identity"}) == (200, b"0")


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("GZip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_result_that_a_proxy_has_compressed_is_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    most_bytes = len(pack(b"0123456789"))
    packed = {"content": pack(b"0123456789"), "headers": {"Content-Encoding": encoding}}
    assert answer(most_bytes=most_bytes, **packed) == (200, b"0123456789")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"content": b"0123456789a"}, AnswerTooLong),
        ({"content": b"0", "headers": {"Content-Length": "11"}}, AnswerTooLong),
        ({"content": gzip.compress(b"0123456789a"), "headers": GZIP}, AnswerTooLong),
        ({"content": gzip.compress(bytes(1_000_000)), "headers": GZIP}, AnswerTooLong),
        ({"content": gzip.compress(b"0")[:-1], "headers": GZIP}, requests.ConnectionError),
        ({"content": b"no gzip", "headers": GZIP}, requests.ConnectionError),
        ({"content": b"0", "headers": {"Content-Encoding": "br"}}, AnswerEncoded),
        ({"content": b"0", "headers": {"Content-Length": "9" * 5_000}}, requests.ConnectionError),
    ],
    ids=[
        "too long",
        "too long by its header",
        "too long unpacked",
        "a bomb",
        "cut off in gzip",
        "broken gzip",
        "another encoding",
        "a length that is none",
    ],
)
def test_a_result_that_is_too_much_is_refused(given: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        answer(**given)


@pytest.mark.parametrize(
    "given",
    [{"content": b" " * (MOST_BYTES_OF_AN_ERROR + 1)}, {"content": b"0", "headers": {"Content-Encoding": "br"}}],
    ids=["too long", "another encoding"],
)
def test_an_error_that_is_too_much_is_its_status_alone(given: dict[str, Any]) -> None:
    assert answer(status_code=502, **given) == (502, b"")
    assert answer(status_code=502, content=b"0" * 11) == (502, b"0" * 11)


def test_no_read_takes_much_at_once() -> None:
    """Python keeps the chunks of a read apart: 64 MiB in chunks of two bytes took 4.5 GB."""
    asked: list[int] = []

    class Body(io.BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            asked.append(-1 if most is None else most)
            return super().read(most)

    body = bytes(3 << 20)
    raw = HTTPResponse(Body(body), status=200, preload_content=False)
    assert answer(raw=raw, most_bytes=MOST_BYTES) == (200, body)
    assert len(asked) > 3
    assert all(0 < most <= 1 << 20 for most in asked)
