"""No output contains the secret in any form, and only records contain data of documents, at any log level."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from urllib.parse import quote

import pytest

from integration_tests.faults.commands import COMMANDS, CONTENT, SECRET, Site, new_site
from integration_tests.faults.matrix import FAULTS
from integration_tests.harness.leaks import hold_back, leaks
from integration_tests.harness.strikes import strikes
from local_fauna.engine import Reply
from local_fauna.faults import Fault

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("secrets")]

PLANTED = {
    "plain": SECRET,
    "with a line break": f"{SECRET}\n",
    "its beginning": SECRET[:9],
    "its end": SECRET[-9:],
    "in a header": f"{{'Authorization': 'Bearer {SECRET}'}}",
    "in bytes": repr(SECRET.encode()),
    "as JSON": json.dumps({"secret": SECRET}),
    "in a URL": f"https://{quote(SECRET, safe='')}@db.example.com/",
    "of basic authentication": base64.b64encode(f"{SECRET}:".encode()).decode(),
    "of basic authentication, without the colon": base64.b64encode(SECRET.encode()).decode(),
    "in base64 with a line break": base64.b64encode(f"{SECRET}\n".encode()).decode(),
    "in hexadecimal": SECRET.encode().hex(),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_the_search_finds_a_secret_that_was_planted(planted: str) -> None:
    assert leaks(f"a line before\nsome {planted} text\n", SECRET)


def test_the_search_finds_nothing_in_what_is_harmless() -> None:
    assert leaks("Failed to connect to database: Unauthorized fnAE0 **** Bearer ****", SECRET) == []


@pytest.fixture(scope="module")
def prepared() -> Iterator[tuple[Site, Any]]:
    with new_site() as site:
        yield site, site.saved_state()


@pytest.fixture(params=["--debug", "LOG_LEVEL"])
def loudness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    """Both ways to get a more verbose log. With the second, libraries log more too."""
    if request.param == "LOG_LEVEL":
        monkeypatch.setenv("LOG_LEVEL", "debug")
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.DEBUG)
        yield ()
        root.setLevel(level)
        return
    yield (request.param,)


def everything_said(site: Site, state: Any, flags: tuple[str, ...], *, secret: str) -> str:
    """All commands, beside their records. A secret is saved as it was pasted, with a line break."""
    config = {**site.config, "secret": f" {secret}\n"}
    told = [
        site.tell("check", *flags, config=config),
        site.tell("discover", *flags, config=config),
        site.read("full_refresh", None, *flags, config=config),
        site.read("incremental", state, *flags, config=config),
    ]
    return "\n".join(each.beside_records for each in told)


def test_the_search_hears_what_the_commands_say(prepared: tuple[Site, Any], loudness: tuple[str, ...]) -> None:
    site, _ = prepared
    told = site.tell("check", *loudness, config={**site.config, "secret": "another", "domain": f"{SECRET} example"})
    assert leaks(told.beside_records, SECRET)


def test_every_command_of_every_test_is_searched() -> None:
    with pytest.raises(AssertionError):
        hold_back(f"Unauthorized: {SECRET}", {"secret": f"{SECRET}\n"})
    hold_back("Unauthorized", {"secret": SECRET})


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_under_any_fault_nothing_leaks(
    prepared: tuple[Site, Any], fault: str | None, loudness: tuple[str, ...]
) -> None:
    site, state = prepared
    with nullcontext() if fault is None else strikes(site.local, FAULTS[fault], times=9, skip=2):
        said = everything_said(site, state, loudness, secret=SECRET)
    assert len(said.splitlines()) > len(COMMANDS)
    assert leaks(said, SECRET) == []
    assert CONTENT not in said


UNAUTHORIZED, MALFORMED = (
    "Failed to connect to database: Unauthorized",
    "secret holds blanks, quotes, line breaks or other",
)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (SECRET + "x", UNAUTHORIZED),
        (SECRET[:-1], UNAUTHORIZED),
        (f"{SECRET}:nothing:admin", UNAUTHORIZED),
        ("not-a-secret-at-all-but-long", UNAUTHORIZED),
        ("fnAE wrong characters\tin it", MALFORMED),
        ("ünsecret-too", MALFORMED),
        (f"{SECRET}:admin", "Check succeeded"),
    ],
)
def test_any_other_secret_is_refused_or_used_without_being_told(
    prepared: tuple[Site, Any], other: str, told: str, loudness: tuple[str, ...]
) -> None:
    site, state = prepared
    said = everything_said(site, state, loudness, secret=other)
    assert told in said
    assert leaks(said, other) == []


def test_a_server_that_sends_the_request_back_does_not_get_it_out(
    prepared: tuple[Site, Any], loudness: tuple[str, ...]
) -> None:
    site, state = prepared
    in_part = ("its beginning", "its end", "in base64 with a line break")
    quoted = " ".join(planted for name, planted in PLANTED.items() if name not in in_part)
    told = {"errors": [{"code": f"bad {quoted}", "description": f"Bearer {quoted}", "position": [SECRET]}]}
    echo = Fault(name="echo", reply=Reply(status=400, headers={"x-echo": SECRET}, body=json.dumps(told).encode()))
    with strikes(site.local, echo):
        said = everything_said(site, state, loudness, secret=SECRET)
    assert leaks(said, SECRET) == []


@pytest.mark.parametrize(
    "field",
    [
        {"secret": {"nested": SECRET}},
        {"secret": [SECRET]},
        {"port": SECRET},
        {"domain": f"https://{SECRET}@db.example.com"},
        {"scheme": SECRET},
        {"collection": SECRET},
        {"collection": {"name": SECRET}},
    ],
    ids=str,
)
def test_a_secret_in_the_wrong_place_of_the_config_is_not_told(
    prepared: tuple[Site, Any], field: dict[str, Any]
) -> None:
    """The secret is also in its own field, as with a user who is not sure where it belongs."""
    site, _ = prepared
    config = {**site.config, **field}
    assert site.tell("check", config=config).check_status[0] == "FAILED"
    for command in ("check", "discover"):
        assert leaks(site.tell(command, config=config).beside_records, SECRET) == []
