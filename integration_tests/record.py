"""Record a new transcript from a real Fauna: `python -m integration_tests.record PLAN TRANSCRIPT`.

FAUNA_URL and FAUNA_SECRET name the server and an admin key of an empty database. The plan is JSON:

    {"name": "…", "about": "…", "steps": [{"as": "admin", "request": …[, "note": "…"]
                                           [, "saves_secret": NAME][, "pause_seconds": 5]}, …]}

`as` is `admin`, `wrong` (a secret that nobody has) or a NAME whose secret an earlier step saved; `NAME:SCOPE` is that
secret with a scope, such as `admin:child:server`. Anywhere in a request,
`{"<reply>": [STEP, KEY, …]}` stands for what an earlier step (counted from 0) replied there, and
`{"<reply>": [STEP, KEY, …], "plus": N}` for that number plus N. The transcript has the form described in
integration_tests/recordings/README.md, with secrets masked. A transcript is a plan too: its requests are asked again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3

from integration_tests.harness.fauna import post
from integration_tests.replay_mapping import secret_of

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG = "fnAEnobody0has0this0key1"
"""A secret that nobody has."""
_MASKED = ("secret", "hashed_secret")

Step = dict[str, Any]


class RecordingFailed(Exception):
    """A step cannot be recorded; the message says which, and why."""


@dataclass(kw_only=True)
class Recorder:
    """Runs the steps of a plan in order; `pause` waits between them."""

    url: str
    secrets: dict[str, str]
    pool: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)
    pause: Callable[[float], None] = time.sleep
    _replies: list[Any] = field(default_factory=list)

    def record(self, plan: dict[str, Any]) -> dict[str, Any]:
        """Give the transcript; RecordingFailed for an unknown `as`, or where a reply lacks what the plan takes."""
        steps = [self.step(step) for step in plan["steps"]]
        return {"name": plan["name"], "about": plan["about"], "steps": steps}

    def step(self, step: Step) -> Step:
        """Send the next step of a plan; gives it as a transcript keeps it. RecordingFailed as in `record`."""
        number = len(self._replies)
        try:
            return self._recorded(step)
        except RecordingFailed as failure:
            raise RecordingFailed(f"Step {number} (counted from 0): {failure}") from failure

    def _recorded(self, step: Step) -> Step:
        self.pause(step.get("pause_seconds", 0))
        secret = secret_of(step["as"], self.secrets)
        if secret is None:
            raise RecordingFailed(f"no step before it saves the secret {step['as']}")
        request = self._filled(step["request"])
        try:
            reply = post(self.pool, self.url, secret=secret, body=json.dumps(request))
            content, txn_time = reply.json(), int(reply.headers["x-txn-time"])
        except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
            raise RecordingFailed(
                f"no Fauna answers at {self.url} ({type(error).__name__}): see that it runs there"
            ) from error
        self._replies.append(content)
        if "saves_secret" in step:
            self.secrets[step["saves_secret"]] = _at(content, ["resource", "secret"])
        kept: Step = {key: step[key] for key in ("saves_secret", "note") if key in step}
        return {
            "as": step["as"],
            "request": request,
            "status": reply.status,
            "response": masked(content),
            "txn_time": txn_time,
            **kept,
        }

    def _filled(self, expression: Any) -> Any:
        if isinstance(expression, list):
            return [self._filled(one) for one in expression]
        if not isinstance(expression, dict):
            return expression
        if "<reply>" not in expression:
            return {key: self._filled(value) for key, value in expression.items()}
        step, *path = expression["<reply>"]
        if step not in range(len(self._replies)):
            raise RecordingFailed(f"it refers to step {step}, which is none before it")
        found = _at(self._replies[step], path)
        return found + expression["plus"] if "plus" in expression else found


def _at(content: Any, path: list[str | int]) -> Any:
    try:
        return reduce(getitem, path, content)
    except (KeyError, IndexError, TypeError):
        way = "/".join(map(str, path))
        raise RecordingFailed(f"there is no {way} in the reply {json.dumps(masked(content))}") from None


def masked(content: Any) -> Any:
    """Give the reply of a `create_key` without its secrets; they stand on the first level of the resource."""
    resource = content.get("resource")
    if not isinstance(resource, dict) or not all(isinstance(resource.get(key), str) for key in _MASKED):
        return content
    return {**content, "resource": {**resource, **{key: f"<{key}>" for key in _MASKED}}}


def written(transcript: dict[str, Any]) -> str:
    """Write a transcript with one step a line, so that a change shows as the step that changed."""
    steps = ",\n".join(f"  {json.dumps(step, ensure_ascii=False)}" for step in transcript["steps"])
    name, about = (json.dumps(transcript[key], ensure_ascii=False) for key in ("name", "about"))
    return f'{{\n "name": {name},\n "about": {about},\n "steps": [\n{steps}\n ]\n}}\n'


def main() -> None:
    """Record one plan."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("transcript", type=Path)
    arguments = parser.parse_args()
    url, secret = os.environ.get("FAUNA_URL"), os.environ.get("FAUNA_SECRET")
    if not url or not secret:
        parser.error("FAUNA_URL and FAUNA_SECRET must name the server and an admin key of an empty database")
    recorder = Recorder(url=url, secrets={"admin": secret, "wrong": WRONG})
    try:
        transcript = recorder.record(json.loads(arguments.plan.read_text(encoding="utf-8")))
    except RecordingFailed as failure:
        sys.exit(f"Nothing was recorded. {failure}.")
    arguments.transcript.write_text(written(transcript), encoding="utf-8")


if __name__ == "__main__":
    main()
