"""One story told to two servers: what the first answers is recorded, and at once replayed on the second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.compare.stories import REFUSED_BY_NAME, Answer, Story
from integration_tests.replay import Difference

if TYPE_CHECKING:
    from integration_tests.record import Recorder
    from integration_tests.replay import Replay

_WRITES = ("create", "update", "replace", "delete", "insert", "remove", "call", "move_database")


@dataclass(kw_only=True)
class Told:
    """The result of a story. `steps` are those of a transcript. If the servers differ, the last step shows it."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    refused: int = 0
    difference: Difference | None = None


def tell(story: Story, *, recorder: Recorder, replay: Replay) -> Told:
    """Tell a story to its end, or to the first difference.

    A step that the second server refuses as not implemented is left out of the transcript. If it wrote something on the
    first server, the story ends there, because the two databases are no longer the same.
    """
    told = Told()
    try:
        question = next(story)
        while told.difference is None:
            step = recorder.step(question.plan())
            difference = replay.step(step)
            told.requests += 1
            if not _is_refused(step, difference):
                told.steps.append(step)
                told.difference = difference
                question = story.send(_answer(step, status=step["status"], content=step["response"]))
                continue
            told.refused += 1
            if step["status"] < 300 and _writes(step["request"]):
                break
            question = story.send(_answer(step, status=REFUSED_BY_NAME, content={}))
    except StopIteration:
        pass
    story.close()
    return told


def _answer(step: dict[str, Any], *, status: int, content: Any) -> Answer:
    return Answer(status=status, content=content, txn_time=step["txn_time"])


def _is_refused(step: dict[str, Any], difference: Difference | None) -> bool:
    status = step["status"] if difference is None or difference.path != "status" else difference.replied
    return bool(status == REFUSED_BY_NAME)


def _writes(request: Any) -> bool:
    """Whether the request has a form that may write."""
    if isinstance(request, list):
        return any(map(_writes, request))
    if not isinstance(request, dict):
        return False
    return any(key.startswith(_WRITES) for key in request) or any(map(_writes, request.values()))
