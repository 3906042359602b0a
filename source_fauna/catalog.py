"""Collections and indexes as streams, and streams as Airbyte shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteStream, SyncMode

from source_fauna import probes
from source_fauna.columns import TIMESTAMP_SCHEMA, column_schema
from source_fauna.definitions import (
    Collection,
    Definitions,
    Index,
    creation_line,
    fitting_index,
    misfit,
    read_definitions,
)
from source_fauna.errors import config_error

if TYPE_CHECKING:
    import logging

    from source_fauna.client import Client
    from source_fauna.config import Config


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A collection to read, and the index by which it is read incrementally; None: by full refresh only."""

    name: str
    collection: Collection
    index: Index | None


def streams(definitions: Definitions, config: Config) -> tuple[Stream, ...]:
    """Give the chosen collection as a stream, or all of them, in the server's order.

    Raises a config error if the chosen one does not exist.
    """
    chosen = config.collection_name
    found = tuple(
        Stream(
            name=collection.name,
            collection=collection,
            index=fitting_index(collection, definitions.indexes, config.index_name),
        )
        for collection in definitions.collections
        if chosen in (None, collection.name)
    )
    if chosen is not None and not found:
        raise config_error(f"Collection '{chosen}' does not exist")
    return found


def readable_streams(
    client: Client, definitions: Definitions, config: Config, logger: logging.Logger
) -> tuple[Stream, ...]:
    """Give the streams of which the key may read something, each with the first fitting index that it may read.

    What is left out, and why a stream has no index, is told in the log. Raises a config error if no stream is left
    for lack of rights, and FaunaError.
    """
    found = streams(definitions, config)
    closed = probes.closed_collections(client, [stream.name for stream in found], at_once=config.concurrency)
    opened = [stream for stream in found if stream.name not in closed]
    if closed and not opened:
        raise config_error(closed_message(*sorted(closed)))
    for stream in found:
        if stream.name in closed:
            logger.warning("%s It is left out.", closed_message(stream.name))
    refused = _refused_indexes(client, definitions, opened, config)
    for name in sorted(refused):
        logger.warning("The key may not read index '%s', so it is not used: give its role read on it.", name)
    allowed = definitions.without_indexes(refused)
    _tell_why_without_index(allowed, opened, config, logger)
    return tuple(
        replace(stream, index=fitting_index(stream.collection, allowed.indexes, config.index_name)) for stream in opened
    )


def closed_message(*collections: str) -> str:
    """Say that the key may read nothing of these collections, and what to do."""
    names = ", ".join(f"'{name}'" for name in collections)
    noun = "collection" if len(collections) == 1 else "collections"
    return f"The key may not read {noun} {names}: give its role read without a condition."
