"""Headers of requests and replies."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.errors import bad_request, not_implemented, timed_out
from local_fauna.int64 import INT64

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSIONS = ("2.0", "2.1", "2.7", "2.12", "3", "4", "5")
UNSTABLE = "UNSTABLE"
LEGACY_VERSIONS = frozenset({"2.0", "2.1"})
"""Versions with `class` for collection and `instance` for document."""
ABSENT_VERSION = "2.1"
BUILD = "local_fauna"
_DEFAULT_TIMEOUT_MS = 120_000
_LONGEST_TIMEOUT_MS = 600_000
_MOST_RETRIES = 7
_NUMBER = re.compile(r"[+-]?\d{1,19}")
_LEFT_OUT = ("origin", "x-fauna-tags")
"""Headers that a real server answers with headers of its own: those of browsers, and tags for its log."""
_INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True)
class Options:
    """What the headers of a query ask for. `last_seen_txn` is in micros, 0 if not sent."""

    api_version: str
    last_seen_txn: int
    timeout_ms: int

    def refuse_if_late(self, seconds: float) -> None:
        """Raise FaunaError (503) if a query that ran for so long has not ended in time.

        A real server never answers within a millisecond, which local_fauna does now and then.
        """
        if self.timeout_ms == 1:
            raise timed_out("Timed out before deadline TimeBound(1 millisecond)")
        if seconds * 1000 > self.timeout_ms:
            raise timed_out("Query eval has timed out.")


def _number(headers: Mapping[str, str], name: str, default: int, *, what: str = "number", bounds: range = INT64) -> int:
    text = headers.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or int(text) not in bounds:
        raise bad_request(f"Invalid header '{name}': Invalid {what} '{text}'.")
    return int(text)


def read_options(headers: Mapping[str, str]) -> Options:
    """The options of a query. Raises FaunaError: 400 for a value out of bounds, 501 for a header that is left out."""
    for name in _LEFT_OUT:
        if name in headers:
            raise not_implemented(None, f"The header {name}")
    version = headers.get("x-faunadb-api-version", ABSENT_VERSION)
    if version == UNSTABLE:
        raise not_implemented(None, "API version UNSTABLE")
    if version not in VERSIONS:
        name = "x-faunadb-api-version"
        raise bad_request(f"Invalid header '{name}': Unsupported or invalid API version '{version}'.")
    seen = _number(headers, "x-last-seen-txn", 0, what="timestamp")
    timeout = _number(headers, "x-query-timeout", _DEFAULT_TIMEOUT_MS)
    if timeout > _LONGEST_TIMEOUT_MS:
        text = f"Must be less than or equal to {_LONGEST_TIMEOUT_MS}."
        raise bad_request(f"Invalid header 'x-query-timeout': {text}")
    if timeout <= 0:
        raise bad_request("Invalid header 'x-query-timeout': Must be greater than 0.")
    if not 0 <= _number(headers, "x-max-retries-on-contention", 0, bounds=_INT32) <= _MOST_RETRIES:
        text = f"Must be between 0 and {_MOST_RETRIES}."
        raise bad_request(f"Invalid header 'x-max-retries-on-contention': {text}")
    return Options(version, seen, timeout)


def reply_headers(txn_time: int, *, bytes_in: int | None = None, bytes_out: int = 0) -> dict[str, str]:
    """The headers of a reply. Those that count work, with every status but 401 and 500, are there if `bytes_in` is."""
    headers = {
        "content-type": "application/json;charset=utf-8",
        "x-txn-time": str(txn_time),
        "x-faunadb-build": BUILD,
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00",
    }
    if bytes_in is not None:
        headers |= {
            "x-compute-ops": "1",
            "x-byte-read-ops": "1",
            "x-byte-write-ops": "0",
            "x-query-time": "1",
            "x-query-bytes-in": str(bytes_in),
            "x-query-bytes-out": str(bytes_out),
            "x-storage-bytes-read": str(bytes_out),
            "x-storage-bytes-write": "0",
            "x-txn-retries": "0",
        }
    return headers
