"""Each fault of local_fauna with each command: the result if the fault passes, and if it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integration_tests.faults.commands import COMMANDS, DOCUMENTS, STREAMS, Site, new_site
from integration_tests.harness.strikes import ALWAYS, strikes
from integration_tests.harness.telling import Told
from local_fauna.faults import KINDS, Fault, answer, delay, stall, trickle

HARMLESS = ("delay", "stall", "trickle")
"""These only make answers slow, within all limits. A command succeeds even if they stay."""

FAULTS: Mapping[str, Fault] = {
    **{name: made() for name, made in KINDS.items() if name not in HARMLESS},
    **{made.name: made for made in (delay(0.002), stall(0.002), trickle(0.01))},
    "429 and Retry-After": answer(429, retry_after="3"),
    "503 and Retry-After": answer(503, retry_after="3"),
}
"""Every kind of local_fauna, with little real time for those that need some."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a command under a fault. `retries` counts the waits, `waited` is their sum in virtual seconds."""

    fault: str
    command: str
    told: Told
    complete: bool
    retries: int
    waited: float

    @property
    def summary(self) -> str:
        """A few words for a table."""
        if self.complete:
            return f"survived, {self.retries} waits" if self.retries else "survived"
        return f"told after {self.waited:.0f} s"


def strike(site: Site, fault: str, command: str, state: Any, *, stays: bool, skip: int = 0) -> Outcome:
    """Run a command. The fault strikes two requests, or all if it stays, after the first `skip` requests."""
    site.time.slept.clear()
    with strikes(site.local, FAULTS[fault], times=ALWAYS if stays else 2, skip=skip):
        told = COMMANDS[command](site, state)
    return Outcome(
        fault=fault,
        command=command,
        told=told,
        complete=is_complete(command, told),
        retries=len(site.time.slept),
        waited=sum(site.time.slept),
    )


def is_complete(command: str, told: Told) -> bool:
    """Whether the result is the same as without a fault."""
    if told.exit_code:
        return False
    if command == "check":
        return told.check_status[0] == "SUCCEEDED"
    if command == "discover":
        return {stream["name"] for stream in told.streams} == set(STREAMS)
    # Since the saved state the first document was deleted, and one was created.
    last = DOCUMENTS + 1
    wanted = [str(number) for number in range(2, last + 1)] if command == "full refresh" else ["1", str(last)]
    return all(
        sorted(told.refs(stream), key=int) == wanted and told.statuses(stream)[-1] == "COMPLETE" for stream in STREAMS
    )


def outcomes(*, stays: bool, skip: int = 0) -> Iterator[Outcome]:
    """Each fault with each command."""
    with new_site() as site:
        state = site.saved_state()
        for fault in FAULTS:
            for command in COMMANDS:
                yield strike(site, fault, command, state, stays=stays, skip=skip)
