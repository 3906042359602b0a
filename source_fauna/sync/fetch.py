"""Bounded look-ahead: threads fetch pages, the one thread that emits takes them.

Responsibilities, and why:
- at most `threads` requests run at once, for all streams together: the database is the slow part, and must not be
  overloaded
- an answer belongs to a ticket; the answer to a dropped ticket is thrown away, so that nothing read at an older
  snapshot is emitted after a newer one was pinned
- threads fetch bytes, and the taker decodes them, so few decoded pages are in memory at once; a page that turns out to
  be broken is asked for again, and then decoded by the thread
- threads are daemons: a request in flight never keeps the process alive
- a stop wakes the taker at once
"""

from __future__ import annotations

import itertools
import queue
import threading
from dataclasses import dataclass, replace
from typing import Protocol

from source_fauna.database.attempts import Waiting
from source_fauna.database.client import Client, Page, Request
from source_fauna.errors.errors import FaunaError
from source_fauna.interruption import Interrupted, Interruption


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a ticket: a page, or the error of its request."""

    owner: str
    ticket: int
    page: Page | None = None
    error: Exception | None = None

    def decodes(self) -> bool:
        """Decode the page, which keeps the result. Returns False if that fails, and True for an error."""
        try:
            _ = self.page and self.page.resource
        except FaunaError:
            return False
        return True

    def result(self) -> Page:
        """The page. Raises the error of the request, which is a FaunaError if the server refused it."""
        if self.error is not None:
            raise self.error
        assert self.page is not None  # noqa: S101 - an answer is one or the other
        return self.page


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A request of the owner failed, and will be sent again after a wait."""

    owner: str
    waiting: Waiting


class PageSource(Protocol):
    """Where streams ask for pages, and the reader takes the answers. All in one thread."""

    @property
    def free(self) -> int:
        """How many further requests could start at once."""

    def submit(self, owner: str, request: Request) -> int:
        """Request a page for a stream, and return the ticket that its answer will have."""

    def drop(self, owner: str) -> None:
        """Forget all that the stream has asked for. Answers that are still to come are thrown away."""

    def take(self) -> Answer | Notice | None:
        """Wait for the next answer or notice, and return it. None if a stop is requested."""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    owner: str
    ticket: int
    request: Request


class Fetcher:
    """A PageSource with a pool of threads. Close it when done."""

    def __init__(self, *, client: Client, threads: int, interruption: Interruption) -> None:
        self._client = client
        self._most = threads
        self._interruption = interruption
        self._queue: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Answer | Notice | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._tickets = itertools.count(1)
        self._pending: dict[int, _Asked] = {}
        self._dropped: set[int] = set()
        interruption.wake(self._wake)

    @property
    def free(self) -> int:
        """How many further requests could start at once."""
        return max(0, self._most - len(self._pending))

    def submit(self, owner: str, request: Request) -> int:
        """Request a page for a stream, and return the ticket that its answer will have."""
        ticket = next(self._tickets)
        self._put(_Asked(owner=owner, ticket=ticket, request=request))
        if len(self._threads) < min(self._most, len(self._pending)):
            self._threads.append(threading.Thread(target=self._work, daemon=True, name="fetch"))
            self._threads[-1].start()
        return ticket

    def drop(self, owner: str) -> None:
        """Forget all that the stream has asked for. Answers that are still to come are thrown away."""
        self._dropped.update(ticket for ticket, each in self._pending.items() if each.owner == owner)

    def take(self) -> Answer | Notice | None:
        """Wait for the next answer or notice, and return it. None if a stop is requested."""
        while not self._interruption.requested:
            event = self._done.get()
            if event is None or self._interruption.requested:
                # A stop also ends the waits of the threads, so their errors mean nothing.
                break
            if isinstance(event, Answer):
                asked = self._pending.pop(event.ticket)
                if event.ticket in self._dropped:
                    self._dropped.remove(event.ticket)
                    continue
                if not asked.request.doubted and not event.decodes():
                    self._put(replace(asked, request=replace(asked.request, doubted=True)))
                    continue
            return event
        return None

    def close(self) -> None:
        """Let the threads end, each after its current request or wait."""
        self._interruption.release(self._wake)
        self._dropped.update(self._pending)
        for _ in self._threads:
            self._queue.put(None)

    def _put(self, asked: _Asked) -> None:
        self._pending[asked.ticket] = asked
        self._queue.put(asked)

    def _wake(self) -> None:
        self._done.put(None)

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            self._done.put(self._answer(asked))

    def _answer(self, asked: _Asked) -> Answer:
        owner, ticket = asked.owner, asked.ticket
        if ticket in self._dropped:
            return Answer(owner=owner, ticket=ticket, error=Interrupted())
        try:
            page = self._client.fetch(
                asked.request,
                on_wait=lambda waiting: self._done.put(Notice(owner=owner, waiting=waiting)),
                is_wanted=lambda: ticket not in self._dropped,
            )
        except Exception as error:  # noqa: BLE001 - raised again in the thread that emits, by Answer.result
            return Answer(owner=owner, ticket=ticket, error=error)
        return Answer(owner=owner, ticket=ticket, page=page)
