"""Faults of local_fauna for the length of a test's command, and answers that they give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from local_fauna import LocalFauna
from local_fauna.engine import Reply
from local_fauna.faults import Fault, Predicate

ALWAYS = 1_000_000


@contextmanager
def strikes(
    local: LocalFauna, fault: Fault, *, times: int = ALWAYS, skip: int = 0, when: Predicate | None = None
) -> Iterator[None]:
    """Strike so many requests that `when` accepts, after letting `skip` of them pass. It must strike at least one."""
    local.reset_requests()
    local.faults.add(fault, times=times, skip=skip, when=when)
    try:
        yield
    finally:
        local.faults.clear()
    assert any(seen.fault is fault for seen in local.requests), "the fault struck nothing"


def reply_with(status: int, body: Any) -> Fault:
    """An answer in place of the server's own: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = {"content-type": "application/json"}
    return Fault(name=f"answer {status}", reply=Reply(status=status, headers=headers, body=content))


def refusal(status: int, code: str, description: str) -> Fault:
    """An error of a Fauna server."""
    return reply_with(status, {"errors": [{"code": code, "description": description}]})
