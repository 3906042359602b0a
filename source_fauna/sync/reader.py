"""The loop over the configured streams, with their statuses and errors.

Streams start in the order of the catalog. As many are read at once as there may be requests at once, so that the round
trips of many small collections overlap. Messages of several streams may interleave, but the messages of each stream
keep their order. A stream that fails becomes INCOMPLETE and emits its error, and the others go on.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, StreamDescriptor

from source_fauna.errors import errors
from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Kind
from source_fauna.sync import messages
from source_fauna.sync.fetch import Answer, Notice, PageSource
from source_fauna.sync.stream import Flow, StreamRun, Wait
from source_fauna.traced import traced

logger = logging.getLogger("airbyte.source_fauna")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A configured stream to read: its run, and the flow of its messages."""

    run: StreamRun
    flow: Flow[None]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A configured stream that cannot be read, and why."""

    descriptor: StreamDescriptor
    problem: UserError


class Reader:
    """Drives the flows of all streams in one thread."""

    def __init__(self, *, jobs: Sequence[Job | Refused], pages: PageSource) -> None:
        self._waiting = deque(jobs)
        self._active: dict[str, Job] = {}
        self._pages = pages
        self._rate_limited: set[str] = set()
        self._failures: list[tuple[str, UserError]] = []

    def messages(self) -> Iterator[AirbyteMessage]:
        """All messages of the read. At the end, raises one error that names all streams that failed."""
        while self._waiting or self._active:
            # Each active stream has at least one request, so the limit of requests also limits the active streams.
            while self._waiting and (not self._active or self._pages.free > 0):
                yield from self._begin(self._waiting.popleft())
            if not self._active:
                continue
            event = self._pages.take()
            if event is None:
                yield from self._stop()
                return
            yield from self._handle(event)
        if self._failures:
            raise errors.summary(self._failures)

    def _begin(self, job: Job | Refused) -> Iterator[AirbyteMessage]:
        if isinstance(job, Refused):
            yield messages.status(job.descriptor, AirbyteStreamStatus.STARTED)
            yield from self._fail(job.descriptor, job.problem)
            return
        yield messages.status(job.run.descriptor, AirbyteStreamStatus.STARTED)
        yield messages.status(job.run.descriptor, AirbyteStreamStatus.RUNNING)
        self._active[job.run.owner] = job
        yield from self._resume(job, None)

    def _handle(self, event: Answer | Notice) -> Iterator[AirbyteMessage]:
        job = self._active.get(event.owner)
        if job is None:
            return
        if isinstance(event, Answer):
            if event.owner in self._rate_limited:
                # The platform shows a stream as rate limited until the stream sends another status.
                self._rate_limited.remove(event.owner)
                yield messages.status(job.run.descriptor, AirbyteStreamStatus.RUNNING)
            yield from self._resume(job, event)
            return
        logger.warning("Stream '%s': %s", job.run.name, event.waiting.message)
        job.run.standstill.end()
        if event.waiting.error.kind is Kind.BUSY:
            self._rate_limited.add(event.owner)
            yield messages.rate_limited(job.run.descriptor)

    def _resume(self, job: Job, answer: Answer | None) -> Iterator[AirbyteMessage]:
        """Let the flow run to its next wait, its end or its error."""
        descriptor = job.run.descriptor
        doing = f"reading stream '{job.run.name}'"
        try:
            if answer is not None:
                job.run.standstill.count_answer()
            step = job.flow.send(answer)  # type: ignore[arg-type]  # None starts a generator
            while not isinstance(step, Wait):
                yield step
                step = next(job.flow)
        except StopIteration:
            self._close(job)
            job.run.progress.close()
            yield messages.status(descriptor, AirbyteStreamStatus.COMPLETE)
            return
        except UserError as error:
            problem = error
        except FaunaError as error:
            problem = errors.explained(error, doing=doing)
        except Exception as error:  # noqa: BLE001 - it fails its stream, and is raised when the others are done
            problem = errors.unexpected(error, doing=doing)
        else:
            return
        self._close(job)
        yield from self._fail(descriptor, problem)

    def _fail(self, descriptor: StreamDescriptor, problem: UserError) -> Iterator[AirbyteMessage]:
        self._failures.append((descriptor.name, problem))
        yield messages.status(descriptor, AirbyteStreamStatus.INCOMPLETE)
        yield traced(problem).as_sanitized_airbyte_message(stream_descriptor=descriptor)

    def _close(self, job: Job) -> None:
        job.run.drop()
        del self._active[job.run.owner]

    def _stop(self) -> Iterator[AirbyteMessage]:
        """End all streams after a signal. The state of each last page is already emitted; requests are abandoned."""
        for job in list(self._active.values()):
            self._close(job)
            yield messages.status(job.run.descriptor, AirbyteStreamStatus.INCOMPLETE)
