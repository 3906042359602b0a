"""The connection check: whether a sync with this config will work.

It makes sure, in this order, that the database answers, that the key may list collections and indexes, that the chosen
collection and index exist and fit together, and that the key may read at least one collection. Then it logs a warning
for each reason why a sync would miss deletions.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import Definitions
from source_fauna.schema.history import warn_of_short_history
from source_fauna.schema.indexes import NO_LIST, hidden_index, index_complaint
from source_fauna.schema.listing import read_definitions
from source_fauna.schema.progress import Progress
from source_fauna.schema.rights import Rights, closed, closed_collections, is_refused, rights_of_each
from source_fauna.schema.streams import Stream, chosen_collections, readable_streams

logger = logging.getLogger("airbyte.source_fauna")


def check(client: Client, config: Config, *, progress: Progress) -> None:
    """Return if a sync can work. Raises a config error that tells the user the reason if it cannot."""
    try:
        definitions = read_definitions(client, chosen_index=config.index_name, progress=progress)
        _check_choice(client, definitions, config)
        names = [collection.name for collection in chosen_collections(definitions, config)]
        if config.deletions:
            rights = rights_of_each(client, names, at_once=config.concurrency, progress=progress)
            found = readable_streams(client, definitions, config, closed=closed(rights), progress=progress)
            _warn_of_lost_deletions(found, rights)
        else:
            shut = closed_collections(client, names, at_once=config.concurrency, progress=progress)
            found = readable_streams(client, definitions, config, closed=shut, progress=progress)
        if not found:
            logger.warning("The database has no collections: there is nothing to sync yet.")
    except FaunaError as error:
        raise ConfigError(failure_message(error, config)) from error


def failure_message(error: FaunaError, config: Config) -> str:
    """Why the request failed. The message names host, port and scheme if nothing answered there."""
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
    """Make sure that the chosen collection and index exist and fit. Raises a config error, and FaunaError."""
    if definitions.indexes is None:
        raise ConfigError(NO_LIST.reason)
    chosen = chosen_collections(definitions, config)
    name = config.index_name
    if name is None:
        return
    if name in definitions.hidden:
        # The status keeps the text that users know. This log line adds the name of the index.
        logger.warning("%s", hidden_index(name))
    complaint = index_complaint(chosen[0], definitions, name)
    if complaint is not None:
        raise ConfigError(complaint)
    if is_refused(client.query, name):
        raise ConfigError(f"No permissions to read index '{name}': give the key's role read on it")


def _warn_of_lost_deletions(found: tuple[Stream, ...], rights: Mapping[str, Rights]) -> None:
    """Log a warning for each collection whose deletions a sync will miss.

    Its history is too short, or the key's role may read it only under a condition.
    """
    for stream in found:
        warn_of_short_history(stream.collection)
    for stream in found:
        if rights[stream.name] is Rights.SOME:
            logger.warning(
                "The key may read collection '%s' under a condition only, which hides the events of deleted documents, "
                "so an incremental sync of it fails. Give its role read without a condition, or switch deletions off.",
                stream.name,
            )
