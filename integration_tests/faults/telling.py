"""A command in this process, from its arguments to its exit code, and all that it said: stdout and stderr as users see.

Unlike the harness this includes how the command ends: the last messages and the exit code are the connector's own.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.logger import PRINT_BUFFER

from integration_tests.harness.inputs import write_inputs
from source_fauna import SourceFauna
from source_fauna.ending import execute
from source_fauna.tuning import Tuning

LEVELS = ("airbyte", "airbyte.SourceFauna", "airbyte.source_fauna")
REPRESENTATIONS = re.compile(r"Traceback|<[\w.]+ object at 0x|Error\(|Exception\(|ConnectionPool|Errno|\bNone\b|\{'")
"""What a user must not have to read: Python's own way to show things."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a command said: `exit_code`, and its whole output."""

    exit_code: int
    stdout: str
    stderr: str

    @cached_property
    def messages(self) -> Sequence[Mapping[str, Any]]:
        """The messages in order. Each line must be one."""
        return [orjson.loads(line) for line in self._lines]

    @property
    def _lines(self) -> list[str]:
        # A name may hold what Python takes for the end of a line, and nobody else does.
        return [line for line in self.stdout.split("\n") if line]

    def of(self, kind: str) -> list[Any]:
        """The contents of the messages of a type, in lower case."""
        key = "connectionStatus" if kind == "CONNECTION_STATUS" else kind.lower()
        return [message[key] for message in self.messages if message["type"] == kind]

    @property
    def errors(self) -> list[Mapping[str, Any]]:
        """The errors traced, of streams and of the whole, in order."""
        return [trace["error"] for trace in self.of("TRACE") if trace["type"] == "ERROR"]

    @property
    def check_status(self) -> tuple[str, str]:
        """Status and message of the connection check."""
        (status,) = self.of("CONNECTION_STATUS")
        return status["status"], status.get("message", "")

    def statuses(self, stream: str) -> list[str]:
        """The statuses of a stream."""
        found = [trace["stream_status"] for trace in self.of("TRACE") if trace["type"] == "STREAM_STATUS"]
        return [each["status"] for each in found if each["stream_descriptor"]["name"] == stream]

    def refs(self, stream: str) -> list[str]:
        """The ids of the records of a stream."""
        return [record["data"]["ref"] for record in self.of("RECORD") if record["stream"] == stream]

    @property
    def for_users(self) -> list[str]:
        """The texts that users read: logs, messages of errors and statuses."""
        logs = [log["message"] for log in self.of("LOG")]
        errors = [error["message"] for error in self.errors]
        return [*logs, *errors, *(status.get("message", "") for status in self.of("CONNECTION_STATUS"))]

    @property
    def unreadable(self) -> list[str]:
        """The texts that show what only programmers read. The CDK's own answer to a wrong type quotes the value."""
        return [
            text
            for text in self.for_users
            if REPRESENTATIONS.search(text) and not text.startswith("Config validation error: ")
        ]

    @property
    def beside_records(self) -> str:
        """Everything but records: where no document's content may be."""
        lines = [line for line in self._lines if not line.startswith('{"type":"RECORD"')]
        return "\n".join([*lines, self.stderr])

    def fit_for_users(self) -> Told:
        """What was told, which must be messages alone, in words that users can read."""
        assert self.stderr == ""
        assert self.unreadable == []
        return self


def tell(name: str, *flags: str, tuning: Tuning | None = None, **files: Any) -> Told:
    """Run a command with these files (see `write_inputs`)."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = write_inputs(Path(folder), name, *flags, **files)
        exit_code: Any = 0
        with _captured() as (stdout, stderr):
            try:
                execute(SourceFauna(tuning=tuning), arguments)
            except SystemExit as end:
                exit_code = end.code
    return Told(exit_code=exit_code or 0, stdout=stdout.getvalue(), stderr=stderr.getvalue())


@contextmanager
def _captured() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Take stdout and stderr, also where the CDK writes past `sys.stdout`; afterwards all is as it was."""
    stdout, stderr = io.StringIO(), io.StringIO()
    before = sys.stdout, sys.stderr, sys.__stdout__, sys.excepthook
    levels = {name: logging.getLogger(name).level for name in LEVELS}
    PRINT_BUFFER.flush()
    sys.stdout, sys.stderr, sys.__stdout__ = stdout, stderr, stdout  # type: ignore[misc,assignment]  # there is no other way
    try:
        yield stdout, stderr
    finally:
        PRINT_BUFFER.flush()
        sys.stdout, sys.stderr, sys.__stdout__, sys.excepthook = before  # type: ignore[misc]  # as above
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
