"""The catalog: the streams of a database in Airbyte's format."""

from __future__ import annotations

import logging
from dataclasses import replace

from airbyte_cdk.models import AirbyteCatalog, AirbyteStream, SyncMode

from source_fauna.config.config import Config
from source_fauna.config.names import alike
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError
from source_fauna.records.layout import Layout, declared
from source_fauna.schema.found import columns_of_each
from source_fauna.schema.indexes import Lack
from source_fauna.schema.listing import read_definitions
from source_fauna.schema.progress import Progress
from source_fauna.schema.rights import closed_collections
from source_fauna.schema.streams import Stream, chosen_collections, readable_streams

logger = logging.getLogger("airbyte.source_fauna")


def discover(client: Client, config: Config, *, progress: Progress) -> AirbyteCatalog:
    """The streams that can be synced. Raises a config error if there are none, and FaunaError."""
    definitions = read_definitions(client, chosen_index=config.index_name, progress=progress)
    if not definitions.collections:
        raise ConfigError("The database has no collections: create one, or check which database the secret is for")
    names = [collection.name for collection in chosen_collections(definitions, config)]
    closed = closed_collections(client, names, at_once=config.concurrency, progress=progress)
    found = readable_streams(client, definitions, config, closed=closed, progress=progress)
    for one, other in alike(stream.name for stream in found):
        logger.warning(
            "Collections '%s' and '%s' differ in case only, so destinations that fold case write both into one table: "
            "sync them by two connections with different prefixes.",
            one,
            other,
        )
    columns = columns_of_each(client, [stream.collection for stream in found], config, progress=progress)
    return AirbyteCatalog(streams=[airbyte_stream(stream, declared(config, columns[stream.name])) for stream in found])


def airbyte_stream(stream: Stream, layout: Layout) -> AirbyteStream:
    """A stream with its columns and sync modes.

    Only a stream with an incremental mode declares a cursor, because tools treat every stream with a cursor as
    incremental.
    """
    shown = AirbyteStream(
        name=stream.name,
        json_schema=layout.schema,
        supported_sync_modes=[SyncMode.full_refresh],
        source_defined_primary_key=[["ref"]],
        is_resumable=True,
    )
    if isinstance(stream.index, Lack):
        return shown
    return replace(
        shown,
        supported_sync_modes=[SyncMode.full_refresh, SyncMode.incremental],
        source_defined_cursor=True,
        default_cursor_field=["ts"],
    )
