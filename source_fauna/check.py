"""The connection check: what must hold so that a sync with this config reads what it should.

In this order: the database answers, its collections can be listed, its indexes can be listed, the chosen collection and
index exist and fit, and something may be read. Then the log warns of what will make deletions incomplete.
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
from source_fauna.schema.rights import Rights, closed, closed_collections, refused_indexes, rights_of_each
from source_fauna.schema.streams import Stream, chosen_collections, readable_streams

logger = logging.getLogger("airbyte.source_fauna")


def check(client: Client, config: Config, *, progress: Progress) -> None:
    """Return when a sync can work. Raises a config error with the reason for the user when it cannot."""
    try:
        definitions = read_definitions(client, chosen_index=config.index_name, progress=progress)
        _check_choice(client, definitions, config, progress)
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
    """Why the database could not be asked. It names host, port and scheme when nothing answered there."""
    if error.kind is Kind.UNAUTHORIZED:
        reason = "Unauthorized"
    elif error.kind is Kind.NOT_FAUNA:
        reason = error.description
    elif error.status is None:
        reason = f"{error.description} ({config.url})"
    else:
        reason = f"{error.code or error.status}: {error.description}"
    return f"Failed to connect to database: {reason}"


def _check_choice(client: Client, definitions: Definitions, config: Config, progress: Progress) -> None:
    """Make sure that the chosen collection and index exist and fit. Raises a config error, and FaunaError."""
    if definitions.indexes is None:
        raise ConfigError(NO_LIST.reason)
    chosen = chosen_collections(definitions, config)
    name = config.index_name
    if name is None:
        return
    if name in definitions.hidden:
        # The status holds the text that users know; this says which index it is about.
        logger.warning("%s", hidden_index(name))
    complaint = index_complaint(chosen[0], definitions, name)
    if complaint is not None:
        raise ConfigError(complaint)
    if refused_indexes(client, [name], at_once=1, progress=progress):
        raise ConfigError(f"No permissions to read index '{name}': give the key's role read on it")


def _warn_of_lost_deletions(found: tuple[Stream, ...], rights: Mapping[str, Rights]) -> None:
    """Warn in the log of collections whose deletions will be lost: for a short history, or a condition of the role."""
    for stream in found:
        warn_of_short_history(stream.collection)
    for stream in found:
        if rights[stream.name] is Rights.SOME:
            logger.warning(
                "The key may read collection '%s' under a condition only, which hides the events of deleted documents, "
                "so an incremental sync of it fails. Give its role read without a condition, or switch deletions off.",
                stream.name,
            )
