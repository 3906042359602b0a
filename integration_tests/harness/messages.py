"""The messages of a command, by the terms of the protocol. All ways in which tests run the connector use this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

Message = Mapping[str, Any]

_CONTENT = {"CONNECTION_STATUS": "connectionStatus"}


class Messages:
    """Messages in order. The streams of most tests are called foo."""

    messages: Sequence[Message]

    def of(self, kind: str) -> list[Any]:
        """The contents of all messages of a type."""
        return [message[_CONTENT.get(kind, kind.lower())] for message in self.messages if message["type"] == kind]

    def traces(self, kind: str) -> list[Any]:
        """The contents of all traces of a type."""
        return [trace[kind.lower()] for trace in self.of("TRACE") if trace["type"] == kind]

    def records(self, stream: str = "foo") -> list[dict[str, Any]]:
        """The data of a stream's records."""
        return [record["data"] for record in self.of("RECORD") if record["stream"] == stream]

    def refs(self, stream: str = "foo") -> list[str]:
        """The ids of a stream's records."""
        return [record["ref"] for record in self.records(stream)]

    def states(self, stream: str = "foo") -> list[dict[str, Any]]:
        """The contents of a stream's states."""
        found = [state["stream"] for state in self.of("STATE")]
        return [state["stream_state"] for state in found if state["stream_descriptor"]["name"] == stream]

    @property
    def state(self) -> list[Any]:
        """The state that the platform would save: the last state of each stream, as input for the next read."""
        last = {orjson.dumps(state["stream"]["stream_descriptor"]): state for state in self.of("STATE")}
        return list(last.values())

    @property
    def covered(self) -> Sequence[Message]:
        """The messages up to the last state, which a destination is sure to keep if the command is killed."""
        last = max((place for place, each in enumerate(self.messages) if each["type"] == "STATE"), default=-1)
        return self.messages[: last + 1]

    def statuses(self, stream: str = "foo") -> list[str]:
        """The statuses of a stream."""
        found = self.traces("STREAM_STATUS")
        return [each["status"] for each in found if each["stream_descriptor"]["name"] == stream]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors traced, in order."""
        return self.traces("ERROR")

    def logs(self, *levels: str) -> list[str]:
        """The texts that were logged at these levels; at any level when none is named."""
        return [log["message"] for log in self.of("LOG") if not levels or log["level"] in levels]

    @property
    def check_status(self) -> tuple[str, str]:
        """Status and message of the connection check; no message is an empty one."""
        (status,) = self.of("CONNECTION_STATUS")
        return status["status"], status.get("message", "")

    @property
    def streams(self) -> list[dict[str, Any]]:
        """The streams of the catalog."""
        (catalog,) = self.of("CATALOG")
        streams: list[dict[str, Any]] = catalog["streams"]
        return streams
