"""The state file, in every format that any tool or version of the connector has saved.

- a list of entries, or one entry: STREAM, LEGACY, GLOBAL, or a whole STATE message
- an object keyed by stream, which the old connector and the prototypes saved
- the platform's own form, as its API and the settings of a connection show it: the same in camelCase

The CDK's own reader raises on an object keyed by stream, and its state manager ignores a LEGACY entry, which would
start every stream from zero. So this module converts every format to STREAM states. An unknown format is an error,
because ignoring it would silently start the streams from zero.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)

from source_fauna.errors.errors import ConfigError, UserError
from source_fauna.input_files import read_json

logger = logging.getLogger("airbyte.source_fauna")


def read_state(path: str | None) -> list[AirbyteStateMessage]:
    """The states in the file. Without a path, or from an empty file, there are none.

    Raises a config error if the file has an unknown format.
    """
    return list(parse_state(read_json(path, called="saved state") if path else None))


def parse_state(saved: Any) -> Iterator[AirbyteStateMessage]:
    """The STREAM states of a saved JSON value. Raises a config error if the value has an unknown format."""
    if isinstance(saved, dict):
        yield from _object(saved)
    elif isinstance(saved, list):
        for each in saved:
            yield from _entry(each)
    elif saved is not None:
        raise _unreadable("it is neither a list nor an object")


def _object(saved: dict[str, Any]) -> Iterator[AirbyteStateMessage]:
    if isinstance(saved.get("stateType"), str):
        yield from _of_the_platform(saved)
    elif _is_entry(_snake(saved)):
        yield from _entry(saved)
    else:
        yield from _legacy(saved)


def _of_the_platform(saved: dict[str, Any]) -> Iterator[AirbyteStateMessage]:
    """The answer of the platform's API, `{"stateType": "stream", "streamState": [ … ]}`."""
    kind = saved["stateType"].lower()
    if kind == "stream":
        yield from _global({"stream_states": saved.get("streamState")})
    elif kind == "global":
        yield from _global(saved.get("globalState"))
    elif kind == "legacy":
        yield from _legacy(saved.get("state"))
    elif kind != "not_set":
        raise _unreadable("it has an unknown stateType")


def _snake(content: dict[str, Any]) -> dict[str, Any]:
    """The same object, with the protocol's keys in snake_case instead of the platform's camelCase."""
    return {_SNAKE_CASE.get(key, key): value for key, value in content.items()}


_SNAKE_CASE = {
    "streamDescriptor": "stream_descriptor",
    "streamState": "stream_state",
    "streamStates": "stream_states",
    "sharedState": "shared_state",
}


def _entry(entry: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(entry, dict):
        raise _unreadable("an entry is not an object")
    entry = _snake(entry)
    if "stream_descriptor" in entry:
        entry = {"stream": entry}
    kind = entry.get("type", "STREAM" if "stream" in entry else "LEGACY")
    if not _is_known(kind):
        raise _unreadable("an entry has an unknown type")
    key, read = _CONTENTS[kind]
    if key not in entry:
        raise _unreadable(f"an entry of the type {kind} has no {key}")
    yield from read(entry[key])


def _legacy(data: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(data, dict | None):
        raise _unreadable("a legacy state is not an object")
    if data and _KEYS_OF_A_STREAM.issuperset(data):
        raise _unreadable("it does not say of which stream it is")
    bookmarks = (data or {}).get("bookmarks")
    if isinstance(bookmarks, dict) and not _is_of_this_connector(bookmarks):
        raise _unreadable("it has the form of a Singer state, with bookmarks, which this connector never saves")
    for name, blob in (data or {}).items():
        yield _message({"name": name}, blob)


def _global(content: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(content, dict) or _snake(content).get("shared_state"):
        raise _unreadable("a global state is not of this connector")
    states = _snake(content).get("stream_states")
    if not isinstance(states, list | None):
        raise _unreadable("the streams of a global state are no list")
    for each in states or []:
        yield from _stream(each)


def _stream(content: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(content, dict):
        raise _unreadable("a stream's state is not an object")
    content = _snake(content)
    yield _message(content.get("stream_descriptor"), content.get("stream_state"))


_CONTENTS = {
    "STREAM": ("stream", _stream),
    "LEGACY": ("data", _legacy),
    "GLOBAL": ("global", _global),
    "STATE": ("state", _entry),
}
"""The key that holds the content of an entry of each type, and what reads it. STATE is a whole message."""


_KEYS_OF_A_STREAM = frozenset({"full_sync_cursor", "initial_sync_cursor", "updates_cursor", "remove_cursor"})

_WITHOUT_MEANING = frozenset(
    {"add_remove_cursor", "now", "_comment", "__ab_full_refresh_sync_complete", "__ab_no_cursor_state_message"}
)
"""Keys that prototypes and the CDK saved. A state that has only such keys starts from zero."""


def _is_of_this_connector(blob: dict[str, Any]) -> bool:
    """Whether a stream's state is empty or has a key that some version of this connector has saved."""
    return not blob or not (_KEYS_OF_A_STREAM | _WITHOUT_MEANING).isdisjoint(blob)


def _is_entry(saved: dict[str, Any]) -> bool:
    """Whether an object is one entry, whole or its content."""
    content = saved.get("stream")
    return (
        _is_known(saved.get("type"))
        or "stream_descriptor" in saved
        or (isinstance(content, dict) and "stream_descriptor" in _snake(content))
    )


def _is_known(kind: Any) -> bool:
    return isinstance(kind, str) and kind in _CONTENTS


def _message(descriptor: Any, blob: Any) -> AirbyteStateMessage:
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("name"), str):
        raise _unreadable("a stream has no name")
    if not isinstance(blob, dict | None) or not isinstance(descriptor.get("namespace"), str | None):
        raise _unreadable(f"the state of stream '{descriptor['name']}' is not an object")
    if not _is_of_this_connector(blob or {}):
        # Unknown keys have always been ignored. Where there are no others, that is worth a word.
        logger.warning(
            "The saved state of stream '%s' has no key that this connector saves, so the stream is read from its "
            "beginning.",
            descriptor["name"],
        )
    return AirbyteStateMessage(
        type=AirbyteStateType.STREAM,
        stream=AirbyteStreamState(
            stream_descriptor=StreamDescriptor(name=descriptor["name"], namespace=descriptor.get("namespace")),
            stream_state=AirbyteStateBlob(blob or {}),
        ),
    )


def _unreadable(why: str) -> UserError:
    return ConfigError(f"The saved state cannot be understood: {why}. Clear the connection's data, then sync again.")
