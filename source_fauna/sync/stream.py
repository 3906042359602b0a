"""One stream while it is read: what it may ask for, and what it emits.

A stream's read is a `Flow`, a generator that yields messages, and yields WAIT when it needs the next answer to what
it has asked for. The reader drives many of them in one thread, so that a state never passes its records.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, Final, TypeAlias

from airbyte_cdk.models import AirbyteMessage, StreamDescriptor

from source_fauna.config.config import Config, Deletions
from source_fauna.database import queries
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import FaunaError
from source_fauna.records.records import Records
from source_fauna.rules.steps import Outcome, Result, Step, Steps
from source_fauna.rules.unreadable import naming_unreadable
from source_fauna.schema.streams import Stream
from source_fauna.sync import messages
from source_fauna.sync.fetch import Answer, PageSource
from source_fauna.sync.pace import Walkers
from source_fauna.sync.progress import Progress
from source_fauna.sync.standstill import Standstill
from source_fauna.tuning import Tuning

logger = logging.getLogger("airbyte.source_fauna")


class Wait:
    """What a flow yields to be resumed with the next of its answers."""


WAIT: Final = Wait()

Flow: TypeAlias = Generator[AirbyteMessage | Wait, Answer, Result]

IN_FLIGHT_BYTES = 16_000_000
"""About the size of all pages in flight together. They wait as bytes; a decoded page takes some seven times as much,
and only one is decoded at a time. Peak memory of 100,000 documents with 4 walkers: 128 to 138 MB with pages of 1.5 MB,
up to 173 MB with pages of 2 MB."""

IN_FLIGHT_MOST_BYTES = 32_000_000
"""A page that has more than its share of this is not read, unless it holds a single document. Otherwise large documents
behind many small ones would fill the memory before the pages have shrunk."""


def taken(steps: Steps[Step, Result], answer: Callable[[Step], Flow[Any]]) -> Flow[Result]:
    """The result of steps that are answered by flows. Raises what the steps do not catch."""
    try:
        step = next(steps)
        while True:
            try:
                outcome = Outcome(answer=(yield from answer(step)))
            except FaunaError as error:
                outcome = Outcome(error=error)
            step = steps.send(outcome)
    except StopIteration as end:
        result: Result = end.value
        return result


_EMITTED: Final[dict[str, Any]] = {}


class StreamRun:
    """A stream's requests, records and checkpoints.

    `deletions` tells how deletions are reported; None where they are not, as in every full refresh. `sizes` and
    `walkers` remember what worked for the stream. A page of more than `page_most_bytes` is too large.
    """

    def __init__(
        self,
        *,
        stream: Stream,
        descriptor: StreamDescriptor,
        config: Config,
        records: Records,
        deletions: Deletions | None,
        pages: PageSource,
        tuning: Tuning,
    ) -> None:
        self.stream = stream
        self.collection = stream.collection.name
        self.descriptor = descriptor
        self.deletions = deletions
        self.tuning = tuning
        self.clock = tuning.clock
        self.owner = f"{descriptor.namespace or ''}\n{descriptor.name}"
        """The key of this stream among all that are read: two namespaces may have streams of one name."""
        self.progress = Progress(stream=descriptor.name, every_seconds=tuning.progress_seconds, clock=tuning.clock)
        self.sizes = PageSize(
            start=config.page_size,
            most=tuning.page_most_documents,
            target_seconds=tuning.page_target_seconds,
            target_bytes=min(tuning.page_target_bytes, IN_FLIGHT_BYTES // config.concurrency),
        )
        self.walkers = Walkers(first=tuning.first_walkers, most=config.concurrency, clock=tuning.clock)
        self.page_most_bytes = IN_FLIGHT_MOST_BYTES // config.concurrency
        self.unconfirmed = 0
        """How many pages in a row were not confirmed."""
        self.standstill = Standstill(stream=descriptor.name)
        self._records = records
        self._pages = pages
        self._warnings: set[str] = set()
        self._last_state: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The stream's name, as users know it."""
        return str(self.descriptor.name)

    @property
    def has_room(self) -> bool:
        """Whether a further request could start at once."""
        return self._pages.free > 0

    def ask(self, request: Request) -> int:
        """Ask for a page without waiting. Its answer comes by a WAIT and has the ticket that is returned."""
        if request.delay_seconds:
            self.standstill.end()
        return self._pages.submit(self.owner, request)

    def call(self, expression: Expression, *, delay_seconds: float = 0.0) -> Flow[Any]:
        """The resource of one expression, when nothing else is asked for. Raises FaunaError."""
        ticket = self.ask(Request(build=lambda _: expression, delay_seconds=delay_seconds))
        return (yield from self.wait(ticket)).resource

    def wait(self, ticket: int) -> Flow[Page]:
        """The page of the only ticket. Raises FaunaError, and LookupError if the answer has another ticket.

        Taking the answer to another request for it would lose data without a word.
        """
        answer = yield WAIT
        if answer.ticket != ticket:
            raise LookupError("an answer for nobody")
        return answer.result()

    def drop(self) -> None:
        """Forget all that is asked for."""
        self._pages.drop(self.owner)

    def warn(self, text: str) -> None:
        """Tell it in the log, once."""
        if text not in self._warnings:
            self._warnings.add(text)
            logger.warning("%s", text)

    def warn_of_closed_definition(self) -> None:
        """Tell in the log, once, that the key may not read the definition of the collection."""
        self.warn(
            f"Stream '{self.name}': the key may not read the definition of its collection, so it cannot be noticed "
            "when another collection takes its name, or when it is deleted and created again. Give the role read on "
            "Collections()."
        )

    def emit(self, documents: list[dict[str, Any]]) -> Flow[None]:
        """The records of documents as the server sent them. Each document is removed from the list when it is emitted.

        The caller keeps the list until the next page comes, and the documents would fill memory until then.
        """
        emitted_at = messages.now_milliseconds()
        live, descriptor = self._records.live, self.descriptor
        if documents:
            self.standstill.end()
        for number, document in enumerate(documents):
            documents[number] = _EMITTED
            data, nulled = live(document)
            self.progress.documents += 1
            yield messages.record(descriptor, data, emitted_at=emitted_at, nulled=nulled)

    def emit_deletions(self, deletions: Iterable[tuple[str, int]]) -> Flow[None]:
        """The records of deletions, each the id of a document and the ts of its deletion in microseconds."""
        emitted_at = messages.now_milliseconds()
        for document_id, ts in deletions:
            self.standstill.end()
            self.progress.deletions += 1
            yield messages.record(self.descriptor, self._records.deleted(document_id, ts), emitted_at=emitted_at)

    def estimate(self, *, handed_out: int, left: int | None) -> Flow[None]:
        """Tell once how many records this sync will emit, if the number of documents that are left is known.

        `handed_out` is how many documents are about to be emitted; they are not among those that are left.
        """
        if left is not None and self.progress.expected is None:
            self.progress.expected = self.progress.documents + handed_out + left
            yield messages.estimate(self.descriptor, self.progress.expected)

    def checkpoint(self, state: Mapping[str, Any]) -> Flow[None]:
        """The state, unless it is the one that was emitted last."""
        if state != self._last_state:
            self._last_state = state
            self.progress.tell(page_size=self.sizes.current, walkers=self.walkers.allowed)
            yield messages.state(self.descriptor, state)

    def reach(self, saved: int) -> Flow[int | None]:
        """A snapshot that is not below the saved ts. The server is asked for some seconds, because a node may lag.

        None if the server's time stays below the saved ts, which then lies in the future.
        """
        for attempt in range(max(1, int(self.tuning.lag_seconds))):
            snapshot: int = yield from self.call(queries.now(), delay_seconds=1.0 if attempt else 0.0)
            if snapshot >= saved:
                return snapshot
        return None

    def raise_if_unreadable(self, error: FaunaError, first: Expression) -> Flow[None]:
        """Raise a system error that names the document, if a single one is too much for the server.

        All that the stream has asked for is dropped.
        """
        self.drop()
        yield from taken(naming_unreadable(error, collection=self.collection, first=first), self.call)
