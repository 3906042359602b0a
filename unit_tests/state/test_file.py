"""State files in every format that was ever saved, and in formats that never existed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateType

from source_fauna.state.file import parse_state, read_state
from unit_tests.told import raises_config_error, warnings

CURSOR = {"updates_cursor": {"ts": 1_700_000_000_005_000, "ref": "105"}}
FOO = {"stream_descriptor": {"name": "foo", "namespace": None}, "stream_state": CURSOR}
IN_CAMEL_CASE = {"streamDescriptor": {"name": "foo"}, "streamState": CURSOR}


def told(states: list[AirbyteStateMessage]) -> dict[str, Any]:
    """The states by the names of their streams, all of which must be of the kind that the connector writes."""
    assert all(each.type is AirbyteStateType.STREAM for each in states)
    return {
        each.stream.stream_descriptor.name: dict(each.stream.stream_state.__dict__)
        if each.stream.stream_state
        else None
        for each in states
        if each.stream
    }


SHAPES: dict[str, tuple[Any, dict[str, Any]]] = {
    "nothing": (None, {}),
    "an empty list": ([], {}),
    "an empty object": ({}, {}),
    "bare, by stream": ({"foo": CURSOR, "bar": {}}, {"foo": CURSOR, "bar": {}}),
    "legacy": ([{"type": "LEGACY", "data": {"foo": CURSOR}}], {"foo": CURSOR}),
    "legacy alone": ({"type": "LEGACY", "data": {"foo": CURSOR}}, {"foo": CURSOR}),
    "legacy without data": ([{"type": "LEGACY", "data": {}}], {}),
    "legacy without a type": ([{"data": {"foo": CURSOR}}], {"foo": CURSOR}),
    "a stream": ([{"type": "STREAM", "stream": FOO}], {"foo": CURSOR}),
    "a stream alone": ({"type": "STREAM", "stream": FOO}, {"foo": CURSOR}),
    "a stream without a type": ([{"stream": FOO}], {"foo": CURSOR}),
    "a stream alone without a type": ({"stream": FOO}, {"foo": CURSOR}),
    "the content of a stream": (FOO, {"foo": CURSOR}),
    "contents of streams": ([FOO], {"foo": CURSOR}),
    "a collection called stream": ({"stream": CURSOR}, {"stream": CURSOR}),
    "a stream that saved nothing": (
        [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "foo"}, "stream_state": None}}],
        {"foo": {}},
    ),
    "global": ([{"type": "GLOBAL", "global": {"stream_states": [FOO]}}], {"foo": CURSOR}),
    "a message": ({"type": "STATE", "state": {"type": "STREAM", "stream": FOO}}, {"foo": CURSOR}),
    "messages": ([{"type": "STATE", "state": {"type": "STREAM", "stream": FOO}}], {"foo": CURSOR}),
    "a collection called type": ({"type": CURSOR, "foo": {}}, {"type": CURSOR, "foo": {}}),
    "one that is named as Singer's bookmarks": ({"bookmarks": CURSOR, "foo": {}}, {"bookmarks": CURSOR, "foo": {}}),
    "the platform's content of a stream": (IN_CAMEL_CASE, {"foo": CURSOR}),
    "the platform's contents of streams": ([IN_CAMEL_CASE], {"foo": CURSOR}),
    "the platform's stream": ([{"type": "STREAM", "stream": IN_CAMEL_CASE}], {"foo": CURSOR}),
    "the platform's stream alone without a type": ({"stream": IN_CAMEL_CASE}, {"foo": CURSOR}),
    "the platform's global": (
        {"type": "GLOBAL", "global": {"sharedState": None, "streamStates": [IN_CAMEL_CASE]}},
        {"foo": CURSOR},
    ),
    "the platform's API, streams": ({"stateType": "stream", "streamState": [IN_CAMEL_CASE]}, {"foo": CURSOR}),
    "the platform's API, global": (
        {"stateType": "global", "globalState": {"sharedState": {}, "streamStates": [IN_CAMEL_CASE]}},
        {"foo": CURSOR},
    ),
    "the platform's API, legacy": ({"stateType": "legacy", "state": {"foo": CURSOR}}, {"foo": CURSOR}),
    "the platform's API, nothing yet": ({"stateType": "not_set", "connectionId": "1"}, {}),
    "a collection called stateType": ({"stateType": CURSOR}, {"stateType": CURSOR}),
    "what the CDK saves for a finished full refresh": (
        {"foo": {"__ab_full_refresh_sync_complete": True}},
        {"foo": {"__ab_full_refresh_sync_complete": True}},
    ),
    "a collection called LEGACY": ({"LEGACY": CURSOR}, {"LEGACY": CURSOR}),
}


@pytest.mark.parametrize(("saved", "states"), SHAPES.values(), ids=SHAPES)
def test_every_shape_becomes_states_of_streams(saved: Any, states: dict[str, Any]) -> None:
    assert told(list(parse_state(saved))) == states


REFUSED: dict[str, tuple[Any, str]] = {
    "a number": (7, "it is neither a list nor an object"),
    "a text": ("foo", "it is neither a list nor an object"),
    "an entry that is none": ([7], "an entry is not an object"),
    "an unknown type": ([{"type": "OTHER"}], "an entry has an unknown type"),
    "a type of another type": ([{"type": []}], "an entry has an unknown type"),
    "a bare legacy object in a list": ([{"foo": CURSOR}], "an entry of the type LEGACY has no data"),
    "legacy without anything": ([{"type": "LEGACY"}], "an entry of the type LEGACY has no data"),
    "a stream without anything": ([{"type": "STREAM"}], "an entry of the type STREAM has no stream"),
    "a stream that is none": ([{"type": "STREAM", "stream": []}], "a stream's state is not an object"),
    "a stream without a name": ([{"stream": {"stream_descriptor": {}}}], "a stream has no name"),
    "a name of another type": ([{"stream": {"stream_descriptor": {"name": 5}}}], "a stream has no name"),
    "a state that is none": ({"foo": [1]}, "the state of stream 'foo' is not an object"),
    "a state without its stream": (CURSOR, "it does not say of which stream it is"),
    "a namespace of another type": (
        [{"stream": {"stream_descriptor": {"name": "foo", "namespace": 1}}}],
        "the state of stream 'foo' is not an object",
    ),
    "legacy data of another type": ([{"type": "LEGACY", "data": []}], "a legacy state is not an object"),
    "the form of Singer": (
        {"bookmarks": {"foo": {"replication_key": "ts"}}, "currently_syncing": "foo"},
        "it has the form of a Singer state, with bookmarks, which this connector never saves",
    ),
    "the form of Singer around states of this connector": (
        {"bookmarks": {"foo": CURSOR}},
        "it has the form of a Singer state, with bookmarks, which this connector never saves",
    ),
    "the platform's shared state": (
        {"stateType": "global", "globalState": {"sharedState": {"a": 1}, "streamStates": []}},
        "a global state is not of this connector",
    ),
    "a type of the platform's API that is unknown": ({"stateType": "other"}, "it has an unknown stateType"),
    "shared state": (
        [{"type": "GLOBAL", "global": {"shared_state": {"a": 1}, "stream_states": []}}],
        "a global state is not of this connector",
    ),
    "streams of another type": (
        [{"type": "GLOBAL", "global": {"stream_states": 7}}],
        "the streams of a global state are no list",
    ),
}


@pytest.mark.parametrize(("saved", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_state_is_refused_with_the_remedy(saved: Any, why: str) -> None:
    message = f"The saved state cannot be understood: {why}. Clear the connection's data, then sync again."
    with raises_config_error(message):
        list(parse_state(saved))


def test_a_state_of_unknown_keys_alone_is_ignored_and_told(caplog: pytest.LogCaptureFixture) -> None:
    assert told(list(parse_state({"foo": {"cursor": 7}, "bar": {**CURSOR, "cursor": 7}, "baz": {}}))) == {
        "foo": {"cursor": 7},
        "bar": {**CURSOR, "cursor": 7},
        "baz": {},
    }
    told_once = "The saved state of stream 'foo' has no key that this connector saves"
    assert warnings(caplog) == [f"{told_once}, so the stream is read from its beginning."]


def test_without_a_file_nothing_is_saved() -> None:
    assert read_state(None) == []
    assert read_state("") == []


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(orjson.dumps({"foo": CURSOR}))
    assert told(read_state(str(path))) == {"foo": CURSOR}


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b'{"foo":{}')
    with raises_config_error("The file of the saved state is not JSON (line 1, column 10)"):
        read_state(str(path))
