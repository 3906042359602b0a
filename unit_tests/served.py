"""A client of the server at the address of `configs`, which requests_mock simulates, and its answers."""

from __future__ import annotations

from typing import Any

from source_fauna.database.client import Client
from source_fauna.interruption import Interruption
from source_fauna.tuning import Tuning
from unit_tests.configs import config
from unit_tests.refusals import fault

GOOD: dict[str, Any] = {"json": {"resource": 7}, "headers": {"x-txn-time": "1700000000000000"}}


def client(*, tuning: Tuning, outage_seconds: float = 1_800.0, interruption: Interruption | None = None) -> Client:
    """A client as the connector makes it."""
    return Client(
        config=config(),
        tuning=tuning,
        outage_seconds=outage_seconds,
        interruption=interruption or Interruption(),
    )


def refused(status: int, code: str, description: str) -> dict[str, Any]:
    """An answer with an error."""
    return {"status_code": status, "json": fault(code, description)}
