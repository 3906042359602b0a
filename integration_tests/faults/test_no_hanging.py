"""No request hangs, whatever a server does with its connection: real sockets, and limits of fractions of a second."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from integration_tests.faults.commands import SECRET, STREAMS
from integration_tests.faults.servers import (
    HOST,
    Handler,
    announcing,
    answering,
    closing,
    listening,
    silent,
    slow_body,
    slow_headers,
)
from integration_tests.harness.inputs import catalog
from integration_tests.harness.telling import Told, tell
from integration_tests.harness.tunings import FAST, HURRIED
from source_fauna.config.config import parse_config
from source_fauna.database.client import Client
from source_fauna.interruption import Interruption

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("no hanging")]

LONGEST_SECONDS = 5.0
"""Far above the limits, because the machine may be busy."""


def told_by(command: str, port: int, *, scheme: str = "http", domain: str = HOST) -> tuple[Told, float]:
    config = {"domain": domain, "port": port, "scheme": scheme, "secret": SECRET}
    files: dict[str, Any] = {"catalog": catalog("full_refresh", *STREAMS)} if command == "read" else {}
    began = time.monotonic()
    told = tell(command, tuning=HURRIED, config=config, **files)
    return told.fit_for_users(), time.monotonic() - began


def last_word(told: Told) -> str:
    """Why it failed."""
    return str(told.errors[-1]["message"]) if told.errors else told.check_status[1]


@pytest.mark.parametrize("command", ["check", "discover", "read"])
@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        pytest.param(silent, "no answer within", id="silent"),
        pytest.param(slow_headers(0.02), "no answer within", id="a header now and then"),
        pytest.param(slow_body(0.02), "no answer within", id="a byte now and then"),
        pytest.param(closing, "reset by peer|closed the connection", id="closes at once"),
    ],
)
def test_a_server_that_never_answers_is_given_up(handler: Handler, reason: str, command: str) -> None:
    with listening(handler) as port:
        told, seconds = told_by(command, port)
    assert seconds < LONGEST_SECONDS
    assert told.exit_code == (0 if command == "check" else 1)
    assert re.search(reason, last_word(told))


@pytest.mark.parametrize("command", ["check", "discover", "read"])
def test_a_server_that_never_answers_the_handshake_is_given_up(command: str) -> None:
    with listening(silent) as port:
        told, seconds = told_by(command, port, scheme="https")
    assert seconds < LONGEST_SECONDS
    assert told.exit_code == (0 if command == "check" else 1)
    assert "no answer within" in last_word(told)


def test_the_limit_is_for_the_whole_answer_and_not_for_each_wait() -> None:
    with listening(slow_body(0.02)) as port:
        told, seconds = told_by("check", port)
    assert seconds > HURRIED.first_success_seconds
    assert told.check_status == (
        "FAILED",
        f"Failed to connect to database: no answer within 1 seconds (http://{HOST}:{port})",
    )


def test_a_kept_connection_that_the_server_has_closed_is_made_again() -> None:
    """The real server closes a connection after five idle seconds, and this one after each answer."""
    with listening(answering(b'{"resource":7}', most_requests=1)) as port:
        client = Client(
            config=parse_config({"scheme": "http", "domain": HOST, "port": port, "secret": SECRET}),
            tuning=FAST,
            outage_seconds=20.0,
            interruption=Interruption(),
        )
        assert [client.query({"now": None}) for _ in range(5)] == [7] * 5
        client.close()


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_an_answer_that_is_announced_is_waited_for(status: str) -> None:
    """What is only announced looks like the whole answer to Python, and what follows like that to the next request."""
    with listening(announcing(b'{"resource":[{"data":[]},{"data":[]}]}', status=status, seconds=0.02)) as port:
        told, _ = told_by("check", port)
    assert told.check_status == ("SUCCEEDED", "")
    assert told.logs("WARN") == ["The database has no collections: there is nothing to sync yet."]


@pytest.mark.parametrize("status", ["101 Switching Protocols", "204 No Content", "304 Not Modified"])
def test_what_follows_an_answer_without_a_body_is_not_that_to_the_next_request(status: str) -> None:
    with listening(announcing(b'{"resource":[{"data":[]},{"data":[]}]}', status=status, seconds=0.02)) as port:
        told, _ = told_by("check", port)
    assert told.check_status == ("FAILED", "Failed to connect to database: Invalid JSON.")


def test_a_host_name_that_is_not_looked_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: ends.wait())
    told, seconds = told_by("check", 8443, domain="db.example.com")
    ends.set()
    assert seconds < LONGEST_SECONDS
    assert told.check_status[1] == (
        "Failed to connect to database: the name servers of this machine did not tell the address of the host in time "
        "(http://db.example.com:8443)"
    )
