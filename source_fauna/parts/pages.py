"""Pages that follow each other: the next one is asked for before the last is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from source_fauna.database.answers import MOST_WEIGHT_OF_A_DOCUMENT
from source_fauna.database.client import Client, Page, Request, log_waiting
from source_fauna.database.page_size import PageSize
from source_fauna.errors.errors import FaunaError
from source_fauna.parts.extents import Extent, Position
from source_fauna.tuning import Tuning

PAGE_MOST_BYTES = 16_000_000
"""No page is read that has more, unless it holds a single document. Two are in memory at once, one of them decoded."""


class Pages:
    """Asks for the pages of a part, and learns how large they may be."""

    def __init__(self, *, client: Client, tuning: Tuning, first_size: int) -> None:
        self.client = client
        self.sizes = PageSize(
            start=first_size,
            most=tuning.page_most_documents,
            target_seconds=tuning.page_target_seconds,
            target_bytes=tuning.page_target_bytes,
        )

    def all(self, extent: Extent[Position], low: Position) -> Iterator[Any]:
        """The answers to a page from `low` on and to those behind it. Raises FaunaError."""
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="page")
        following: Position | None = low
        try:
            request = self._request(extent, low)
            waiting = pool.submit(self._fetch, request)
            while following is not None:
                page = waiting.result()
                answer = self._resource(page, request)
                found = extent.found(answer)
                self.sizes.learn(page, len(found.documents))
                following = found.following
                if following is not None:
                    request = self._request(extent, following)
                    waiting = pool.submit(self._fetch, request)
                yield answer
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _request(self, extent: Extent[Position], low: Position) -> Request:
        return Request(
            build=lambda size: extent.page(low, size),
            size=self.sizes.current,
            most_bytes=PAGE_MOST_BYTES,
            most_weight_of_one=MOST_WEIGHT_OF_A_DOCUMENT,
        )

    def _fetch(self, request: Request) -> Page:
        return self.client.fetch(request, on_wait=log_waiting)

    def _resource(self, page: Page, request: Request) -> Any:
        """The decoded resource. A page that only looked whole is asked again, and read before it is believed."""
        try:
            return page.resource
        except FaunaError:
            return self._fetch(replace(request, doubted=True)).resource
