"""A part read: its documents page by page, and at its end the proof that they were all.

A worker may read a part again, or two may read it at once: each gets the same rows, because a part is read at its
snapshot. What was read is compared with what was planned; where they differ, it is counted again at the snapshot, for
a document whose ttl has passed since is gone from there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from source_fauna.database import queries, questions
from source_fauna.errors.errors import FaunaError, TransientError
from source_fauna.errors.table import Kind
from source_fauna.parts.ahead import all_ahead
from source_fauna.parts.confirmation import confirm
from source_fauna.parts.cuts import QUESTION_IDS
from source_fauna.parts.extents import Entries, Extent, Ids, Position, Wire
from source_fauna.parts.pages import Pages
from source_fauna.parts.part import Documents, Updates
from source_fauna.rules.confirmation import Question
from source_fauna.rules.steps import taken
from source_fauna.rules.unreadable import naming_unreadable
from source_fauna.schema.definitions import index_of
from source_fauna.schema.indexes import misfit


def read_documents(part: Documents, pages: Pages) -> Iterator[list[Wire]]:
    """The documents of a part, page by page. Raises FaunaError, and errors in the user's words."""
    extent = Ids(collection=part.collection, snapshot=part.snapshot, high=part.high)
    for found in _read(extent, part, pages, low=part.low, look=_no_look):
        yield found if part.since is None else [each for each in found if each["ts"] > part.since]


def read_updates(part: Updates, pages: Pages) -> Iterator[list[Wire]]:
    """The documents of a part of the updates, page by page, each once. Raises as `read_documents` does."""
    extent = Entries(
        collection=part.collection,
        index=part.index,
        has_further=part.has_further,
        snapshot=part.snapshot,
        high=part.high,
    )
    last: str | None = None
    for found in _read(extent, part, pages, low=part.low, look=lambda answer: _require_index(answer["index"], part)):
        refs = [each["ref"]["@ref"]["id"] for each in found]
        yield [each for each, ref, before in zip(found, refs, [last, *refs], strict=False) if ref != before]
        last = refs[-1] if refs else last


def _read(
    extent: Extent[Position],
    part: Documents | Updates,
    pages: Pages,
    *,
    low: Position,
    look: Callable[[Any], None],
) -> Iterator[list[Wire]]:
    """The documents from `low` on. `look` sees each answer before it is believed."""
    read, begin = 0, low
    try:
        for answer in pages.all(extent, low):
            look(answer)
            documents = extent.found(answer).documents
            if documents:
                read, low = read + len(documents), extent.behind(documents[-1])
            yield documents
    except FaunaError as error:
        if error.kind is Kind.SERVER_FAULT:
            # Its collection may be gone.
            pages.client.query(queries.first_id(part.collection))
        naming = naming_unreadable(error, collection=part.collection, first=extent.first(low))
        taken(naming, pages.client.query)
        raise
    if part.count != read and not (isinstance(part, Updates) and part.has_further):
        _require_count(extent, begin, read, pages)
    claim = questions.nothing_in(extent.first(low)) if low <= extent.high else None
    question = Question(collection=part.collection, claim=claim, snapshot=part.snapshot)
    confirm(pages.client, question, is_conditional=part.is_conditional)


def _require_count(extent: Extent[Position], low: Position, read: int, pages: Pages) -> None:
    """Raise a transient error if other documents than those that were read are there. Raises FaunaError."""
    there = sum(each.count for each in all_ahead(pages.client, extent, low, step=QUESTION_IDS))
    if there != read:
        raise TransientError(
            f"{read} documents of collection '{extent.collection}' were read where there are {there}: what the key may "
            "read was changed meanwhile, or the nodes do not agree on it. Read it again."
        )


def _no_look(answer: Any) -> None:
    """Documents are read without anything beside them."""


def _require_index(definition: Any, part: Updates) -> None:
    """Raise a transient error unless the index is still the one by which the updates were planned."""
    index = index_of(definition)
    complaint = misfit(index, part.collection)
    if complaint is None and index.ts > part.since:
        complaint = f"Index '{part.index}' was changed or created again"
    if complaint is not None:
        raise TransientError(f"{complaint}, while the updates of collection '{part.collection}' were read. Read again.")
