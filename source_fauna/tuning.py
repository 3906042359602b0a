"""Every number of the connector that a test must be able to fix, in one frozen value with its defaults."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Clock, sleep, random, transport and the measures of a sync. Users set none of it.

    `clock` gives seconds of any monotonic origin, `wall_clock` those since 1970; `sleep` waits that many seconds;
    `random` gives [0, 1).
    """

    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    """How to wait; None: an interruptible wait that a stop ends at once."""
    random: Callable[[], float] = random.random
    session: Callable[[], requests.Session] = requests.Session

    connect_seconds: float = 10.0
    query_seconds: float = 60.0
    """The server's own limit for a query, sent as X-Query-Timeout."""
    answer_margin_seconds: float = 5.0
    """How much longer than the server's own limit we wait for an answer."""
    first_success_seconds: float = 20.0
    """How long a request may fail while no request has ever succeeded: a mistyped host must not spin."""
    outage_seconds: float = 1800.0
    """How long a request of a read may fail once the database has answered."""
    backoff_first_seconds: float = 1.0
    backoff_most_seconds: float = 60.0
    server_fault_attempts: int = 5
    """Some bad input gives 500 every time, so it is not asked for ever."""

    round_seconds: float = 300.0
    """The time of a round after its deletions. The least history the server keeps is 15 minutes."""
    scan_seconds: float = 300.0
    """A scan of deletions that took longer is followed by another, for R, the snapshot of its beginning, has aged by as
    much before the round reads any document."""
    lag_seconds: float = 10.0
    """How long a node may lag behind a saved position before that counts as a position from the future."""
    page_most_documents: int = 10_000
    """More makes a page slow, not the sync fast."""
    page_target_seconds: float = 1.0
    page_target_bytes: int = 1_500_000
    event_page_size: int = 1_000
    """Events are small; page_size is about documents."""
    progress_seconds: float = 30.0
    """At most one log line of progress a stream in this time."""
    schema_progress_seconds: float = 5.0
    """At most one log line about definitions and rights in this time."""
    first_walkers: int = 1
    """How many walkers a walk begins with; it grows from there while that pays."""
    chunk_pages: int = 8
    """How many pages ahead of a walker the next range of a walk begins."""
    count_from_documents: int = 3_000
    """A walk of fewer documents is over before anybody asks how far it is."""
    count_piece_ids: int = 50_000
    """How many ids are counted in one request. This takes a node of two cores 0.2 to 0.3 seconds: no walker waits long
    for its turn, and a collection of any size stays within the time limit of a query."""
