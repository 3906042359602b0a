"""The collections of a database as streams: the index by which each is read incrementally, or why there is none."""

from __future__ import annotations

import logging
from collections.abc import Container
from dataclasses import dataclass

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError
from source_fauna.schema.definitions import Collection, Definitions, Index
from source_fauna.schema.indexes import Lack, choose_index, fitting_indexes, may_lack_documents, no_index
from source_fauna.schema.progress import Progress
from source_fauna.schema.rights import refused_indexes

logger = logging.getLogger("airbyte.source_fauna")


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A collection to read, and the index by which it is read incrementally, or why there is none.

    `without_index` is what to say when the index turns out to be gone in the middle of a sync.
    """

    collection: Collection
    index: Index | Lack
    without_index: Lack

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self.collection.name


def chosen_collections(definitions: Definitions, config: Config) -> tuple[Collection, ...]:
    """The collection that the settings name, or all collections, in the server's order.

    Raises a config error if there is no collection of that name.
    """
    chosen = config.collection_name
    if chosen is None:
        return definitions.collections
    found = tuple(collection for collection in definitions.collections if collection.name == chosen)
    if found:
        return found
    if chosen in definitions.unclear_collections:
        raise ConfigError(f"The definition of collection '{chosen}' cannot be understood")
    raise ConfigError(f"Collection '{chosen}' does not exist")


def streams(definitions: Definitions, config: Config) -> tuple[Stream, ...]:
    """The chosen collections as streams, in the server's order.

    Raises a config error if the settings name a collection that does not exist.
    """
    return tuple(
        Stream(
            collection=collection,
            index=choose_index(collection, definitions, config.index_name),
            without_index=no_index(collection, definitions.index_names),
        )
        for collection in chosen_collections(definitions, config)
    )


def readable_streams(
    client: Client, definitions: Definitions, config: Config, *, closed: Container[str], progress: Progress
) -> tuple[Stream, ...]:
    """The streams without the `closed` collections, each with the first index that serves it and may be read.

    The log tells what is left out, and why a stream has no index. Raises a config error when no stream is left for lack
    of rights, and FaunaError.
    """
    names = [collection.name for collection in chosen_collections(definitions, config)]
    left_out = [name for name in names if name in closed]
    if left_out and left_out == names:
        raise ConfigError(closed_message(*names))
    if left_out:
        logger.warning("%s %s left out.", closed_message(*left_out), "It is" if len(left_out) == 1 else "They are")
    rest = definitions.without(closed)
    found = streams(with_rights(client, rest, config, names=frozenset(names), progress=progress), config)
    for stream in found:
        warn_of_further_values(stream)
    _tell_what_lacks(found)
    return found


def with_rights(
    client: Client, definitions: Definitions, config: Config, *, names: Container[str], progress: Progress
) -> Definitions:
    """A copy that names the indexes that would serve these streams but may not be read. Raises FaunaError."""
    fitting = [
        index.name
        for collection in definitions.collections
        if collection.name in names
        for index in fitting_indexes(collection, definitions, config.index_name)
    ]
    refused = refused_indexes(client, fitting, at_once=config.concurrency, progress=progress)
    return definitions.refusing(refused)


def warn_of_further_values(stream: Stream) -> None:
    """Warn in the log when the index of a stream may lack documents."""
    if not isinstance(stream.index, Lack) and may_lack_documents(stream.index):
        logger.warning(
            "Index '%s' holds more than ts and ref: a document with a value of more than 32,767 bytes there is missing "
            "from it, so its updates are lost. %s.",
            stream.index.name,
            stream.without_index.remedy,
        )


def closed_message(*collections: str) -> str:
    """That the key may read nothing of these collections, and what to do."""
    names = ", ".join(f"'{name}'" for name in collections)
    noun, pronoun = ("collection", "it") if len(collections) == 1 else ("collections", "them")
    return f"The key may not read {noun} {names}: give its role read on {pronoun}."


def _tell_what_lacks(found: tuple[Stream, ...]) -> None:
    """Tell in the log why streams have no index: as a warning, each once, unless there simply is none."""
    lacking = [stream for stream in found if isinstance(stream.index, Lack)]
    for unmeant in dict.fromkeys(str(stream.index) for stream in lacking if stream.index != stream.without_index):
        logger.warning("%s", unmeant)
    for stream in lacking:
        if stream.index == stream.without_index:
            logger.info("%s", stream.without_index)
