"""Threads fetch, one thread takes: tickets, drops, notices, stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from source_fauna.database.attempts import Waiting
from source_fauna.database.client import Page, Request
from source_fauna.errors import errors
from source_fauna.errors.table import Kind
from source_fauna.interruption import Interruption
from source_fauna.sync.fetch import Answer, Fetcher, Notice


class Script:
    """A client whose answers wait until the test lets them go."""

    def __init__(self) -> None:
        self.gates: dict[Any, threading.Event] = {}
        self.began: list[Any] = []
        self.wanted: dict[Any, Callable[[], bool]] = {}

    def gate(self, name: Any) -> threading.Event:
        return self.gates.setdefault(name, threading.Event())

    def fetch(self, request: Request, *, on_wait: Callable[[Waiting], None], is_wanted: Callable[[], bool]) -> Page:
        name = request.build(0)
        self.began.append(name)
        self.wanted[name] = is_wanted
        if name == "busy":
            on_wait(Waiting(error=errors.no_answer(Kind.UNREACHABLE, "no connection"), seconds=1.0))
        if name == "wrong":
            raise ValueError(name)
        assert self.gate(name).wait(10)
        return Page(body=b'{"resource": 1}', size=1, seconds=0.0)


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    yield script
    for gate in script.gates.values():
        gate.set()


def fetcher_of(script: Script, *, threads: int = 2, interruption: Interruption | None = None) -> Fetcher:
    return Fetcher(client=script, threads=threads, interruption=interruption or Interruption())  # type: ignore[arg-type]


def asks(name: str) -> Request:
    return Request(build=lambda _: name)


def test_an_answer_has_its_ticket_and_frees_its_place(script: Script) -> None:
    fetcher = fetcher_of(script)
    ticket = fetcher.submit("s", asks("a"))
    assert fetcher.free == 1
    script.gate("a").set()
    answer = fetcher.take()
    assert isinstance(answer, Answer)
    assert (answer.ticket, answer.owner, answer.result().resource) == (ticket, "s", 1)
    assert fetcher.free == 2
    fetcher.close()


def test_what_was_dropped_never_comes_and_is_not_asked_if_it_has_not_begun(script: Script) -> None:
    fetcher = fetcher_of(script, threads=1)
    fetcher.submit("s", asks("in flight"))
    fetcher.submit("s", asks("waiting"))
    fetcher.submit("other", asks("kept"))
    fetcher.drop("s")
    for name in ("in flight", "kept"):
        script.gate(name).set()
    answer = fetcher.take()
    assert isinstance(answer, Answer)
    assert answer.owner == "other"
    assert "waiting" not in script.began
    fetcher.close()


def test_an_error_is_raised_where_the_answer_is_taken(script: Script) -> None:
    fetcher = fetcher_of(script)
    fetcher.submit("s", asks("wrong"))
    answer = fetcher.take()
    assert isinstance(answer, Answer)
    with pytest.raises(ValueError, match="wrong"):
        answer.result()
    fetcher.close()


def test_a_wait_is_told_to_the_stream_that_waits(script: Script) -> None:
    fetcher = fetcher_of(script)
    fetcher.submit("s", asks("busy"))
    notice = fetcher.take()
    assert isinstance(notice, Notice)
    assert (notice.owner, notice.waiting.seconds) == ("s", 1.0)
    script.gate("busy").set()
    assert isinstance(fetcher.take(), Answer)
    fetcher.close()


def test_a_stop_wakes_who_takes(script: Script) -> None:
    interruption = Interruption()
    fetcher = fetcher_of(script, interruption=interruption)
    fetcher.submit("s", asks("silent"))
    interruption.request(143)
    assert fetcher.take() is None
    fetcher.close()
    assert not interruption.awaited


def test_no_more_threads_than_were_allowed(script: Script) -> None:
    fetcher = fetcher_of(script, threads=2)
    before = threading.active_count()
    for name in "abcd":
        fetcher.submit("s", asks(name))
    assert threading.active_count() - before <= 2
    assert fetcher.free == 0
    for name in "abcd":
        script.gate(name).set()
    answers = [fetcher.take() for _ in "abcd"]
    assert len({answer.ticket for answer in answers if isinstance(answer, Answer)}) == 4
    fetcher.close()


@pytest.mark.parametrize("end", [lambda fetcher: fetcher.drop("s"), Fetcher.close], ids=["dropped", "closed"])
def test_what_was_dropped_or_left_at_the_end_is_not_wanted(script: Script, end: Callable[[Fetcher], None]) -> None:
    """Without the rule, a thread retries it for half an hour, and another stream waits for that thread."""
    fetcher = fetcher_of(script)
    fetcher.submit("s", asks("busy"))
    assert isinstance(fetcher.take(), Notice)
    assert script.wanted["busy"]()
    end(fetcher)
    assert not script.wanted["busy"]()
    script.gate("busy").set()
