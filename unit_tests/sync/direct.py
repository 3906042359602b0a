"""A fetcher without threads or sockets: local_fauna's engine answers, in an order that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import orjson
from airbyte_cdk.models import AirbyteMessage, StreamDescriptor

from source_fauna.database.client import Page, Request
from source_fauna.database.fql import wire
from source_fauna.errors.errors import FaunaError
from source_fauna.records.layout import declared
from source_fauna.records.records import Records
from source_fauna.schema.definitions import Collection, Index
from source_fauna.schema.indexes import no_index
from source_fauna.schema.streams import Stream
from source_fauna.sync.fetch import Answer, PageSource
from source_fauna.sync.messages import NULL
from source_fauna.sync.stream import Flow, StreamRun, Wait
from source_fauna.tuning import Tuning
from unit_tests.configs import DELETED_AT, config
from unit_tests.local_fauna.fauna import SECRET, Fauna
from unit_tests.things import COLLECTION, INDEX, body_of

Result = TypeVar("Result")


class DirectFetcher:
    """A source of pages that keeps what is asked for, and answers one of it at a time: the oldest, unless told."""

    def __init__(
        self,
        fauna: Fauna,
        *,
        threads: int = 1,
        choose: Callable[[int], int] = lambda _: 0,
        secret: str = SECRET,
        page_seconds: float = 0.01,
    ) -> None:
        self._engine = fauna.engine
        self._secret = secret
        self._page_seconds = page_seconds
        self._most = threads
        self._choose = choose
        self._pending: dict[int, tuple[str, Request]] = {}
        self._next = 0
        self._refusals: list[tuple[Callable[[Any], bool], FaunaError]] = []
        self.delays: list[float] = []
        """The seconds of each wait before a request was sent."""
        self._answers = 0
        self._moments: dict[int, Callable[[], object]] = {}

    def refuse(self, which: Callable[[Any], bool], error: FaunaError) -> None:
        """Answer requests like these with an error."""
        self._refusals.append((which, error))

    def before_answer(self, number: int, action: Callable[[], object]) -> None:
        """Let something happen to the database right before the answer of this number is read; the first is 1."""
        self._moments[number] = action

    @property
    def asked(self) -> int:
        """How many requests there were."""
        return self._next

    @property
    def free(self) -> int:
        """How many further requests could start at once."""
        return max(0, self._most - len(self._pending))

    @property
    def outstanding(self) -> int:
        """How many requests wait for their answer."""
        return len(self._pending)

    def first(self, which: Callable[[Any], bool], otherwise: int) -> int:
        """The place of the first outstanding request that is like this."""
        expressions = [
            orjson.loads(wire(each.build(each.first_size))) for _, (_, each) in sorted(self._pending.items())
        ]
        return next((place for place, expression in enumerate(expressions) if which(expression)), otherwise)

    def submit(self, owner: str, request: Request) -> int:
        self._next += 1
        self._pending[self._next] = (owner, request)
        if request.delay_seconds:
            self.delays.append(request.delay_seconds)
        return self._next

    def drop(self, owner: str) -> None:
        self._pending = {ticket: each for ticket, each in self._pending.items() if each[0] != owner}

    def take(self) -> Answer:
        """The answer to one of the outstanding tickets."""
        outstanding = sorted(self._pending)
        ticket = outstanding[self._choose(len(outstanding))]
        return self._answer_to(ticket, *self._pending.pop(ticket))

    def _answer_to(self, ticket: int, owner: str, request: Request) -> Answer:
        self._answers += 1
        self._moments.pop(self._answers, lambda: None)()
        expression = orjson.loads(wire(request.build(request.first_size)))
        for which, error in self._refusals:
            if which(expression):
                return Answer(owner=owner, ticket=ticket, error=error)
        try:
            body = body_of(self._engine, expression, secret=self._secret)
        except FaunaError as error:
            return Answer(owner=owner, ticket=ticket, error=error)
        return Answer(
            owner=owner, ticket=ticket, page=Page(body=body, size=request.first_size, seconds=self._page_seconds)
        )


def stream_run(
    fetcher: PageSource,
    *,
    page_size: int = 64,
    walkers: int = 1,
    chunk_pages: int = 8,
    count_from_documents: int = 3_000,
    index: str = INDEX,
    deletions: bool = False,
    name: str = COLLECTION,
) -> StreamRun:
    """A run of the collection of these tests, with so many walkers from the start and pages that do not grow."""
    switched = {"deletions": DELETED_AT} if deletions else {}
    settings = replace(config(page_size=page_size, **switched), concurrency=walkers)
    collection = Collection(name=COLLECTION, history_days=0, ts=1)
    by_ts = Index(name=index, ts=1, active=True, source=COLLECTION)
    run = StreamRun(
        stream=Stream(collection=collection, index=by_ts, without_index=no_index(collection, {"another"})),
        descriptor=StreamDescriptor(name=name),
        config=settings,
        records=Records(layout=declared(settings), null=NULL),
        deletions=settings.deletions,
        pages=fetcher,
        tuning=Tuning(
            page_most_documents=page_size,
            chunk_pages=chunk_pages,
            count_from_documents=count_from_documents,
            count_piece_ids=7,
        ),
    )
    run.walkers.allowed = walkers
    return run


def drive(flow: Generator[Any, Any, Result], fetcher: DirectFetcher) -> Result:
    """Run a flow to its end and return its result; its messages are dropped."""
    answer = None
    while True:
        try:
            step = flow.send(answer)
        except StopIteration as end:
            result: Result = end.value
            return result
        answer = fetcher.take() if isinstance(step, Wait) else None


def messages(flow: Flow[None], fetcher: DirectFetcher) -> Iterator[AirbyteMessage]:
    """The messages of a flow, as its reader would give them."""
    answer = None
    while True:
        try:
            step = flow.send(answer)  # type: ignore[arg-type]  # a generator is begun with None
        except StopIteration:
            return
        answer = None
        if isinstance(step, Wait):
            answer = fetcher.take()
        else:
            yield step
