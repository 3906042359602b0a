"""Each row of the table of errors, with an answer that a real server gave, or that a proxy gives."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_fauna.errors.table import Kind
from unit_tests.refusals import fault

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error

EXAMPLES: list[tuple[int, Any, Kind, FailureType]] = [
    (401, fault("unauthorized", "Unauthorized"), Kind.UNAUTHORIZED, CONFIG),
    (401, None, Kind.UNAUTHORIZED, CONFIG),
    (
        403,
        fault("permission denied", "Insufficient privileges to perform the action.", position=["paginate"]),
        Kind.FORBIDDEN,
        CONFIG,
    ),
    (407, None, Kind.MISDIRECTED, CONFIG),
    (410, fault("permission denied", "The account has been disabled."), Kind.DISABLED, CONFIG),
    (
        400,
        fault(
            "bad request",
            "Requested timestamp 2024-01-01T00:00:00Z less than minimum allowed timestamp 2024-01-01T00:10:00Z.",
        ),
        Kind.HISTORY,
        CONFIG,
    ),
    (400, fault("bad request", "Query exceeds max width. Max: 100000, current: 100001."), Kind.TOO_LARGE, SYSTEM),
    (
        400,
        fault("bad request", "Transaction does too much compute: got 12012, limit: 12000"),
        Kind.TOO_LARGE,
        SYSTEM,
    ),
    (400, fault("bad request", "Version bytes (9000014) exceeds threshold (8388608)"), Kind.TOO_LARGE, SYSTEM),
    (413, fault("request too large", "Request entity is too large"), Kind.TOO_LARGE, SYSTEM),
    (413, None, Kind.TOO_LARGE, SYSTEM),
    (
        400,
        fault("invalid ref", "Ref refers to undefined collection 'nope'", position=["paginate", "documents"]),
        Kind.UNDEFINED,
        CONFIG,
    ),
    (
        400,
        fault("instance not found", "Index 'x' is not active.", position=["paginate", "index"]),
        Kind.INACTIVE,
        TRANSIENT,
    ),
    (400, fault("transaction aborted", "orders_new", position=["do", 0, "expr", "in", "else"]), Kind.RENAMED, CONFIG),
    (404, fault("instance not found", "Document not found.", position=[]), Kind.MISSING, CONFIG),
    (429, fault("too many requests", "Too many requests."), Kind.BUSY, TRANSIENT),
    (429, None, Kind.BUSY, TRANSIENT),
    (409, fault("contended transaction", "Transaction was aborted.", ref={}), Kind.CONTENDED, TRANSIENT),
    (408, None, Kind.TIMED_OUT, TRANSIENT),
    (440, fault("time out", "Query timed out."), Kind.TIMED_OUT, TRANSIENT),
    (503, fault("time out", "Read timed out (Query eval has timed out.)"), Kind.TIMED_OUT, TRANSIENT),
    (503, fault("service unavailable", "Overloaded."), Kind.OVERLOADED, TRANSIENT),
    (502, None, Kind.OVERLOADED, TRANSIENT),
    (504, None, Kind.TIMED_OUT, TRANSIENT),
    (
        500,
        fault("internal server error", "requirement failed: next cursor must be a subset of the logical cursor"),
        Kind.BROKEN_CURSOR,
        SYSTEM,
    ),
    (500, fault("internal server error", "… Please create a ticket"), Kind.SERVER_FAULT, SYSTEM),
    (400, fault("invalid expression", "No form/function found"), Kind.REFUSED, SYSTEM),
    (418, fault("teapot", "Short and stout."), Kind.REFUSED, SYSTEM),
    (404, None, Kind.NOT_FAUNA, TRANSIENT),
    (403, {"message": "Forbidden by a firewall"}, Kind.NOT_FAUNA, TRANSIENT),
    (302, None, Kind.NOT_FAUNA, TRANSIENT),
]
"""Status, decoded body (None: not JSON), the kind of error, and who can fix it."""

PARAMETERS = [
    pytest.param(status, body, kind, failure_type, id=f"{status} {kind.value}{'' if body else ', by its status alone'}")
    for status, body, kind, failure_type in EXAMPLES
]
"""The same for a test that takes one after the other."""
