"""Random histories of collections, streamed by drivers that are killed: what the tables come to."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow.parquet

from local_fauna import LocalFauna
from spark_tests.driver import STARTED_TOO_SLOWLY

ROOT = Path(__file__).parents[1]
IDS = 40

MOST_DRIVERS = 5
"""How many drivers are started in place of one that Spark could not start in time."""


class History:
    """A collection of its own, to which random transactions are written."""

    def __init__(self, local: LocalFauna, name: str, *, seed: int) -> None:
        self._local = local
        self.name = name
        self._chance = random.Random(seed)
        local.query({"create_collection": {"object": {"name": name, "history_days": 30}}})
        values = [{"object": {"field": [each]}} for each in ("ts", "ref")]
        index = {"name": f"{name}_ts", "source": {"collection": name}, "values": values}
        local.query({"create_index": {"object": index}})
        self._ids = [*range(1, IDS // 2), *(345_112_704_901_382_144 + each for each in range(IDS // 2))]
        for _ in range(20):
            self.change()

    def options(self) -> dict[str, str]:
        """Those of a stream: some are cut into several parts, some into small batches."""
        options = {
            "domain": self._local.domain,
            "port": str(self._local.port),
            "scheme": "http",
            "secret": self._local.secret,
            "collection": self.name,
            "deletions": "true",
            "page_size": str(self._chance.choice([2, 5, 64])),
        }
        if self._chance.random() < 0.5:
            options["max_documents_per_batch"] = str(self._chance.choice([4, 7, 20]))
        if self._chance.random() < 0.5:
            options["num_partitions"] = str(self._chance.choice([1, 2, 3]))
        return options

    def change(self) -> None:
        """A transaction that creates, changes, deletes, and deletes and creates again."""
        writes: list[Any] = []
        for document_id in self._chance.sample(self._ids, self._chance.randrange(1, 6)):
            ref = {"ref": {"collection": self.name}, "id": str(document_id)}
            given = {"params": {"object": {"data": {"object": {"n": self._chance.randrange(1_000)}}}}}
            if not self._local.query({"exists": ref}):
                writes.append({"create": ref, **given})
            elif (kind := self._chance.random()) < 0.4:
                writes.append({"delete": ref})
            else:
                writes.append({"update": ref, **given})
                if kind > 0.9:
                    writes[-1:] = [{"delete": ref}, {"create": ref, **given}]
        self._local.query({"do": [*writes, None]})

    def versions(self) -> dict[str, int]:
        """The ts of every document, by id."""
        pair = [{"select": "id", "from": {"var": "x"}}, {"select": "ts", "from": {"get": {"var": "x"}}}]
        page = {"paginate": {"documents": {"collection": self.name}}, "size": 1_000}
        return dict(self._local.query({"map": {"lambda": "x", "expr": pair}, "collection": page})["data"])


Row: TypeAlias = tuple[str, int, bool]
"""(ref, ts, deleted)"""


def rows(folder: Path) -> list[Row]:
    """Every row that Spark's log of the sink has committed. Each tenth log holds all of those before, once more."""
    logs = [each for each in (folder / "_spark_metadata").iterdir() if not each.name.startswith(".")]
    lines = {line for log in logs for line in log.read_text(encoding="utf-8").splitlines()[1:]}
    files = sorted({json.loads(line)["path"].removeprefix("file://") for line in lines})
    tables = [pyarrow.parquet.ParquetFile(each).read() for each in files]
    return [(row["ref"], row["ts"], row["deleted_at"] is not None) for table in tables for row in table.to_pylist()]


def table_of(found: list[Row]) -> dict[str, int]:
    """What is left when the greatest ts of each document counts, and at equal ts the deletion."""
    latest: dict[str, tuple[int, bool]] = {}
    for ref, ts, deleted in found:
        latest[ref] = max(latest.get(ref, (0, False)), (ts, deleted))
    return {ref: ts for ref, (ts, deleted) in latest.items() if not deleted}


def repeated(found: list[Row]) -> list[Row]:
    """Rows that were committed more than once."""
    return [row for row, times in Counter(found).items() if times > 1]


@contextmanager
def writing(histories: list[History], pause: float) -> Iterator[None]:
    """Within it, transactions are written all the time."""
    ended = threading.Event()

    def write() -> None:
        while not ended.wait(pause):
            for history in histories:
                history.change()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def drive(folder: Path, streams: dict[str, dict[str, str]], *, kill_after: float | None) -> None:
    """Run a driver to its end, or kill -9 it so many seconds after its streams have begun.

    Spark gives up when a Python takes it ten seconds to start, as on a busy machine. Then another driver takes over.
    """
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"folder": str(folder), "ends": kill_after is None, "streams": streams}))
    for _ in range(MOST_DRIVERS):
        if _drive_once(settings, kill_after) != STARTED_TOO_SLOWLY:
            return
    raise TimeoutError("this machine is too busy for Spark to start its Python")


def _drive_once(settings: Path, kill_after: float | None) -> int:
    """Run one driver; returns its exit code, which is negative when it was killed. Raises if it failed by itself."""
    command = [sys.executable, "-m", "spark_tests.driver", str(settings)]
    log = settings.with_name("driver.log")
    with (
        log.open("a") as told,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True, start_new_session=True
        ) as child,
    ):
        assert child.stdout is not None
        begun = child.stdout.readline() == "streaming\n"
        try:
            code = child.wait(kill_after if begun else None)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            # The whole group: Python, the JVM, and its workers.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    is_expected = code in (STARTED_TOO_SLOWLY, 0 if kill_after is None else -signal.SIGKILL)
    assert is_expected, log.read_text(encoding="utf-8")[-10_000:]
    return code
