"""local_fauna never differs from itself behind HTTP. If one of the two is broken on purpose, the comparer finds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pkgutil import resolve_name
from typing import Any

import pytest

from integration_tests.compare.comparison import Comparison
from integration_tests.compare.servers import Server, second_local_fauna
from integration_tests.compare.topics import TOPICS
from integration_tests.record import WRONG, written
from integration_tests.replay import Replay, Target
from integration_tests.replay_targets import InProcess
from local_fauna.values import ABSENT

pytestmark = pytest.mark.local_only

SECONDS = 600.0
MOST_REQUESTS = 600
"""A topic finds its fault within so many requests."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with second_local_fauna() as made:
        yield made


def test_every_topic_is_answered_alike(server: Server) -> None:
    comparison = Comparison(server=server)
    assert list(comparison.run(TOPICS, seed=1, number=900, seconds=SECONDS)) == []
    assert comparison.tally.differences == 0
    assert comparison.tally.requests.total() >= 900
    assert set(comparison.tally.requests) == set(TOPICS)


@pytest.mark.slow
def test_twenty_thousand_requests_are_answered_alike(server: Server) -> None:
    comparison = Comparison(server=server)
    assert list(comparison.run(TOPICS, seed=2, number=20_000, seconds=SECONDS)) == []
    assert comparison.tally.requests.total() >= 20_000


Function = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault that the topic has to find: `wrong` replaces a function of local_fauna."""

    topic: str
    place: str
    wrong: Callable[[Function], Any]
    """Makes the wrong function of the right one."""


def _late_removes(right: Function) -> Function:
    def event(entry: Any, action: Any) -> Any:
        ts, *rest = right(entry, action)
        return (ts + 1 if ts == entry.removed else ts, *rest)

    return event


FAULTS: Mapping[str, Fault] = {
    "a condition counts as granted": Fault(
        topic="rights",
        place="local_fauna.access.auth:Authority.rule",
        wrong=lambda right: lambda *given: bool(right(*given)),
    ),
    "a ttl never passes": Fault(
        topic="documents",
        place="local_fauna.store.versions:Record.visible",
        wrong=lambda right: lambda record, time, _: right(record, time, 0),
    ),
    "a change is seen in the past": Fault(
        topic="schema",
        place="local_fauna.store.versions:Record.at",
        wrong=lambda right: lambda record, _: right(record, 2**62),
    ),
    "removes are a microsecond late": Fault(
        topic="events", place="local_fauna.store.entries:_event", wrong=_late_removes
    ),
    "a range has no lower end": Fault(
        topic="ranges",
        place="local_fauna.sets.range_set:RangeSet.descending",
        wrong=lambda _: lambda ranged, *given: ranged.base.descending(*given),
    ),
    "a range has no upper end": Fault(
        topic="connector",
        place="local_fauna.sets.range_set:RangeSet.ascending",
        wrong=lambda _: lambda ranged, reader, start: ranged.base.ascending(reader, max(start or (), ranged._low)),
    ),
    "rows of a union are of one document": Fault(
        topic="ranges",
        place="local_fauna.sets.derived_sets:CombinedSet._taken",
        wrong=lambda _: lambda _, rows: list(chain.from_iterable(rows)),
    ),
    "a page knows no places": Fault(
        topic="ranges", place="local_fauna.values:Page.place", wrong=lambda _: lambda *_: ABSENT
    ),
    "reverse is ignored": Fault(
        topic="index_forms",
        place="local_fauna.store.indexes:Component.parse",
        wrong=lambda right: staticmethod(lambda spec: right({**spec, "reverse": False})),
    ),
    "one error hides the others": Fault(
        topic="errors", place="local_fauna.engine:_error_body", wrong=lambda right: lambda items: right(items[:1])
    ),
}


class Broken(InProcess):
    """A local_fauna with a fault: it is in place only while this one answers, so the other one stays right."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self._place = fault.place.replace(":", ".")
        self._wrong = fault.wrong(resolve_name(fault.place))

    def send(self, secret: str, body: Any) -> tuple[int, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self._place, self._wrong)
            return super().send(secret, body)


def _replayed(transcript: dict[str, Any], target: Target) -> list[bool]:
    """Whether each step of a kept transcript is answered as it stands there."""
    steps = json.loads(written(transcript))["steps"]
    replay = Replay(target, secrets={"admin": InProcess.SECRET, "wrong": WRONG})
    return [difference is None for difference in replay.run(steps)]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_its_topic_finds_a_fault_and_gives_a_transcript_of_it(server: Server, fault: Fault) -> None:
    comparison = Comparison(server=server, other=lambda: Broken(fault))
    topics = {fault.topic: TOPICS[fault.topic]}
    transcript = next(comparison.run(topics, seed=1, number=MOST_REQUESTS, seconds=SECONDS))
    *before, last = _replayed(transcript, Broken(fault))
    assert all(before)
    assert not last
    assert all(_replayed(transcript, InProcess()))
