"""Each fault with each command. A passing fault causes no loss, and a lasting one ends in time with a clear message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.faults.commands import COMMANDS, CONTENT, STREAMS, Site, new_site
from integration_tests.faults.matrix import FAULTS, HARMLESS, strike

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("faults")]

HARMFUL = [fault for fault in FAULTS if fault not in HARMLESS]


@pytest.fixture(scope="module")
def prepared() -> Iterator[tuple[Site, Any]]:
    with new_site() as site:
        yield site, site.saved_state()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_survived(prepared: tuple[Site, Any], fault: str, command: str) -> None:
    site, state = prepared
    outcome = strike(site, fault, command, state, stays=False)
    outcome.told.fit_for_users()
    assert outcome.complete
    assert CONTENT not in outcome.told.beside_records
    assert outcome.retries == (0 if fault in HARMLESS else 2)
    if "Retry-After" in fault:
        assert min(site.time.slept) == 3.0


@pytest.mark.parametrize("fault", HARMFUL)
@pytest.mark.parametrize("command", ["check", "discover", "incremental"])
def test_a_fault_from_the_first_request_on_is_told_within_twenty_seconds(
    prepared: tuple[Site, Any], fault: str, command: str
) -> None:
    site, state = prepared
    outcome = strike(site, fault, command, state, stays=True)
    told = outcome.told.fit_for_users()
    assert outcome.waited <= 20.0
    assert not outcome.complete
    if command == "check":
        assert told.exit_code == 0
        status, message = told.check_status
        assert status == "FAILED"
        assert message.startswith("Failed to connect to database: ")
    else:
        assert told.exit_code == 1
        assert told.errors[-1]["failure_type"] == ("system_error" if fault == "500" else "transient_error")


@pytest.mark.parametrize("fault", HARMFUL)
def test_a_fault_that_begins_in_a_read_is_borne_for_half_an_hour_by_all_streams_together(fault: str) -> None:
    with new_site() as site:
        outcome = strike(site, fault, "full refresh", None, stays=True, skip=3)
    told = outcome.told.fit_for_users()
    assert told.exit_code == 1
    # Two requests at once each wait in the same virtual time.
    assert outcome.waited <= (120.0 if fault == "500" else 1_800.0)
    assert fault == "500" or outcome.waited > 1_600.0
    assert {stream: told.statuses(stream)[-1] for stream in STREAMS} == dict.fromkeys(STREAMS, "INCOMPLETE")
    named = [(error.get("stream_descriptor") or {}).get("name") for error in told.errors]
    assert (set(named[:-1]), named[-1]) == (set(STREAMS), None)


def test_429_is_told_as_a_status_of_the_stream(prepared: tuple[Site, Any]) -> None:
    site, state = prepared
    outcome = strike(site, "429", "incremental", state, stays=False, skip=2)
    assert outcome.complete
    statuses = outcome.told.traces("STREAM_STATUS")
    reasons = [reason["type"] for status in statuses for reason in status.get("reasons") or ()]
    assert reasons == ["RATE_LIMITED", "RATE_LIMITED"]


@pytest.mark.parametrize(("command", "skip"), [*((command, 0) for command in COMMANDS), ("incremental", 3)])
def test_the_log_is_given_words_and_numbers(
    prepared: tuple[Site, Any], command: str, skip: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever keeps a record of the log keeps its arguments: an error among them would hold its connection."""
    site, state = prepared
    assert strike(site, "reset", command, state, stays=False, skip=skip).retries == 2
    ours = [record for record in caplog.records if "source_fauna" in record.name]
    assert any("asking again" in record.getMessage() for record in ours)
    arguments = [argument for record in ours for argument in record.args or ()]
    assert [argument for argument in arguments if not isinstance(argument, str | int | float)] == []


def test_each_wait_is_logged(prepared: tuple[Site, Any]) -> None:
    site, state = prepared
    outcome = strike(site, "503", "discover", state, stays=False)
    waits = [text for text in outcome.told.for_users if "asking again in" in text]
    reason = "503 time out: Read timed out (Query eval has timed out.)"
    assert waits == [f"{reason}; asking again in {seconds} seconds." for seconds in (1.0, 2.0)]
