"""The loop over the configured streams: statuses, errors of each stream, interleaving, and the end.

Streams begin in the order of the catalog, as many at once as requests may run at once, so that a database of many small
collections is not one round trip after the other. Messages of streams may interleave; each stream's own order stands.
A stream that fails is INCOMPLETE with an error of its own, and the others go on.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, FailureType, StreamDescriptor
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.errors import FaunaError, Kind, traced, unexpected
from source_fauna.sync import messages
from source_fauna.sync.fetch import Answer, Fetcher, Notice
from source_fauna.sync.stream import Flow, StreamRun, Wait

logger = logging.getLogger("airbyte.source_fauna")


@dataclass(kw_only=True)
class Job:
    """One configured stream: its run and the flow of its messages; a `problem` keeps it from beginning."""

    descriptor: StreamDescriptor
    run: StreamRun | None = None
    flow: Flow[None] | None = None
    problem: AirbyteTracedException | None = None


@dataclass
class _Failures:
    by_stream: dict[str, AirbyteTracedException] = field(default_factory=dict)

    def summary(self) -> AirbyteTracedException:
        """One error for the job: a config error only if nothing but a person can help."""
        types = {error.failure_type for error in self.by_stream.values()}
        worst = next(
            kind
            for kind in (FailureType.system_error, FailureType.transient_error, FailureType.config_error)
            if kind in types
        )
        listed = "\n".join(f"{name}: {error.message}" for name, error in self.by_stream.items())
        text = f"During the sync, the following streams did not sync successfully:\n{listed}"
        return AirbyteTracedException(message=text, internal_message=text, failure_type=worst)


class Reader:
    """Drives the flows of all streams in one thread."""

    def __init__(self, *, jobs: Sequence[Job], fetcher: Fetcher, most_at_once: int) -> None:
        self._waiting = deque(jobs)
        self._active: dict[str, Job] = {}
        self._fetcher = fetcher
        self._most_at_once = most_at_once
        self._failures = _Failures()

    def messages(self) -> Iterator[AirbyteMessage]:
        """All messages of the read. Raises one error that names every stream that failed."""
        while self._waiting or self._active:
            while self._waiting and len(self._active) < self._most_at_once and self._may_begin():
                yield from self._begin(self._waiting.popleft())
            if not self._active:
                continue
            event = self._fetcher.take()
            if event is None:
                yield from self._stop()
                return
            yield from self._hear(event)
        if self._failures.by_stream:
            raise self._failures.summary()

    def _may_begin(self) -> bool:
        return not self._active or self._fetcher.free > 0

    def _begin(self, job: Job) -> Iterator[AirbyteMessage]:
        yield messages.status(job.descriptor, AirbyteStreamStatus.STARTED)
        if job.problem is not None or job.run is None:
            yield from self._fail(job, job.problem)
            return
        yield messages.status(job.descriptor, AirbyteStreamStatus.RUNNING)
        self._active[job.run.owner] = job
        yield from self._resume(job, None)

    def _hear(self, event: Answer | Notice) -> Iterator[AirbyteMessage]:
        job = self._active.get(event.owner)
        if job is None:
            return
        if isinstance(event, Answer):
            yield from self._resume(job, event)
            return
        error = event.waiting.error
        logger.warning(
            "Stream '%s': %s; asking again in %.1f seconds.",
            job.descriptor.name,
            error.reason.rstrip("."),
            event.waiting.seconds,
        )
        if error.kind is Kind.BUSY:
            yield messages.rate_limited(job.descriptor)

    def _resume(self, job: Job, answer: Answer | None) -> Iterator[AirbyteMessage]:
        """Let the flow run to its next wait, its end or its error."""
        assert job.flow is not None  # noqa: S101 - it has begun
        assert job.run is not None  # noqa: S101 - it has begun
        try:
            step = job.flow.send(answer)  # type: ignore[arg-type]  # a generator is begun with None
            while not isinstance(step, Wait):
                yield step
                step = next(job.flow)
        except StopIteration:
            self._close(job)
            job.run.progress.close()
            yield messages.status(job.descriptor, AirbyteStreamStatus.COMPLETE)
        except AirbyteTracedException as error:
            yield from self._fail(job, error)
        except FaunaError as error:
            yield from self._fail(job, traced(error, doing=self._doing(job)))
        except Exception as error:  # noqa: BLE001 - it fails its stream, and is raised when the others are done
            yield from self._fail(job, unexpected(error, doing=self._doing(job)))

    def _doing(self, job: Job) -> str:
        return f"reading stream '{job.descriptor.name}'"

    def _fail(self, job: Job, error: AirbyteTracedException | None) -> Iterator[AirbyteMessage]:
        self._close(job)
        yield messages.status(job.descriptor, AirbyteStreamStatus.INCOMPLETE)
        if error is not None:
            self._failures.by_stream[job.descriptor.name] = error
            yield error.as_sanitized_airbyte_message(stream_descriptor=job.descriptor)

    def _close(self, job: Job) -> None:
        if job.run is not None:
            job.run.drop()
            self._active.pop(job.run.owner, None)

    def _stop(self) -> Iterator[AirbyteMessage]:
        """A signal: the state of the last emitted page is out already; what is in flight is left."""
        for job in list(self._active.values()):
            yield from self._fail(job, None)
