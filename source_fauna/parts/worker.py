"""A part read by a worker: its own client, its own pages, and errors in the user's words.

Each part has a connection of its own, and one request at a time: how many read at once is up to the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError, explained
from source_fauna.errors.table import Kind
from source_fauna.garbage import collecting_seldom
from source_fauna.interruption import Interruption
from source_fauna.parts.lost import outlived
from source_fauna.parts.pages import Pages
from source_fauna.parts.part import Documents, Part, Updates
from source_fauna.parts.read import read_documents, read_updates
from source_fauna.parts.removals import read_removals
from source_fauna.records.inference import FoundColumn
from source_fauna.records.layout import declared
from source_fauna.records.records import Records
from source_fauna.rules.deletions import event_sizes
from source_fauna.tuning import Tuning

FIRST_SUCCESS_SECONDS = 120.0
"""How long a worker waits for its first answer: the plan was made by this database, so the address is right."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Reads parts of the collection that the config names. Its records have these fields of `data` as columns."""

    config: Config
    tuning: Tuning
    found: tuple[FoundColumn, ...] = ()

    def records(self, part: Part) -> Iterator[list[dict[str, Any]]]:
        """The records of a part as the connector's, page by page. Raises errors in the user's words."""
        tuning = replace(
            self.tuning, first_success_seconds=max(FIRST_SUCCESS_SECONDS, self.tuning.first_success_seconds)
        )
        records = Records(layout=declared(self.config, self.found))
        with collecting_seldom(), connected(self.config, tuning, seen=part.snapshot) as client:
            if isinstance(part, Documents | Updates):
                pages = Pages(client=client, tuning=tuning, first_size=self.config.page_size)
                read = read_documents(part, pages) if isinstance(part, Documents) else read_updates(part, pages)
                for documents in read:
                    yield [records.live(each)[0] for each in documents]
                return
            for deletions in read_removals(part, client, event_sizes(tuning)):
                yield [records.deleted(document_id, ts) for document_id, ts in deletions]


@contextmanager
def connected(config: Config, tuning: Tuning, *, seen: int = 0) -> Iterator[Client]:
    """A client of the database, within which a FaunaError becomes an error in the user's words.

    `seen` is the greatest time, in microseconds, that this database has told before. A node that lags behind it waits:
    it would answer what is to be read at that time by what it has.
    """
    interruption = Interruption()
    client = Client(
        config=config,
        tuning=tuning,
        outage_seconds=tuning.outage_seconds,
        interruption=interruption,
        seen=seen,
    )
    try:
        yield client
    except FaunaError as error:
        if error.kind is Kind.HISTORY:
            raise outlived(str(config.collection_name)) from error
        raise explained(error, doing=f"reading collection '{config.collection_name}' at {config.url}") from error
    finally:
        # What still waits in another thread to ask again asks no more.
        interruption.request(exit_code=0)
        client.close()
