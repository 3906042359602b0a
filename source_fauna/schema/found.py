"""Columns that are found: by the definition of a collection, and by a sample of its documents.

What a definition says counts first. The sample then adds the fields that it does not name, and widens types.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import RETRYABLE, Kind
from source_fauna.records.inference import MOST_COLUMNS, Found, FoundColumn, choose, infer
from source_fauna.records.layout import names_in
from source_fauna.records.names import LONGEST, ColumnNames
from source_fauna.schema.definitions import Collection
from source_fauna.schema.progress import Progress
from source_fauna.schema.sampling import FIRST_SIZE, sampled
from source_fauna.schema.side_by_side import side_by_side
from source_fauna.schema.signatures import column_types

logger = logging.getLogger("airbyte.source_fauna")

_OF_ONE = frozenset({Kind.TIMED_OUT, Kind.SERVER_FAULT})
"""What outlasts all retries for the sake of a document that the server cannot read, and would block all others."""

_OF_ALL = (RETRYABLE - _OF_ONE) | {Kind.MISDIRECTED, Kind.UNAUTHORIZED, Kind.DISABLED}
"""What concerns the database as a whole: it is no reason to go on without the columns of one collection. A destination
may drop columns that a new schema lacks."""


def columns_of_each(
    client: Client, collections: Sequence[Collection], config: Config, *, progress: Progress
) -> dict[str, tuple[FoundColumn, ...]]:
    """The found columns of each collection, by name; none unless the config asks for them. Raises FaunaError.

    A collection that cannot be sampled costs only its own columns, but for those that its definition tells.
    """
    sample_size = config.sample_size
    if sample_size is None:
        return {collection.name: () for collection in collections}
    by_name = {collection.name: collection for collection in collections}
    names = names_in(config)

    def ask(name: str) -> tuple[FoundColumn, ...]:
        try:
            return found_columns(client, by_name[name], sample_size=sample_size, names=names)
        except FaunaError as error:
            if error.kind in _OF_ALL:
                raise
            logger.warning(
                "Collection '%s' cannot be sampled, so only the fields that its definition names have columns: %s.",
                name,
                error.reason,
            )
            return choose(infer(()), names, column_types(by_name[name].fields)).columns

    return side_by_side(
        ask, list(by_name), at_once=config.concurrency, progress=progress, doing="Sampling the documents of collections"
    )


def found_columns(
    client: Client,
    collection: Collection,
    *,
    sample_size: int,
    names: ColumnNames,
    snapshot: int | None = None,
    first_size: int = FIRST_SIZE,
) -> tuple[FoundColumn, ...]:
    """The columns of a collection by its definition and a sample of about so many documents. Raises FaunaError.

    The sample is taken at the snapshot (microseconds); None: at the present, which the first request pins. Fields
    without a column are told in the log.
    """
    defined = column_types(collection.fields)
    documents = sampled(client, collection.name, wanted=sample_size, snapshot=snapshot, first_size=first_size)
    found = choose(infer(documents), names, defined)
    _tell(collection.name, found)
    return found.columns


def _tell(collection: str, found: Found) -> None:
    """Tell in the log which fields have no column."""
    if found.hidden:
        logger.warning(
            "Collection '%s': these fields have no column, because destinations take their name for that of another "
            "column: %s.",
            collection,
            ", ".join(f"'{field}'" for field in found.hidden),
        )
    if found.unnamed:
        logger.warning(
            "Collection '%s': %d fields have no column, because their name has no letter or digit, has control "
            "characters, or is longer than %d characters.",
            collection,
            found.unnamed,
            LONGEST,
        )
    if found.excess:
        logger.warning(
            "Collection '%s': %d of the fields that were found have no column, for a stream has %d found columns at "
            "most. The fields of the most documents have one.",
            collection,
            found.excess,
            MOST_COLUMNS,
        )
