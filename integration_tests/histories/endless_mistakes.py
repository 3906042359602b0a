"""Mistakes of earlier versions that sent the same requests for ever, and one that only the guard ends."""

from __future__ import annotations

from integration_tests.histories.planting import put
from source_fauna.database import client, queries
from source_fauna.database.client import Page, Request
from source_fauna.database.page_size import PageSize
from source_fauna.rules.deletions import DeletionScan
from source_fauna.rules.steps import Steps


def page_of_nothing() -> None:
    """The share of the last documents is rounded down. It is 0 if fewer documents than walkers are left."""

    def share(self: PageSize, documents: float) -> int:
        return int(min(self.current, documents))

    put(PageSize, "share", share)
    put(client.Request, "__post_init__", lambda _: None)


def whole_size_forgotten() -> None:
    """The size that was too small for a transaction of both signs is forgotten after a page that succeeded."""
    right = DeletionScan._ends_within_both_signs

    def ends_within_both_signs(self: DeletionScan, page: Page) -> bool:
        self._whole = None
        return right(self, page)

    put(DeletionScan, "_ends_within_both_signs", ends_within_both_signs)


def asks_without_end() -> None:
    """A page that is not confirmed is requested again at once, without a limit."""

    def is_confirmed(_: DeletionScan, __: Page) -> Steps[Request, bool]:
        yield Request(build=lambda _: queries.now())
        return False

    put(DeletionScan, "_is_confirmed", is_confirmed)
