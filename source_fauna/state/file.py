"""The file of saved states: a list of STREAM states, or the legacy object keyed by stream, bare or wrapped.

The CDK's own reader raises on the bare object, and its state manager takes no notice of a LEGACY entry, which would
start every stream from zero; so every shape becomes STREAM states here.
"""

from __future__ import annotations

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


def read_state(path: str | None) -> list[AirbyteStateMessage]:
    """The states in the file; none without a path or from an empty file. Raises a config error on anything else."""
    return list(parse_state(read_json(path, called="saved state") if path else None))


def parse_state(saved: Any) -> Iterator[AirbyteStateMessage]:
    """The STREAM states of a saved JSON value. Raises a config error on what is none."""
    if isinstance(saved, dict):
        yield from _entry(saved) if _is_entry(saved) else _legacy(saved)
    elif isinstance(saved, list):
        for each in saved:
            yield from _entry(each)
    elif saved is not None:
        raise _unreadable("it is neither a list nor an object")


def _entry(entry: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(entry, dict):
        raise _unreadable("an entry is not an object")
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
    for name, blob in (data or {}).items():
        yield _message({"name": name}, blob)


def _global(content: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(content, dict) or content.get("shared_state"):
        raise _unreadable("a global state is not of this connector")
    states = content.get("stream_states")
    if not isinstance(states, list | None):
        raise _unreadable("the streams of a global state are no list")
    for each in states or []:
        yield from _stream(each)


def _stream(content: Any) -> Iterator[AirbyteStateMessage]:
    if not isinstance(content, dict):
        raise _unreadable("a stream's state is not an object")
    yield _message(content.get("stream_descriptor"), content.get("stream_state"))


_CONTENTS = {
    "STREAM": ("stream", _stream),
    "LEGACY": ("data", _legacy),
    "GLOBAL": ("global", _global),
    "STATE": ("state", _entry),
}
"""The key that holds the content of an entry of each type, and what reads it; STATE is a whole message."""


_KEYS_OF_A_STREAM = frozenset({"full_sync_cursor", "initial_sync_cursor", "updates_cursor", "remove_cursor"})


def _is_entry(saved: dict[str, Any]) -> bool:
    """Whether an object is one entry, whole or its content: read as keyed by stream, it would start all from zero."""
    content = saved.get("stream")
    return (
        _is_known(saved.get("type"))
        or "stream_descriptor" in saved
        or (isinstance(content, dict) and "stream_descriptor" in content)
    )


def _is_known(kind: Any) -> bool:
    return isinstance(kind, str) and kind in _CONTENTS


def _message(descriptor: Any, blob: Any) -> AirbyteStateMessage:
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("name"), str):
        raise _unreadable("a stream has no name")
    if not isinstance(blob, dict | None) or not isinstance(descriptor.get("namespace"), str | None):
        raise _unreadable(f"the state of stream '{descriptor['name']}' is not an object")
    return AirbyteStateMessage(
        type=AirbyteStateType.STREAM,
        stream=AirbyteStreamState(
            stream_descriptor=StreamDescriptor(name=descriptor["name"], namespace=descriptor.get("namespace")),
            stream_state=AirbyteStateBlob(blob or {}),
        ),
    )


def _unreadable(why: str) -> UserError:
    return ConfigError(f"The saved state cannot be understood: {why}. Clear the connection's data, then sync again.")
