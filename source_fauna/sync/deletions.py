"""Deletions of a stream: the scan of `rules.deletions`, by the requests of the stream and in the words of the sync."""

from __future__ import annotations

from typing import Any

from source_fauna.config.config import Deletions
from source_fauna.database.client import Request
from source_fauna.errors.errors import ConfigError
from source_fauna.rules.deletions import Claim, DeletionScan, DeletionsPage, event_sizes
from source_fauna.schema.history import Loss, renamed
from source_fauna.sync.confirmation import confirmed
from source_fauna.sync.stream import Flow, StreamRun, taken


class DeletionReader:
    """Scans the events of one stream's collection, as often as a sync needs it.

    It remembers from scan to scan how large pages are.
    """

    def __init__(self, *, run: StreamRun, deletions: Deletions) -> None:
        self._run = run
        self._teller = _Teller(run=run, tolerates_loss=deletions.lost_history == "warn")
        self.sizes = event_sizes(run.tuning)

    def scan(self, position: int, *, proves: bool) -> DeletionScan:
        """A scan of what lies after the position; without `proves` of what history still holds, be it all or not."""
        return DeletionScan(
            collection=self._run.collection, position=position, proves=proves, sizes=self.sizes, teller=self._teller
        )

    def next_page(self, scan: DeletionScan, snapshot: int | None) -> Flow[DeletionsPage]:
        """The next page of a scan at the snapshot; None pins it. Raises FaunaError, and config errors."""
        return (yield from taken(scan.next_page(snapshot), self._answer))

    def _answer(self, step: Request | Claim) -> Flow[Any]:
        if isinstance(step, Claim):
            return (yield from confirmed(self._run, step.claim))
        return (yield from self._run.wait(self._run.ask(step)))


class _Teller:
    """What is said of a scan in a sync."""

    def __init__(self, *, run: StreamRun, tolerates_loss: bool) -> None:
        self._run = run
        self._tolerates_loss = tolerates_loss

    def closed_definition(self) -> None:
        self._run.warn_of_closed_definition()

    def lost(self, loss: Loss) -> None:
        if not self._tolerates_loss:
            raise ConfigError(loss.message) from loss.error
        self._run.warn(loss.warning)

    def both_signs(self) -> None:
        self._run.warn(
            f"Stream '{self._run.name}': one transaction holds negative and positive document ids; negative "
            "ones are outside of what a sync promises."
        )

    def reach(self, place: str) -> None:
        self._run.standstill.reach(f"its deletions, {place}")

    def renamed(self, position: int, name_then: str) -> ConfigError:
        return ConfigError(renamed(self._run.collection, position=position, name_then=name_then))

    def too_large(self) -> ConfigError:
        return ConfigError(
            f"Collection '{self._run.collection}' has a transaction with negative and positive document ids that "
            "is too large for the database's paging of events. Switch deletions off, or clear the stream's data."
        )
