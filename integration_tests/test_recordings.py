"""Every step of every recorded session of a real Fauna gives the recorded status and answer: one test a step.

Runs against local_fauna in the process, or against FAUNA_URL with FAUNA_SECRET (an admin key), each transcript in a
database of its own; and once more against local_fauna over HTTP.
"""

from __future__ import annotations

import functools
import os

import pytest

from integration_tests.harness.fauna import remote_database
from integration_tests.replay import Difference, Replay, Target, load, names
from integration_tests.replay_targets import HttpTarget, InProcess
from local_fauna import LocalFauna

_STEPS = [(name, number) for name in names() for number in range(len(load(name)["steps"]))]


@functools.cache
def _replayed(name: str) -> list[Difference | None]:
    url = os.environ.get("FAUNA_URL")
    if url is None:
        return _differences(name, InProcess(), admin=InProcess.SECRET)
    with remote_database(url, os.environ["FAUNA_SECRET"]) as fauna:
        return _differences(name, HttpTarget(url), admin=fauna.secret)


def _differences(name: str, target: Target, *, admin: str) -> list[Difference | None]:
    return list(Replay(target, secrets={"admin": admin, "wrong": "wrong"}).run(load(name)["steps"]))


@pytest.mark.parametrize(("name", "number"), [pytest.param(*step, id=f"{step[0]}[{step[1]}]") for step in _STEPS])
def test_step_gives_the_recorded_answer(name: str, number: int) -> None:
    difference = _replayed(name)[number]
    assert difference is None, f"{load(name)['steps'][number]['request']}: {difference}"


@pytest.mark.local_only
@pytest.mark.parametrize("name", names())
def test_transcript_is_the_same_over_http(name: str) -> None:
    with LocalFauna(secret=InProcess.SECRET) as fauna:
        target = HttpTarget(fauna.url, clock=fauna.clock)
        found = _differences(name, target, admin=fauna.secret)
    assert {number: each for number, each in enumerate(found) if each is not None} == {}
