"""The numbers and dependencies of the connector that tests replace, in one frozen value with its defaults."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Clock, sleep, random, transport, and the limits and targets of a sync. Users cannot set them.

    `clock` returns monotonic seconds, and `wall_clock` the seconds since 1970. `sleep` waits for a number of seconds.
    `random` returns a number in [0, 1).
    """

    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    """How to wait. None: a wait that ends at once when a stop is requested."""
    random: Callable[[], float] = random.random
    session: Callable[[], requests.Session] = requests.Session

    connect_seconds: float = 10.0
    query_seconds: float = 60.0
    """The server's own limit for a query, sent as X-Query-Timeout."""
    answer_margin_seconds: float = 5.0
    """How much longer than the server's own limit we wait for an answer."""
    first_success_seconds: float = 20.0
    """How long a request may fail while none has succeeded yet. It is short, because the host may be mistyped."""
    outage_seconds: float = 1800.0
    """How long a request of a read may fail once the database has answered."""
    backoff_first_seconds: float = 1.0
    backoff_most_seconds: float = 60.0
    server_fault_attempts: int = 5
    """The most attempts at a request that fails with 500. Some requests always fail like this."""

    round_seconds: float = 300.0
    """How long a round may take after its deletions. It must be shorter than the server's least history, 15 minutes."""
    scan_seconds: float = 300.0
    """A scan of deletions that took longer than this is followed by another one. The reason: R is the snapshot at the
    begin of the scan, so after a long scan it is old before the round has read any document."""
    lag_seconds: float = 10.0
    """How long to wait for a node that lags behind a saved position. After that, the position lies in the future."""
    page_most_documents: int = 10_000
    """The most documents in a page. Larger pages take longer, but do not make the sync faster."""
    page_target_seconds: float = 1.0
    page_target_bytes: int = 1_500_000
    event_page_size: int = 1_000
    """The first number of events in a page. The setting page_size does not apply, because events are small."""
    progress_seconds: float = 30.0
    """The least time between two log lines about the progress of a stream."""
    schema_progress_seconds: float = 5.0
    """The least time between two log lines about the reading of definitions and rights."""
    first_walkers: int = 1
    """How many walkers a walk starts with. It adds walkers while they increase the throughput."""
    chunk_pages: int = 8
    """The length of the range that is cut off for a walker, in pages."""
    count_from_documents: int = 3_000
    """A walk counts its remaining documents after this many. A shorter walk is over before its progress matters."""
    count_piece_ids: int = 50_000
    """How many ids are counted in one request. This takes a node of two cores 0.2 to 0.3 seconds. So no walker waits
    long, and the count of a collection of any size stays within the time limit of a query."""
