"""The failure of one stream does not affect the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

from source_fauna.database import queries
from source_fauna.database.attempts import Waiting
from source_fauna.errors.errors import ConfigError, SystemFailure, UserError
from source_fauna.sync.fetch import Answer, Notice
from source_fauna.sync.reader import Job, Reader, Refused
from source_fauna.sync.stream import WAIT, Flow
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, stream_run


def raising(error: Exception) -> Flow[None]:
    yield from ()
    raise error


def jobs_of(fetcher: DirectFetcher, *problems: Exception) -> list[Job]:
    runs = [stream_run(fetcher, name=f"stream{number}") for number in range(len(problems))]
    return [Job(run=run, flow=raising(error)) for run, error in zip(runs, problems, strict=True)]


def read(*problems: Exception) -> tuple[list[AirbyteMessage], UserError]:
    fetcher = DirectFetcher(Fauna())
    reader = Reader(jobs=jobs_of(fetcher, *problems), pages=fetcher)
    found: list[AirbyteMessage] = []

    def taken() -> Iterator[AirbyteMessage]:
        for message in reader.messages():
            found.append(message)
            yield message

    with pytest.raises(UserError) as caught:
        list(taken())
    return found, caught.value


def told(messages: list[AirbyteMessage]) -> list[tuple[str, Any]]:
    errors_of = [message.trace.error for message in messages if message.trace and message.trace.error]
    return [
        (error.stream_descriptor.name if error.stream_descriptor else "", error.failure_type) for error in errors_of
    ]


@pytest.mark.parametrize(
    ("problems", "worst"),
    [
        ([ConfigError("a")], FailureType.config_error),
        ([ConfigError("a"), ConfigError("b")], FailureType.config_error),
        ([ConfigError("a"), refusal(429)], FailureType.transient_error),
        ([ConfigError("a"), refusal(429), SystemFailure("c")], FailureType.system_error),
        ([ConfigError("a"), KeyError("what a document holds")], FailureType.system_error),
    ],
    ids=["config", "config twice", "one that passes", "one of the system", "a fault of ours"],
)
def test_the_failure_of_the_whole_is_the_worst(problems: list[Exception], worst: FailureType) -> None:
    messages, error = read(*problems)
    assert [name for name, _ in told(messages)] == [f"stream{number}" for number in range(len(problems))]
    assert error.failure.value == worst.value
    assert "what a document holds" not in str(error)


def test_a_stream_with_a_problem_begins_and_fails() -> None:
    fetcher = DirectFetcher(Fauna())
    job = Refused(descriptor=StreamDescriptor(name="gone"), problem=ConfigError("gone for good"))
    with pytest.raises(UserError, match="gone: gone for good"):
        list(Reader(jobs=[job], pages=fetcher).messages())


def statuses_of(messages: list[AirbyteMessage]) -> list[tuple[str, bool]]:
    """Each status, and whether it has a reason."""
    found = [message.trace.stream_status for message in messages if message.trace]
    return [(each.status.value, bool(each.reasons)) for each in found if each]


def test_the_end_of_a_wait_for_a_server_that_limits_its_clients_is_told_once() -> None:
    """Without it, the platform shows the stream as rate limited until it ends."""
    fetcher = DirectFetcher(Fauna())
    run = stream_run(fetcher)
    busy = Notice(owner=run.owner, waiting=Waiting(error=refusal(429), seconds=1.0))
    lost = Notice(owner=run.owner, waiting=Waiting(error=refusal(503), seconds=1.0))
    page = Answer(owner=run.owner, ticket=1)
    taken = iter([page, lost, busy, busy, page, page])
    fetcher.take = lambda: next(taken)  # type: ignore[method-assign,assignment,return-value]

    def flow() -> Flow[None]:
        for _ in range(3):
            yield WAIT

    messages = list(Reader(jobs=[Job(run=run, flow=flow())], pages=fetcher).messages())
    told = [("STARTED", False), ("RUNNING", False), ("RUNNING", True), ("RUNNING", True), ("RUNNING", False)]
    assert statuses_of(messages) == [*told, ("COMPLETE", False)]


def test_a_stream_that_asks_without_end_fails() -> None:
    """The guard covers every mistake, because all flows pass it."""
    fetcher = DirectFetcher(Fauna())
    run = stream_run(fetcher)

    def flow() -> Flow[None]:
        run.standstill.reach("its deletions, ts 7")
        while True:
            yield from run.call(queries.now())

    with pytest.raises(SystemFailure, match=r"stands still: 200 answers .* no further than its deletions, ts 7"):
        list(Reader(jobs=[Job(run=run, flow=flow())], pages=fetcher).messages())
    assert fetcher.asked <= 202


def test_a_stream_that_waits_between_its_requests_may_ask_for_long() -> None:
    fetcher = DirectFetcher(Fauna())
    run = stream_run(fetcher)

    def flow() -> Flow[None]:
        for _ in range(700):
            yield from run.call(queries.now(), delay_seconds=1.0)

    messages = list(Reader(jobs=[Job(run=run, flow=flow())], pages=fetcher).messages())
    assert statuses_of(messages)[-1] == ("COMPLETE", False)


def test_streams_of_one_name_in_two_namespaces_fail_by_themselves() -> None:
    """If failures are keyed by the name alone, the second one replaces the first in the final error."""
    fetcher = DirectFetcher(Fauna())
    jobs = [
        Refused(descriptor=StreamDescriptor(name="foo", namespace=each), problem=ConfigError(f"{each} is gone"))
        for each in ("one", "two")
    ]
    with pytest.raises(UserError, match=r"foo: one is gone\nfoo: two is gone"):
        list(Reader(jobs=jobs, pages=fetcher).messages())


def test_what_comes_for_a_stream_that_has_ended_is_passed_over() -> None:
    """A thread may report a wait after its stream has failed."""
    fetcher = DirectFetcher(Fauna())
    run = stream_run(fetcher)
    late = Notice(owner="another", waiting=Waiting(error=refusal(429), seconds=1.0))
    taken = iter([late, Answer(owner=run.owner, ticket=1)])
    fetcher.take = lambda: next(taken)  # type: ignore[method-assign,assignment,return-value]

    def flow() -> Flow[None]:
        yield WAIT

    job = Job(run=run, flow=flow())
    messages = list(Reader(jobs=[job], pages=fetcher).messages())
    statuses = [message.trace.stream_status for message in messages if message.trace]
    assert [each.status.value for each in statuses if each] == ["STARTED", "RUNNING", "COMPLETE"]
