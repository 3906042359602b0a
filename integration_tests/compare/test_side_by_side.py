"""One story on two servers: what is kept of it, what is counted, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from integration_tests.compare.side_by_side import Told, tell
from integration_tests.compare.stories import REFUSED_BY_NAME, Answer, Question, Story
from integration_tests.compare.teller import Teller
from integration_tests.compare.topics import TOPICS
from integration_tests.record import WRONG, Recorder
from integration_tests.replay import Replay
from integration_tests.replay_targets import InProcess
from local_fauna import LocalFauna
from local_fauna.clock import Clock

pytestmark = pytest.mark.local_only

MAKE = {"create_collection": {"object": {"name": "c"}}}
COUNT = {"count": {"documents": {"collection": "c"}}}
NOW = {"to_micros": {"now": None}}


class Changed(InProcess):
    """A local_fauna that answers one request otherwise."""

    def __init__(self, request: Any, status: int) -> None:
        super().__init__()
        self._request, self._status = request, status

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        return (self._status, {"errors": []}) if body == self._request else super().send(secret, body)


Run = Callable[[Story, InProcess], Told]


@contextmanager
def running(clock: Clock | None = None) -> Iterator[Run]:
    with LocalFauna(clock=clock) as local:
        secrets = {"admin": local.secret, "wrong": WRONG}
        recorder = Recorder(url=local.url, secrets=secrets, pause=lambda seconds: local.clock.advance(seconds=seconds))

        def run(story: Story, other: InProcess) -> Told:
            return tell(story, recorder=recorder, replay=Replay(other, secrets={"admin": other.SECRET, "wrong": WRONG}))

        with recorder.pool:
            yield run


@pytest.fixture
def told() -> Iterator[Run]:
    with running() as run:
        yield run


def asking(*requests: Any, heard: list[Answer]) -> Story:
    for request in requests:
        heard.append((yield Question(request=request)))  # noqa: PERF401 - each is heard before the next is asked


def test_a_story_hears_each_answer_and_every_step_is_kept(told: Run) -> None:
    heard: list[Answer] = []
    found = told(asking(MAKE, COUNT, {"abort": "x"}, heard=heard), InProcess())
    assert found.difference is None
    assert (found.requests, found.refused) == (3, 0)
    assert [step["request"] for step in found.steps] == [MAKE, COUNT, {"abort": "x"}]
    assert [answer.ok for answer in heard] == [True, True, False]
    assert [answer.resource for answer in heard[1:]] == [0, None]
    assert [answer.txn_time for answer in heard] == [step["txn_time"] for step in found.steps]


def test_it_ends_with_the_first_difference(told: Run) -> None:
    heard: list[Answer] = []
    found = told(asking(MAKE, COUNT, NOW, heard=heard), Changed(COUNT, 404))
    assert found.difference is not None
    assert (found.difference.path, found.difference.recorded, found.difference.replied) == ("status", 200, 404)
    assert [step["request"] for step in found.steps] == [MAKE, COUNT]


def test_what_is_refused_by_name_is_counted_but_is_no_difference(told: Run) -> None:
    heard: list[Answer] = []
    found = told(asking(MAKE, COUNT, NOW, heard=heard), Changed(COUNT, REFUSED_BY_NAME))
    assert found.difference is None
    assert (found.requests, found.refused) == (3, 1)
    assert [step["request"] for step in found.steps] == [MAKE, NOW]
    assert [answer.status for answer in heard] == [201, REFUSED_BY_NAME, 200]


def test_what_both_refuse_by_name_is_counted_once(told: Run) -> None:
    heard: list[Answer] = []
    found = told(asking({"quote": "A"}, NOW, heard=heard), InProcess())
    assert (found.requests, found.refused, found.difference) == (2, 1, None)
    assert [step["request"] for step in found.steps] == [NOW]


def test_it_ends_where_a_refused_request_wrote_on_the_other_side(told: Run) -> None:
    heard: list[Answer] = []
    writing = [1, {"let": {}, "in": MAKE}]
    found = told(asking(writing, MAKE, NOW, heard=heard), Changed(writing, REFUSED_BY_NAME))
    assert (found.requests, found.refused, found.difference) == (1, 1, None)
    assert found.steps == []
    assert heard == []


def test_a_pause_passes_on_both_sides(told: Run) -> None:
    def story() -> Story:
        now = (yield Question(request=NOW)).resource
        ttl = {"epoch": now + 5_000_000, "unit": "microsecond"}
        yield Question(request=MAKE)
        yield Question(request={"create": {"collection": "c"}, "params": {"object": {"ttl": ttl}}})
        yield Question(request=COUNT)
        yield Question(request=COUNT, pause_seconds=6)

    found = told(story(), InProcess())
    assert found.difference is None
    assert [step["response"]["resource"] for step in found.steps[-2:]] == [1, 0]


@pytest.mark.parametrize("topic", TOPICS)
def test_the_seed_and_the_answers_decide_what_is_asked(topic: str) -> None:
    asked = []
    for _ in range(2):
        with running(Clock(wall=lambda: 1_800_000_000_000_000)) as run:
            found = run(TOPICS[topic](Teller(Random(7))), InProcess())
            asked.append([step["request"] for step in found.steps])
    assert asked[0] == asked[1]
    assert len(asked[0]) > 10
