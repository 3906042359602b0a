"""One stream's failure is its own, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

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


def test_what_comes_for_a_stream_that_has_ended_is_passed_over() -> None:
    """A thread may tell of its wait after the stream it works for has failed."""
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
