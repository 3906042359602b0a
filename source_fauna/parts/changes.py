"""What changed between two times: whether anything did, up to where a batch goes, and its parts.

The updates in (start, end] are read at `end`, so that a batch that is read again has the same rows. An index that is
younger than `start` may lack entries: then all documents are walked, and those with a ts above `start` are wanted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from source_fauna.config.config import Config
from source_fauna.database import queries, questions
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.parts import expressions, lost
from source_fauna.parts.ahead import all_ahead
from source_fauna.parts.confirmation import replaced
from source_fauna.parts.cuts import LEAST_STEP
from source_fauna.parts.ends import Ends
from source_fauna.parts.extents import Entries, Entry
from source_fauna.parts.part import Part, Removals, Updates
from source_fauna.parts.pieces import Piece, merged
from source_fauna.parts.plan import Snapshot, chosen, parts_of, pin
from source_fauna.records.values import GREATEST_ID
from source_fauna.rules.confirmation import hides_deletions
from source_fauna.schema.definitions import Index, index_of
from source_fauna.schema.history import Loss, warn_of_short_history
from source_fauna.schema.indexes import Lack, may_lack_documents, misfit
from source_fauna.schema.listing import read_definitions
from source_fauna.schema.progress import Progress
from source_fauna.schema.streams import streams, warn_of_further_values, with_rights

logger = logging.getLogger("airbyte.source_fauna")

UPDATES_A_PART = 10_000
"""Updates of a part, unless the number of parts is given."""

PROGRESS_SECONDS = 30.0
"""At most one line of the log in this time about listing what a very large database holds."""


def fitting_index(client: Client, config: Config) -> Index:
    """The index by which the collection of the config is read as a stream.

    Raises FaunaError, and the error that says how to create one.
    """
    name = chosen(config)
    progress = Progress(every_seconds=PROGRESS_SECONDS, clock=time.monotonic)
    listed = read_definitions(client, chosen_index=config.index_name, progress=progress)
    definitions = with_rights(client, listed, config, names=frozenset({name}), progress=progress)
    (stream,) = streams(definitions, config)
    if isinstance(stream.index, Lack):
        kind = TransientError if stream.index.passes else ConfigError
        raise kind(f"Collection '{name}' cannot be read as a stream. {stream.index}")
    warn_of_further_values(stream)
    if config.deletions is not None:
        warn_of_short_history(stream.collection)
    return stream.index


class Changes:
    """The changes of the collection that the config names, by this index. `parts` None: by how much changed."""

    def __init__(self, *, client: Client, config: Config, index: Index, parts: int | None) -> None:
        self._client = client
        self._collection = chosen(config)
        self._deletions = config.deletions
        self._index = index
        self._parts = parts
        self._slots = config.concurrency

    def now(self) -> int:
        """The database's time, in microseconds. Raises FaunaError."""
        return int(self._client.query(queries.now()))

    def require_kept(self, ts: int) -> None:
        """Raise FaunaError HISTORY if the database no longer keeps the collection as it was then."""
        self._client.query(queries.at(ts, queries.first_id(self._collection)))

    def latest(self, start: int) -> tuple[int, bool]:
        """The database's time, in microseconds, and whether anything changed after `start`."""
        entries = expressions.first_of(self._entries(GREATEST_ID).set_from((start + 1, 0)))
        asked = [queries.now(), questions.something_in(entries)]
        if self._deletions is not None:
            events = queries.events_page(self._collection, {"ts": start}, 1)
            asked.append(questions.something_in(events))
        now, *changed = self._client.query(queries.together(asked))
        return int(now), any(changed)

    def end(self, start: int, latest: int, most: int) -> int:
        """A time up to which at most so many documents changed after `start`, or a sole transaction of more.

        An index that is younger than `start` says nothing of the time before itself. A batch that ends there reads all
        documents, so the first one goes past it.
        """
        ends = Ends(client=self._client, start=start, entries=lambda at, end: self._entries(at, (end, GREATEST_ID)))
        return ends.cut(latest, most, least=min(latest, self._index.ts))

    def parts(self, start: int, end: int) -> list[Part]:
        """What a batch from `start` to `end` reads; a `start` of 0 is the beginning, at which all documents are read.

        History may not reach back to `end` any more when a batch is read again after a long pause. What is left of it
        is then read at present; a document that changed since comes with the next batch.
        """
        try:
            return self._parts_at(start, end, end)
        except FaunaError as error:
            if error.kind is not Kind.HISTORY:
                raise
            if start and self._deletions is not None:
                lost.tell(Loss(collection=self._collection, position=start, error=error), bears_loss=self._bears_loss)
        logger.warning(
            "Collection '%s': the database no longer keeps the snapshot of this batch, so what is left of it is read "
            "at present; what changed since comes with the next batch. A higher history_days avoids it.",
            self._collection,
        )
        return self._parts_at(start, end, self.now())

    def _parts_at(self, start: int, end: int, ts: int) -> list[Part]:
        snapshot = pin(self._client, self._collection, ts)
        if start == 0:
            return [*parts_of(snapshot, self._client, parts=self._parts, slots=self._slots)]
        self._require_same(start)
        self._index = index_of(self._client.query(queries.index_definition(self._index.name)))
        complaint = misfit(self._index, self._collection)
        if complaint is not None:
            raise ConfigError(f"Collection '{self._collection}' cannot be read as a stream any more. {complaint}.")
        found: list[Part] = []
        if self._deletions is not None:
            if snapshot.is_conditional:
                raise hides_deletions(self._collection)
            if ts == end:
                found.append(
                    Removals(collection=self._collection, snapshot=end, since=start, bears_loss=self._bears_loss)
                )
        if self._index.ts > start:
            logger.warning(
                "Collection '%s': its index is younger than the last batch and may still be incomplete, so this batch "
                "reads all documents, and hands out what changed.",
                self._collection,
            )
            return [*found, *parts_of(snapshot, self._client, parts=self._parts, slots=self._slots, since=start)]
        return [*found, *self._updates(snapshot, start, end)]

    @property
    def _bears_loss(self) -> bool:
        return self._deletions is not None and self._deletions.lost_history == "warn"

    def _require_same(self, start: int) -> None:
        """Raise a config error if the name belonged to another collection at `start`, whose changes go on elsewhere.

        One that did not exist then has no older document, so all of it is in this batch.
        """
        try:
            self._client.query(questions.identified(self._collection, start, True))  # noqa: FBT003 - an expression
        except FaunaError as error:
            if error.kind is Kind.RENAMED:
                raise replaced(self._collection, start) from error
            if error.kind not in (Kind.MISSING, Kind.FORBIDDEN):
                raise

    def _updates(self, snapshot: Snapshot, start: int, end: int) -> Iterator[Updates]:
        entries = self._entries(snapshot.ts, (end, GREATEST_ID))
        pieces = list(_pieces(self._client, entries, (start + 1, 0)))
        count = sum(each.count for each in pieces)
        kept = merged(pieces, self._parts or max(1, -(-count // UPDATES_A_PART)))
        highs = [_before(each.start) for each in kept[1:]] + [(end, GREATEST_ID)]
        for each, high in zip(kept, highs, strict=True):
            yield Updates(
                collection=self._collection,
                index=self._index.name,
                has_further=may_lack_documents(self._index),
                snapshot=snapshot.ts,
                since=start,
                low=each.start,
                high=high,
                count=each.count,
                is_conditional=snapshot.is_conditional,
            )

    def _entries(self, snapshot: int, high: Entry | None = None) -> Entries:
        return Entries(
            collection=self._collection,
            index=self._index.name,
            has_further=may_lack_documents(self._index),
            snapshot=snapshot,
            high=high or (snapshot, GREATEST_ID),
        )


def _pieces(client: Client, entries: Entries, low: Entry) -> Iterator[Piece[Entry]]:
    """The entries from `low` on, in pieces that no document with a negative id begins: such have no entry before."""
    start, count = low, 0
    for answer in all_ahead(client, entries, low, step=LEAST_STEP):
        for mark in answer.marks:
            count += LEAST_STEP
            if mark[1] >= 0:
                yield Piece(start, count)
                start, count = mark, 0
        count += answer.count - LEAST_STEP * len(answer.marks)
    yield Piece(start, count)


def _before(entry: Entry) -> Entry:
    """The last position before an entry. All ids at a ts, the negative ones too, stand before the next ts."""
    ts, document_id = entry
    return (ts, document_id - 1) if document_id > 0 else (ts - 1, GREATEST_ID)
