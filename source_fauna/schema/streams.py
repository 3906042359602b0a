"""The collections of a database as streams: by which index each is read incrementally, or why by none."""

from __future__ import annotations

import logging
from collections.abc import Container
from dataclasses import dataclass

from source_fauna.config.config import Config
from source_fauna.database.client import Client
from source_fauna.errors.errors import ConfigError
from source_fauna.schema import rights
from source_fauna.schema.definitions import Collection, Definitions, Index
from source_fauna.schema.indexes import Lack, fitting_indexes, index_or_lack, may_lack_documents, no_index

logger = logging.getLogger("airbyte.source_fauna")


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A collection to read, and the index by which it is read incrementally, or why there is none.

    `without_index` is what to say when the index turns out to be none in the middle of a sync.
    """

    collection: Collection
    index: Index | Lack
    without_index: Lack

    @property
    def name(self) -> str:
        """That of the collection."""
        return self.collection.name


def streams(definitions: Definitions, config: Config) -> tuple[Stream, ...]:
    """The chosen collection as a stream, or all of them, in the server's order.

    Raises a config error if the chosen one does not exist.
    """
    chosen = config.collection_name
    found = tuple(
        Stream(
            collection=collection,
            index=index_or_lack(collection, definitions, config.index_name),
            without_index=no_index(collection, definitions.index_names),
        )
        for collection in definitions.collections
        if chosen in (None, collection.name)
    )
    if chosen is not None and not found:
        raise ConfigError(f"Collection '{chosen}' does not exist")
    return found


def readable_streams(client: Client, definitions: Definitions, config: Config) -> tuple[Stream, ...]:
    """The streams of which the key may read something, each with the first fitting index that it may read.

    What is left out, and why a stream has no index, is told in the log. Raises a config error when no stream is
    left for lack of rights, and FaunaError.
    """
    names = [stream.name for stream in streams(definitions, config)]
    closed = rights.closed_collections(client, names, at_once=config.concurrency)
    if closed and len(closed) == len(names):
        raise ConfigError(_closed_message(*names))
    if closed:
        left_out = [name for name in names if name in closed]
        logger.warning("%s %s left out.", _closed_message(*left_out), "It is" if len(left_out) == 1 else "They are")
    found = streams(with_rights(client, definitions.without(closed), config, names=names), config)
    for stream in found:
        warn_of_further_values(stream)
    _tell_what_lacks(found)
    return found


def with_rights(client: Client, definitions: Definitions, config: Config, *, names: Container[str]) -> Definitions:
    """The same, with the names of the indexes that would serve these streams but may not be read. Raises FaunaError."""
    fitting = [
        index.name
        for collection in definitions.collections
        if collection.name in names
        for index in fitting_indexes(collection, definitions.indexes, config.index_name)
    ]
    refused = rights.refused_indexes(client, fitting, at_once=config.concurrency)
    return definitions.refusing(refused)


def warn_of_further_values(stream: Stream) -> None:
    """Tell in the log when the index of a stream may lack documents."""
    if not isinstance(stream.index, Lack) and may_lack_documents(stream.index):
        logger.warning(
            "Index '%s' holds more than ts and ref: a document with a value of more than 32,767 bytes there is missing "
            "from it, so its updates are lost. %s.",
            stream.index.name,
            stream.without_index.remedy,
        )


def _closed_message(*collections: str) -> str:
    """That the key may read nothing of these collections, and what to do."""
    names = ", ".join(f"'{name}'" for name in collections)
    noun, pronoun = ("collection", "it") if len(collections) == 1 else ("collections", "them")
    return f"The key may not read {noun} {names}: give its role read on {pronoun}."


def _tell_what_lacks(found: tuple[Stream, ...]) -> None:
    """Tell in the log why streams have no index: what was meant to be otherwise as warnings, each once."""
    lacking = [stream for stream in found if isinstance(stream.index, Lack)]
    for unmeant in dict.fromkeys(str(stream.index) for stream in lacking if stream.index != stream.without_index):
        logger.warning("%s", unmeant)
    for stream in lacking:
        if stream.index == stream.without_index:
            logger.info("%s", stream.without_index)
