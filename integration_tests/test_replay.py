"""The judge of the recordings notices what differs, and lets pass what differs from run to run."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.replay import Replay
from integration_tests.replay_mapping import RunValues, micros_of, text_of

T = 1_795_351_945_290_000
OURS = 1_700_000_000_000_000


class Scripted:
    """Answers with what it was given, and keeps what it was sent."""

    def __init__(self, *replies: tuple[int, Any]) -> None:
        self._replies = list(replies)
        self.sent: list[Any] = []
        self.waited: list[float] = []

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        self.sent.append((secret, body))
        return self._replies.pop(0)

    def wait(self, *, seconds: float) -> None:
        self.waited.append(seconds)


def step(request: Any, resource: Any, *, time: int = T, status: int = 200, **more: Any) -> dict[str, Any]:
    return {"as": "admin", "request": request, "status": status, "response": resource, "txn_time": time, **more}


def replayed(steps: list[dict[str, Any]], target: Scripted) -> list[Any]:
    return list(Replay(target, secrets={"admin": "s"}).run(steps))


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "an integer is no double": (1, 1.0),
    "zero is not minus zero": (0.0, -0.0),
    "another member": ({"a": 1}, {"a": 1, "b": 2}),
    "another element": ([1], [1, 2]),
    "another order": ([1, 2], [2, 1]),
    "true is not 1": (1, True),
    "a description": ({"errors": [{"code": "x", "description": "a"}]}, {"errors": [{"code": "x", "description": "b"}]}),
    "one time for two": ([T, T + 1], [OURS, OURS]),
    "two times for one": ([T, T], [OURS, OURS + 1]),
    "times in another order": ([T, T + 1], [OURS + 1, OURS]),
    "a generated id for two": (["123456789012345678", "123456789012345678"], ["1", "2"]),
    "a constant time": ({"@ts": "2040-01-01T00:00:00Z"}, {"@ts": "2040-01-01T00:00:01Z"}),
    "a ttl at another distance": (
        {"ts": T, "ttl": {"@ts": text_of(T + 3 * 86_400_000_000)}},
        {"ts": OURS, "ttl": {"@ts": text_of(OURS + 3 * 86_400_000_000 + 2_000_000)}},
    ),
}


@pytest.mark.parametrize(("recorded", "replied"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_difference_is_noticed(recorded: Any, replied: Any) -> None:
    assert replayed([step(1, recorded)], Scripted((200, replied))) != [None]


ALIKE: dict[str, tuple[Any, Any]] = {
    "members in another order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "times of this run": ([T, T + 5, T], [OURS, OURS + 1, OURS]),
    "times as text": ({"@ts": text_of(T)}, {"@ts": text_of(OURS)}),
    "a generated id": (["123456789012345678"] * 2, ["223456789012345678"] * 2),
    "secrets": ({"secret": "<secret>", "hashed_secret": "<hashed_secret>"}, {"secret": "a", "hashed_secret": "b"}),
    "times within a description": (
        {"errors": [{"code": "x", "description": "before 2026-01-01T00:00:00.1Z."}]},
        {"errors": [{"code": "x", "description": "before 2025-01-01T00:00:00Z."}]},
    ),
    "a ttl made by ttl_days": (
        {"ts": T, "ttl": {"@ts": text_of(T + 3 * 86_400_000_000)}},
        {"ts": OURS, "ttl": {"@ts": text_of(OURS + 3 * 86_400_000_000 - 2_000)}},
    ),
}


@pytest.mark.parametrize(("recorded", "replied"), ALIKE.values(), ids=ALIKE.keys())
def test_what_differs_from_run_to_run_passes(recorded: Any, replied: Any) -> None:
    assert replayed([step(1, recorded)], Scripted((200, replied))) == [None]


def test_another_status_is_a_difference_and_a_500_is_compared_by_its_code() -> None:
    recorded = {"errors": [{"code": "x", "description": "a"}]}
    replied = {"errors": [{"code": "x", "description": "b"}]}
    found = replayed(
        [step(1, recorded, status=500), step(1, recorded, status=400)], Scripted((500, replied), (404, replied))
    )
    assert found[0] is None
    assert found[1].path == "status"


def test_requests_are_rewritten_with_what_replies_showed() -> None:
    target = Scripted((200, OURS), (200, None))
    later = {"a": T, "b": T - 1, "c": {"@ts": text_of(T + 60_000_000)}, "d": 1000, "e": {"@ts": "2040-01-01T00:00:00Z"}}
    assert replayed([step(1, T), step(later, None, time=T + 500_000)], target) == [None, None]
    assert target.sent[1][1] == later | {"a": OURS, "b": OURS - 1, "c": {"@ts": text_of(OURS + 60_000_000)}}
    assert target.waited == [0.0, 0.5]


def test_ids_given_by_the_client_stay() -> None:
    values = RunValues()
    values.see_txn_time(T)
    values.see_request({"id": "123456789012345678"})
    assert values.bind("123456789012345678", "223456789012345678", order=None) == "not equal"


def test_saved_secrets_are_used() -> None:
    target = Scripted((201, {"resource": {"secret": "fresh"}}), (200, 1))
    steps = [
        step(1, {"resource": {"secret": "<secret>"}}, status=201, saves_secret="key"),
        {**step(1, 1), "as": "key"},
    ]
    assert replayed(steps, target) == [None, None]
    assert target.sent[1][0] == "fresh"


def test_what_stands_behind_a_colon_scopes_the_secret() -> None:
    target = Scripted((200, 1), (200, 1), (401, 1))
    steps = [step(1, 1), {**step(1, 1), "as": "admin:child:server"}, {**step(1, 1, status=401), "as": "nobody:server"}]
    assert replayed(steps, target) == [None, None, None]
    assert [secret for secret, _ in target.sent] == ["s", "s:child:server", "missing"]


@pytest.mark.parametrize(
    "text", ["+20000-01-01T00:00:00Z", "2022-01-01T00:00:00.123456789Z", "2022-02-30T00:00:00Z", "x"]
)
def test_times_that_no_run_has(text: str) -> None:
    assert micros_of(text) is None
