"""Many syncs in one process, after which the process must not be larger than before.

`python -m integration_tests.test_soak 5000` does so many.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from integration_tests.faults.commands import STREAMS, Site, new_site
from integration_tests.faults.matrix import FAULTS
from integration_tests.harness.fql import update
from integration_tests.harness.inputs import catalog

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("soak")]

WARM_UP_RUNS = 40
RUNS = 200
GROWTH_BYTES_PER_RUN = 20_000
"""For what local_fauna keeps of an update, what pytest keeps of the log, and the allocator's own noise."""

WATCHED = {"source_fauna", "airbyte_cdk", "airbyte_protocol_dataclasses", "requests", "urllib3", "tenacity"}
"""The packages whose objects are counted: none of a sync that is over may be left."""

STRIKING = ("reset", "half", "html", "429", "503")


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a process holds: resident bytes, objects of the watched packages, threads, open connections, and files."""

    memory: int
    objects: int
    threads: int
    connections: int
    files: int


def size() -> Size:
    """The size of this process, once all that is over has gone."""
    for thread in threading.enumerate():
        if thread.name == "fetch":
            thread.join(5.0)
    gc.collect()
    process = psutil.Process()
    return Size(
        memory=process.memory_info().rss,
        objects=sum(str(type(one).__module__).partition(".")[0] in WATCHED for one in gc.get_objects()),
        threads=threading.active_count(),
        connections=sum(one.status == psutil.CONN_ESTABLISHED for one in process.net_connections(kind="tcp")),
        files=process.num_fds(),
    )


def syncs(site: Site, runs: int) -> Iterator[list[str]]:
    """The ids that each of so many incremental syncs reads of foo, in which a document has changed since the last.

    Every third sync meets a fault.
    """
    state: list[Any] = []
    for number in range(runs):
        site.fauna.write(update("foo", number % 9 + 1, {"run": number}))
        if number % 3 == 0:
            site.local.faults.add(FAULTS[STRIKING[number // 3 % len(STRIKING)]], times=2, skip=number % 5)
        told = site.tell("read", catalog=catalog("incremental", *STREAMS), state=state)
        site.local.faults.clear()
        site.local.reset_requests()
        assert told.exit_code == 0
        state = told.state
        yield told.refs("foo")


@pytest.mark.slow
def test_a_process_does_not_grow_by_its_syncs() -> None:
    with new_site() as site:
        growth = soaked(site, RUNS)
    assert growth.memory <= GROWTH_BYTES_PER_RUN * RUNS
    assert (growth.objects, growth.threads, growth.connections, growth.files) == (0, 0, 0, 0)


def soaked(site: Site, runs: int) -> Size:
    """How much larger the process is after so many syncs than before. Each must read what has changed."""
    for ids in syncs(site, WARM_UP_RUNS):
        assert ids
    before = size()
    for number, ids in enumerate(syncs(site, runs)):
        expected = [str(number % 9 + 1)]
        assert sorted(set(ids)) == expected or number == 0
    after = size()
    return Size(
        memory=after.memory - before.memory,
        objects=after.objects - before.objects,
        threads=after.threads - before.threads,
        connections=after.connections - before.connections,
        files=after.files - before.files,
    )


if __name__ == "__main__":
    with new_site() as soaking:
        print(f"growth after {sys.argv[1]} incremental syncs: {soaked(soaking, int(sys.argv[1]))}")  # noqa: T201 - a program
