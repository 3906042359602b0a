"""The recorder writes what the replay reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration_tests.record import Recorder, RecordingFailed, masked, written
from local_fauna import LocalFauna

PLAN: dict[str, Any] = {
    "name": "example",
    "about": "a plan with everything in it",
    "steps": [
        {"as": "admin", "request": {"create_collection": {"object": {"name": "things"}}}},
        {"as": "wrong", "request": {"now": None}, "note": "nobody has this secret"},
        {"as": "admin", "request": {"create_key": {"object": {"role": "server"}}}, "saves_secret": "mine"},
        {"as": "mine", "request": {"at": {"<reply>": [0, "resource", "ts"], "plus": 1}, "expr": 7}},
        {"as": "mine", "request": [{"get": {"<reply>": [0, "resource", "ref"]}}], "pause_seconds": 5},
    ],
}


@pytest.fixture
def recorded() -> tuple[dict[str, Any], list[float]]:
    pauses: list[float] = []
    with LocalFauna() as fauna:
        secrets = {"admin": fauna.secret, "wrong": "fnAEwrong0000"}
        recorder = Recorder(url=fauna.url, secrets=secrets, pause=pauses.append)
        with recorder.pool:
            return recorder.record(PLAN), pauses


def test_steps_are_recorded_in_order_with_status_answer_and_time(
    recorded: tuple[dict[str, Any], list[float]],
) -> None:
    transcript, pauses = recorded
    steps = transcript["steps"]
    assert [step["status"] for step in steps] == [201, 401, 201, 200, 200]
    assert [step["txn_time"] for step in steps] == sorted(step["txn_time"] for step in steps)
    assert steps[1]["note"] == "nobody has this secret"
    assert pauses == [0, 0, 0, 0, 5]


def test_secrets_are_used_but_not_written(recorded: tuple[dict[str, Any], list[float]]) -> None:
    key = recorded[0]["steps"][2]
    assert key["saves_secret"] == "mine"
    assert key["response"]["resource"]["secret"] == "<secret>"
    assert key["response"]["resource"]["hashed_secret"] == "<hashed_secret>"


def test_replies_are_filled_into_later_requests(recorded: tuple[dict[str, Any], list[float]]) -> None:
    first, *_, at, get = recorded[0]["steps"]
    assert at["request"] == {"at": first["response"]["resource"]["ts"] + 1, "expr": 7}
    assert get["request"] == [{"get": first["response"]["resource"]["ref"]}]


def test_a_server_that_does_not_answer_is_told() -> None:
    with LocalFauna() as fauna:
        recorder = Recorder(url=fauna.url, secrets={"admin": fauna.secret})
    with recorder.pool, pytest.raises(RecordingFailed, match=r"Step 0 .*no Fauna answers at http://127\.0\.0\.1"):
        recorder.record(PLAN)


def test_the_file_reads_back_as_what_was_recorded(recorded: tuple[dict[str, Any], list[float]]) -> None:
    text = written(recorded[0])
    assert json.loads(text) == recorded[0]
    assert len(text.splitlines()) == len(PLAN["steps"]) + 6


@pytest.mark.parametrize(
    "content",
    [{"errors": []}, {"resource": 1}, {"resource": {"secret": {"a": 1}}}, {"resource": {"data": {"secret": "s"}}}],
    ids=["an error", "a number", "an object named secret", "data of a user"],
)
def test_other_replies_are_written_as_they_are(content: Any) -> None:
    assert masked(content) == content


REFUSED: dict[str, Any] = {"create_key": {"object": {"role": "nobody"}}}
MADE: dict[str, Any] = {"as": "admin", "request": {"create_collection": {"object": {"name": "things"}}}}


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            [MADE, {"as": "admin", "request": REFUSED, "saves_secret": "mine"}],
            r'Step 1 .* no resource/secret in the reply \{"errors": .*"code"',
        ),
        ([{"as": "mine", "request": {"now": None}}], "Step 0 .* no step before it saves the secret mine"),
        (
            [MADE, {"as": "admin", "request": {"<reply>": [0, "resource", "data", 0]}}],
            r"Step 1 .* no resource/data/0 in the reply .*things",
        ),
        ([MADE, {"as": "admin", "request": {"<reply>": [1, "resource"]}}], "Step 1 .* refers to step 1, which is none"),
    ],
    ids=["a refused key", "an unknown secret", "nothing there in the reply", "a step that is still to come"],
)
def test_a_plan_that_cannot_be_recorded_says_which_step_and_why(steps: list[Any], told: str) -> None:
    with LocalFauna() as fauna:
        recorder = Recorder(url=fauna.url, secrets={"admin": fauna.secret}, pause=lambda _: None)
        with recorder.pool, pytest.raises(RecordingFailed, match=told):
            recorder.record({"name": "example", "about": "…", "steps": steps})
