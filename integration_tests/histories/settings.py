"""The measures of the connector in one sync, and the job that a run gets by them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from integration_tests.harness.inputs import catalog, stream_state
from integration_tests.harness.table import DELETED
from integration_tests.histories.profiles import Profile
from integration_tests.histories.runs import Job
from integration_tests.histories.world import World

PATIENCE = 0.001
"""The part of each wait of the connector that is waited."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What may be another for the next sync: sizes, the time of a round, and the mode of deletions."""

    page_size: int
    largest_page: int
    chunk_pages: int
    event_page_size: int
    page_target_bytes: int
    round_seconds: float
    concurrency: int
    first_walkers: int
    names_index: bool
    deletions: bool

    @classmethod
    def draw(cls, profile: Profile, numbers: random.Random) -> Setting:
        """Any setting of the profile."""
        page_size = numbers.choice(profile.page_sizes)
        return cls(
            page_size=page_size,
            largest_page=numbers.choice((page_size, page_size, 4 * page_size, 10_000)),
            chunk_pages=numbers.choice((1, 1, 2, 8)),
            event_page_size=numbers.choice(profile.event_page_sizes),
            page_target_bytes=profile.page_target_bytes,
            round_seconds=numbers.choice(profile.round_seconds),
            concurrency=numbers.choice((1, 2, 4, 4)),
            first_walkers=numbers.choice((1, 4)),
            names_index=numbers.choice((True, False)),
            deletions=numbers.choice((True, True, True, False)),
        )

    def job(self, world: World, state: dict[str, Any], *, seeded_fault: str | None) -> Job:
        """An incremental read of the collection, from the state if there is one."""
        collection: dict[str, Any] = {"name": world.collection, "page_size": self.page_size}
        collection["deletions"] = DELETED if self.deletions else {"deletion_mode": "ignore"}
        if self.names_index:
            collection["index"] = world.index
        return Job(
            config=world.database.config(secret=world.secret, concurrency=self.concurrency, **collection),
            catalog=catalog("incremental", world.collection, destination="append_dedup"),
            state=[stream_state(world.collection, state)] if state else [],
            tuning={
                "round_seconds": self.round_seconds,
                "page_most_documents": self.largest_page,
                "first_walkers": self.first_walkers,
                "chunk_pages": self.chunk_pages,
                "event_page_size": self.event_page_size,
                "page_target_bytes": self.page_target_bytes,
                "patience": PATIENCE,
            },
            seeded_fault=seeded_fault,
        )
