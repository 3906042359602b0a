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
    fitting_indexes,
    index_complaint,
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

    What is left out, and why a stream has no index, is told in the log. Raises a config error when no stream is
    left for lack of rights, and FaunaError.
    """
    names = [stream.name for stream in streams(definitions, config)]
    closed = probes.closed_collections(client, names, at_once=config.concurrency)
    if closed and len(closed) == len(names):
        raise config_error(closed_message(*names))
    for name in names:
        if name in closed:
            logger.warning("%s It is left out.", closed_message(name))
    allowed = without_refused_indexes(client, definitions.without(collections=closed), config, logger)
    found = streams(allowed, config)
    _tell_why_without_index(found, allowed, config, logger)
    return found


def without_refused_indexes(
    client: Client, definitions: Definitions, config: Config, logger: logging.Logger
) -> Definitions:
    """Leave out the indexes that would fit but that the key may not read; each is named in the log.

    Raises FaunaError.
    """
    fitting = [
        index.name
        for stream in streams(definitions, config)
        for index in fitting_indexes(stream.collection, definitions.indexes, config.index_name)
    ]
    refused = probes.refused_indexes(client, fitting, at_once=config.concurrency)
    for name in fitting:
        if name in refused:
            logger.warning("The key may not read index '%s', so it is not used: give its role read on it.", name)
    return definitions.without(indexes=refused)


def discover(client: Client, config: Config, logger: logging.Logger) -> AirbyteCatalog:
    """Show what can be synced. Raises a config error when that is nothing, and FaunaError."""
    for warning in config.warnings:
        logger.warning(warning)
    definitions = read_definitions(client)
    if not definitions.collections:
        raise config_error("The database has no collections: create one, or check which database the secret is for")
    found = readable_streams(client, definitions, config, logger)
    return AirbyteCatalog(streams=[airbyte_stream(stream, config) for stream in found])


def airbyte_stream(stream: Stream, config: Config) -> AirbyteStream:
    """Describe a stream: its columns, and the modes in which it can be synced."""
    modes = [SyncMode.full_refresh, SyncMode.incremental] if stream.index else [SyncMode.full_refresh]
    return AirbyteStream(
        name=stream.name,
        json_schema=json_schema(config),
        supported_sync_modes=modes,
        source_defined_cursor=True,
        default_cursor_field=["ts"],
        source_defined_primary_key=[["ref"]],
        is_resumable=True,
    )


def json_schema(config: Config) -> dict[str, Any]:
    """Give the schema of the records, which is the same for every collection."""
    properties: dict[str, Any] = {"ref": {"type": "string"}, "ts": {"type": "integer"}}
    if config.data_column:
        properties["data"] = {"type": "object"}
    properties["ttl"] = TIMESTAMP_SCHEMA
    properties.update({column.name: column_schema(column) for column in config.additional_columns})
    if config.deletions:
        properties[config.deletions.column] = TIMESTAMP_SCHEMA
    return {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": properties}


def closed_message(*collections: str) -> str:
    """Say that the key may read nothing of these collections, and what to do."""
    names = ", ".join(f"'{name}'" for name in collections)
    noun, pronoun = ("collection", "it") if len(collections) == 1 else ("collections", "them")
    return f"The key may not read {noun} {names}: give its role read on {pronoun}."


def _tell_why_without_index(
    found: tuple[Stream, ...], definitions: Definitions, config: Config, logger: logging.Logger
) -> None:
    if definitions.indexes is None:
        logger.warning("No permissions to list indexes: there are no incremental syncs.")
        return
    for stream in found:
        if stream.index is not None:
            continue
        if config.index_name:
            complaint = index_complaint(stream.collection, definitions.indexes, config.index_name)
            logger.warning("%s. Collection '%s' has no incremental sync.", complaint, stream.name)
            continue
        for index in definitions.indexes:
            if misfit(replace(index, active=True), stream.name) is None:
                logger.warning("%s.", misfit(index, stream.name))
        logger.info(
            "Collection '%s' has no index for incremental syncs. This creates one: %s",
            stream.name,
            creation_line(stream.collection, definitions.indexes),
        )
