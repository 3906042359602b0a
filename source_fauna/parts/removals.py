"""Deletions of a part, page by page: the scan of `rules.deletions`, by the requests of a worker and in its words.

A worker reads them from their beginning each time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from source_fauna.database.client import Client, Request, log_waiting
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import ConfigError
from source_fauna.parts import lost
from source_fauna.parts.confirmation import disagreement, holds, replaced
from source_fauna.parts.part import Removals
from source_fauna.rules.confirmation import Question, hides_deletions
from source_fauna.rules.deletions import Claim, DeletionScan
from source_fauna.rules.steps import taken
from source_fauna.schema.history import Loss

logger = logging.getLogger("airbyte.source_fauna")

Deletion = tuple[str, int]
"""The id of a document, and the ts of its deletion in microseconds."""

MOST_UNCONFIRMED = 10
"""Pages in a row that are not confirmed. The engine then tries the part again."""


def read_removals(part: Removals, client: Client, sizes: PageSize) -> Iterator[list[Deletion]]:
    """The deletions, page by page. Raises FaunaError, and a config error when some are lost and that is not borne."""
    teller = _Teller(part=part)
    scan = DeletionScan(collection=part.collection, position=part.since, proves=True, sizes=sizes, teller=teller)
    is_last = False
    within: set[Deletion] = set()
    while not is_last:
        page = taken(scan.next_page(part.snapshot), _Answers(part=part, client=client))
        is_last = page.is_last
        yield [each for each in page.deletions if each not in within]
        # A transaction of both signs is read once more, as a whole, when some of it was handed out.
        within = {each for each in within.union(page.deletions) if each[1] > page.position}


class _Answers:
    """Answers the steps of one page."""

    def __init__(self, *, part: Removals, client: Client) -> None:
        self._part = part
        self._client = client
        self._unconfirmed = 0

    def __call__(self, step: Request | Claim) -> Any:
        if isinstance(step, Request):
            return self._client.fetch(replace(step, doubted=True), on_wait=log_waiting)
        name = self._part.collection
        question = Question(collection=name, claim=step.claim, snapshot=self._part.snapshot)
        is_confirmed = holds(self._client, question, condition=hides_deletions(name))
        self._unconfirmed += not is_confirmed
        if self._unconfirmed > MOST_UNCONFIRMED:
            raise disagreement(name)
        return is_confirmed


class _Teller:
    """What is said of a scan by a worker."""

    def __init__(self, *, part: Removals) -> None:
        self._part = part

    def closed_definition(self) -> None:
        """The plan has told it."""

    def lost(self, loss: Loss) -> None:
        lost.tell(loss, bears_loss=self._part.bears_loss)

    def both_signs(self) -> None:
        logger.warning(
            "Collection '%s': one transaction holds negative and positive document ids; negative ones are outside of "
            "what a stream promises.",
            self._part.collection,
        )

    def reach(self, place: str) -> None:
        """Nobody watches it: each answer brings a worker on, or fails."""

    def renamed(self, position: int, name_then: str) -> ConfigError:
        del name_then
        return replaced(self._part.collection, position)

    def too_large(self) -> ConfigError:
        return ConfigError(
            f"Collection '{self._part.collection}' has a transaction with negative and positive document ids that is "
            "too large for the database's paging of events. Switch deletions off."
        )
