"""Replays a recorded session against any Fauna and tells, step by step, what differs.

What differs from run to run (times, generated ids, secrets) is mapped one to one and in order, by the first place where
it is met; everything else must be equal, `position` and `description` of errors included.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from integration_tests.replay_mapping import ORDER_FREE, RunValues, secret_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RECORDINGS = Path(__file__).parent / "recordings"
_TIME = re.compile(r"[+-]?\d{4,}-\d\d-\d\dT[\d:.]+Z")
_ANY_TEXT = {"secret", "hashed_secret", "global_id"}


class Target(Protocol):
    """A server with an empty database, and a way to let time pass there."""

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        """POST a query; the status and the JSON of the reply."""
        ...

    def wait(self, *, seconds: float) -> None:
        """Let at least so much time pass."""
        ...


@dataclass(frozen=True)
class Difference:
    """The first place where a reply differs from the recording."""

    path: str
    recorded: Any
    replied: Any
    why: str = "not equal"


def load(name: str) -> dict[str, Any]:
    """One transcript."""
    loaded: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return loaded


def names() -> list[str]:
    """Every transcript there is."""
    return sorted(path.stem for path in RECORDINGS.glob("*.json"))


class Replay:
    """Recorded steps on one target. `secrets` holds what `as` may name: admin, wrong, and what steps save."""

    def __init__(self, target: Target, *, secrets: Mapping[str, str]) -> None:
        self._target = target
        self._secrets = dict(secrets)
        self._values = RunValues()
        self._last: int | None = None
        self._unbuilt: set[str] = set()

    def run(self, steps: Sequence[dict[str, Any]]) -> Iterator[Difference | None]:
        """Send every step of a transcript; for each what differs, None if nothing does."""
        for step in steps:
            self._values.see_txn_time(step["txn_time"])
        for step in steps:
            yield self.step(step)

    def step(self, step: dict[str, Any]) -> Difference | None:
        """Let as much time pass as did in the recording, send the next step, and tell what differs."""
        time = step["txn_time"]
        self._values.see_txn_time(time)
        self._target.wait(seconds=0 if self._last is None else (time - self._last) / 1_000_000)
        self._last = time
        secret = secret_of(step["as"], self._secrets) or "missing"
        self._values.see_request(step["request"])
        status, reply = self._target.send(secret, self._values.rewritten(step["request"]))
        if "saves_secret" in step:
            self._secrets[step["saves_secret"]] = reply.get("resource", {}).get("secret", "missing")
        return self._compared(step, status, reply)

    def _compared(self, step: dict[str, Any], status: int, reply: Any) -> Difference | None:
        if status != step["status"]:
            return Difference("status", step["status"], status, why=json.dumps(reply)[:400])
        recorded = step["response"]
        if status == 500:
            codes = [[error["code"] for error in body["errors"]] for body in (recorded, reply)]
            return None if codes[0] == codes[1] else Difference("code", codes[0], codes[1])
        return self._difference(recorded, reply, "$", order_free=False)

    def _difference(self, recorded: Any, replied: Any, path: str, *, order_free: bool) -> Difference | None:
        if isinstance(recorded, dict) and isinstance(replied, dict):
            return self._object_difference(recorded, replied, path)
        if isinstance(recorded, list) and isinstance(replied, list):
            if len(recorded) != len(replied):
                return Difference(path, recorded, replied, why="another number of elements")
            for place, (one, other) in enumerate(zip(recorded, replied, strict=True)):
                found = self._difference(one, other, f"{path}[{place}]", order_free=False)
                if found:
                    return found
            return None
        why = self._values.bind(recorded, replied, order=ORDER_FREE if order_free else None)
        return None if why is None else Difference(path, recorded, replied, why=why)

    def _object_difference(self, recorded: dict[str, Any], replied: dict[str, Any], path: str) -> Difference | None:
        if recorded.keys() != replied.keys():
            return Difference(path, recorded, replied, why="other members")
        built_later = self._built_in_background(recorded)
        for key, one in recorded.items():
            other, place = replied[key], f"{path}.{key}"
            if key in _ANY_TEXT and isinstance(one, str) and isinstance(other, str):
                continue
            if key == "description" and "code" in recorded and _TIME.search(one):
                if _TIME.sub("T", one) != _TIME.sub("T", other):
                    return Difference(place, one, other)
                continue
            if key == "ttl" and self._values.same_distance(recorded, replied):
                continue
            found = self._difference(one, other, place, order_free=built_later and key == "ts")
            if found:
                return found
        return None

    def _built_in_background(self, document: dict[str, Any]) -> bool:
        """Whether this is an index that was once seen inactive: when it became active depends on the server's pace."""
        if not {"active", "partitions", "name"} <= document.keys():
            return False
        if not document["active"]:
            self._unbuilt.add(document["name"])
            return False
        return document["name"] in self._unbuilt
