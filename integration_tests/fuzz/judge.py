"""The rules for the result of any input: readable messages, the right exit code, no secret, and no loss."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from integration_tests.faults.commands import SECRET, STREAMS, Site, new_site
from integration_tests.harness.telling import Told, tell
from integration_tests.harness.tunings import PAGES_OF_ONE

STATUSES_AT_THE_END = {"COMPLETE", "INCOMPLETE"}


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A database to try inputs on, and the ts of each of its documents."""

    site: Site
    documents: Mapping[str, Mapping[str, int]]

    def tell(self, command: str, **files: bytes | None) -> Told:
        """Run a command with these files. No other address than the database's own is ever asked."""
        port = self.site.config["port"]
        tuning = replace(PAGES_OF_ONE, session=lambda: _Fenced(port))
        told = tell(command, tuning=tuning, **files)
        return judged(command, told)


class _Fenced(requests.Session):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._inside = re.compile(rf"https?://(127\.0\.0\.1|localhost):{port}/")

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if not self._inside.fullmatch(str(request.url)):
            raise requests.ConnectionError
        return super().send(request, **options)


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench on a new database."""
    with new_site() as site:
        told = site.read("full_refresh")
        found = {name: {record["ref"]: record["ts"] for record in told.records(name)} for name in STREAMS}
        yield Bench(site=site, documents=found)


def judged(command: str, told: Told) -> Told:
    """Assert that users can read the result and that its exit code follows the protocol, and return it."""
    told.fit_for_users()
    assert SECRET not in told.stdout
    if command == "check":
        assert told.exit_code == 0
        status, message = told.check_status
        assert status == "SUCCEEDED" or message
    elif told.exit_code == 0:
        assert told.errors == []
        assert command != "discover" or len(told.of("CATALOG")) == 1
    else:
        assert told.exit_code == 1
        assert told.of("CATALOG") == []
        assert told.errors
        assert all(error["message"] and error["failure_type"] for error in told.errors)
    for stream in streams_of(told):
        assert told.statuses(stream)[-1] in STATUSES_AT_THE_END
    return told


def streams_of(told: Told) -> set[str]:
    """The names of all streams that have a status."""
    return {status["stream_descriptor"]["name"] for status in told.traces("STREAM_STATUS")}


def is_config_error(told: Told) -> bool:
    """Whether the command failed with a config error."""
    return told.exit_code == 1 and told.errors[-1]["failure_type"] == "config_error"


def integers_in(value: Any) -> Iterable[int]:
    """All integers in a JSON value, including those in its texts."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from integers_in(key)
            yield from integers_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from integers_in(member)
    elif isinstance(value, str):
        yield from (int(digits) for digits in re.findall(r"[0-9]{1,400}", value))
    elif isinstance(value, int | float):
        yield int(value)
