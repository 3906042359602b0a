"""The rules of the protocol for every read. They are checked on each read of these tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema import Draft7Validator

Message = Mapping[str, Any]
Key = tuple[str, Any]

MOST_RECORDS_BEFORE_A_STATE = 10_000


def check(messages: Sequence[Message], catalog: Mapping[str, Any], *, ended: bool, failed: bool) -> None:
    """Each configured stream keeps its order, its counts and its schema; the job fails if one of them did."""
    streams = {_key(each["stream"]): each["stream"] for each in catalog["streams"]}
    own: dict[Key, list[Message]] = {key: [] for key in streams}
    for message in messages:
        key = _owner(message)
        if key is not None:
            own[key].append(message)
    ends = [_check_stream(own[key], streams[key], ended=ended) for key in streams]
    assert not ended or failed == ("INCOMPLETE" in ends) or not any(ends)


def _key(descriptor: Mapping[str, Any]) -> Key:
    return descriptor["name"], descriptor.get("namespace")


def _owner(message: Message) -> Key | None:
    """The stream that a message is about; None for the log and for the whole job."""
    if message["type"] == "RECORD":
        return message["record"]["stream"], message["record"].get("namespace")
    if message["type"] == "STATE":
        assert message["state"]["type"] == "STREAM"
        return _key(message["state"]["stream"]["stream_descriptor"])
    if message["type"] == "TRACE":
        trace = message["trace"]
        return _key(trace["stream_status"] if "name" in trace else _descriptor(trace))
    return None


def _descriptor(trace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a status, an error or an estimate."""
    if trace["type"] == "ESTIMATE":
        estimate: Mapping[str, Any] = trace["estimate"]
        return estimate
    content = trace["stream_status"] if trace["type"] == "STREAM_STATUS" else trace["error"]
    descriptor: Mapping[str, Any] = content["stream_descriptor"]
    return descriptor


def _kind(message: Message) -> str:
    """RECORD, STATE, ERROR, ESTIMATE, or the status."""
    if message["type"] != "TRACE":
        return str(message["type"])
    trace = message["trace"]
    return str(trace["stream_status"]["status"] if trace["type"] == "STREAM_STATUS" else trace["type"])


def _check_stream(messages: Sequence[Message], stream: Mapping[str, Any], *, ended: bool) -> str | None:
    """The messages of one stream; gives the status it ended with."""
    kinds = [_kind(message) for message in messages]
    if not kinds:
        return None
    _check_order(kinds, ended=ended)
    _check_states(messages)
    _check_records(messages, stream["json_schema"])
    return next((kind for kind in kinds if kind in ("COMPLETE", "INCOMPLETE")), None)


def _check_order(kinds: Sequence[str], *, ended: bool) -> None:
    assert kinds[0] == "STARTED"
    assert kinds.count("STARTED") == 1
    contents = [place for place, kind in enumerate(kinds) if kind in ("RECORD", "STATE", "ESTIMATE")]
    if contents:
        assert kinds.index("RUNNING") < contents[0]
    if "COMPLETE" in kinds:
        assert kinds[-2:] == ["STATE", "COMPLETE"]
    elif "INCOMPLETE" in kinds:
        assert kinds[-2:] == ["INCOMPLETE", "ERROR"]
    else:
        assert not ended


def _check_states(messages: Sequence[Message]) -> None:
    before, count = None, 0
    for message in messages:
        if message["type"] == "RECORD":
            count += 1
        elif message["type"] == "STATE":
            state = message["state"]
            assert state["stream"]["stream_state"] is not None
            assert state["stream"]["stream_state"] != before
            assert state["sourceStats"]["recordCount"] == count <= MOST_RECORDS_BEFORE_A_STATE
            before, count = state["stream"]["stream_state"], 0


def _check_records(messages: Sequence[Message], schema: Mapping[str, Any]) -> None:
    """Each record validates, has no field that its schema does not name, and is not older than one before it."""
    validator, newest = Draft7Validator(schema), dict[str, int]()
    validated = set()
    for message in messages:
        if message["type"] == "RECORD":
            data = message["record"]["data"]
            # The schema names the columns and their types, so it is enough to validate one record of each kind.
            kind = tuple((name, type(value)) for name, value in data.items())
            if kind not in validated:
                validator.validate(data)
                assert set(data) <= set(schema["properties"])
                validated.add(kind)
            assert newest.get(data["ref"], 0) <= data["ts"]
            newest[data["ref"]] = data["ts"]
