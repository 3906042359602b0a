"""Streams as Airbyte shows them."""

from __future__ import annotations

from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteStream, SyncMode

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError
from source_fauna.records.columns import TIMESTAMP_SCHEMA, column_schema
from source_fauna.schema.definitions import read_definitions
from source_fauna.schema.indexes import Lack
from source_fauna.schema.streams import Stream, readable_streams


def discover(client: Client, config: Config) -> AirbyteCatalog:
    """What can be synced. Raises a config error when that is nothing, and FaunaError."""
    definitions = read_definitions(client)
    if not definitions.collections:
        raise ConfigError("The database has no collections: create one, or check which database the secret is for")
    found = readable_streams(client, definitions, config)
    return AirbyteCatalog(streams=[airbyte_stream(stream, config) for stream in found])


def airbyte_stream(stream: Stream, config: Config) -> AirbyteStream:
    """A stream: its columns, and the modes in which it can be synced."""
    modes = [SyncMode.full_refresh]
    if not isinstance(stream.index, Lack):
        modes.append(SyncMode.incremental)
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
    """The schema of the records, which is the same for every collection."""
    properties: dict[str, Any] = {"ref": {"type": "string"}, "ts": {"type": "integer"}}
    if config.data_column:
        properties["data"] = {"type": "object"}
    properties["ttl"] = TIMESTAMP_SCHEMA
    properties.update({column.name: column_schema(column) for column in config.additional_columns})
    if config.deletions:
        properties[config.deletions.column] = TIMESTAMP_SCHEMA
    return {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": properties}
