"""The connection check: what must hold for a sync with this config to read what it should.

In this order: the database answers, its collections can be listed, its indexes can be listed, the chosen collection
and index exist and fit, something may be read; then what will make deletions incomplete is told in the log.
"""

from __future__ import annotations

import logging

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema import rights
from source_fauna.schema.definitions import Definitions, read_definitions
from source_fauna.schema.history import warn_of_short_history
from source_fauna.schema.indexes import index_complaint
from source_fauna.schema.streams import Stream, readable_streams, streams

logger = logging.getLogger("airbyte.source_fauna")


def check(client: Client, config: Config) -> None:
    """Return when a sync can work. Raises a config error with the reason for the user when it cannot."""
    try:
        definitions = read_definitions(client)
        _check_choice(client, definitions, config)
        found = readable_streams(client, definitions, config)
        if not found:
            logger.warning("The database has no collections: there is nothing to sync yet.")
        if config.deletions:
            for stream in found:
                warn_of_short_history(stream.collection)
            _warn_of_conditions(client, found, config)
    except FaunaError as error:
        raise ConfigError(failure_message(error, config)) from error


def failure_message(error: FaunaError, config: Config) -> str:
    """Why the database could not be asked: host, port and scheme are named when nothing answered there."""
    if error.kind is Kind.UNAUTHORIZED:
        reason = "Unauthorized"
    elif error.kind is Kind.NOT_FAUNA:
        reason = error.description
    elif error.status is None:
        reason = f"{error.description} ({config.url})"
    else:
        reason = f"{error.code or error.status}: {error.description}"
    return f"Failed to connect to database: {reason}"


def _check_choice(client: Client, definitions: Definitions, config: Config) -> None:
    """Make sure of the chosen collection and index. Raises a config error, and FaunaError."""
    if definitions.indexes is None:
        raise ConfigError("No permissions to list indexes")
    chosen = streams(definitions, config)
    if config.index_name is None:
        return
    complaint = index_complaint(chosen[0].collection, definitions.indexes, config.index_name)
    if complaint is not None:
        raise ConfigError(complaint)
    if rights.refused_indexes(client, [config.index_name], at_once=1):
        raise ConfigError(f"No permissions to read index '{config.index_name}': give the key's role read on it")


def _warn_of_conditions(client: Client, found: tuple[Stream, ...], config: Config) -> None:
    names = [stream.name for stream in found]
    answers = rights.rights_of_each(client, names, at_once=config.concurrency)
    for name, answer in zip(names, answers, strict=True):
        if answer is rights.Rights.SOME:
            logger.warning(
                "The key may read collection '%s' under a condition only, which hides the events of deleted documents, "
                "so an incremental sync of it fails. Give its role read without a condition, or switch deletions off.",
                name,
            )
