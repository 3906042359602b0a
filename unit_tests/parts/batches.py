"""Batches of changes, and their rows, by the engine of local_fauna."""

from __future__ import annotations

from typing import Any

from source_fauna.database import queries
from source_fauna.errors.errors import FaunaError
from source_fauna.parts.changes import Changes
from source_fauna.parts.part import Documents, Part, Removals
from source_fauna.parts.read import read_documents, read_updates
from source_fauna.parts.removals import read_removals
from source_fauna.schema.definitions import Index, index_of
from unit_tests.configs import config
from unit_tests.declared import by_ts
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.parts.asking import Asking
from unit_tests.things import COLLECTION, INDEX


def changes(asking: Asking, *, parts: int | None = None, **settings: Any) -> Changes:
    """The changes of the collection by these settings of it."""
    return Changes(client=asking.client, config=config(name=COLLECTION, **settings), index=_index(asking), parts=parts)


def _index(asking: Asking) -> Index:
    """The index of the collection; by its name alone where the key may not read it, or where there is none."""
    try:
        return index_of(asking.client.query(queries.index_definition(INDEX)))
    except FaunaError:
        return by_ts(INDEX, COLLECTION)


def rows(asking: Asking, parts: list[Part]) -> list[tuple[str, int]]:
    """The id and ts of every row of the parts."""
    found: list[tuple[str, int]] = []
    for part in parts:
        if isinstance(part, Removals):
            found += [each for page in read_removals(part, asking.client, asking.pages(2).sizes) for each in page]
        else:
            read = (
                read_documents(part, asking.pages(2))
                if isinstance(part, Documents)
                else read_updates(part, asking.pages(2))
            )
            found += [(each["ref"]["@ref"]["id"], each["ts"]) for page in read for each in page]
    return found


def without_index(fauna: Fauna) -> None:
    """Delete the index."""
    fauna.ask({"delete": {"index": INDEX}})
