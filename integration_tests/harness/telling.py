"""A command run in this process, from its arguments to its exit code, with the stdout and stderr that users see.

Unlike `connector.command`, this includes the end of the command: its last messages and its exit code.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.logger import PRINT_BUFFER

from integration_tests.harness.inputs import write_inputs
from integration_tests.harness.leaks import hold_back
from integration_tests.harness.messages import Message, Messages
from source_fauna import SourceFauna
from source_fauna.ending import execute
from source_fauna.tuning import Tuning

LEVELS = ("airbyte", "airbyte.SourceFauna", "airbyte.source_fauna")
REPRESENTATIONS = re.compile(r"Traceback|<[\w.]+ object at 0x|Error\(|Exception\(|ConnectionPool|Errno|\bNone\b|\{'")
"""Python representations, which users must not see."""


@dataclass(frozen=True, kw_only=True)
class Told(Messages):
    """The result of a command: `exit_code`, and its whole output."""

    exit_code: int
    stdout: str
    stderr: str

    @cached_property
    def messages(self) -> Sequence[Message]:  # type: ignore[override]  # read from the output at its first use
        """The messages in order. Each line must be one."""
        return [orjson.loads(line) for line in self._lines]

    @property
    def _lines(self) -> list[str]:
        # Split only at "\n": names may contain other characters that Python treats as the end of a line.
        return [line for line in self.stdout.split("\n") if line]

    @property
    def for_users(self) -> list[str]:
        """The texts that users read: logs, messages of errors and statuses."""
        errors = [error["message"] for error in self.errors]
        return [*self.logs(), *errors, *(status.get("message", "") for status in self.of("CONNECTION_STATUS"))]

    @property
    def unreadable(self) -> list[str]:
        """The texts with Python representations. The CDK's own message for a wrong type may quote the value."""
        return [
            text
            for text in self.for_users
            if REPRESENTATIONS.search(text) and not text.startswith("Config validation error: ")
        ]

    @property
    def beside_records(self) -> str:
        """Everything but records. It must not contain the content of a document."""
        lines = [line for line in self._lines if not line.startswith('{"type":"RECORD"')]
        return "\n".join([*lines, self.stderr])

    def fit_for_users(self) -> Told:
        """Assert that the output has only messages, with texts that users can read, and return the result."""
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
    hold_back(stdout.getvalue() + stderr.getvalue(), files.get("config"))
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
