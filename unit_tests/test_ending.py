"""How a command ends: its last messages and its exit code."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from airbyte_cdk.logger import PRINT_BUFFER

from source_fauna import SourceFauna
from source_fauna.ending import execute
from source_fauna.errors.errors import ConfigError, SystemFailure
from source_fauna.traced import traced


@contextlib.contextmanager
def stdout_is(output: io.StringIO) -> Iterator[None]:
    """Take stdout, also where the CDK writes past `sys.stdout`. Not a fixture: pytest takes it back before the test."""
    before = sys.stdout, sys.__stdout__, sys.excepthook
    sys.stdout = sys.__stdout__ = output  # type: ignore[misc,assignment]  # there is no other way
    try:
        yield
    finally:
        sys.stdout, sys.__stdout__, sys.excepthook = before  # type: ignore[misc]  # as above


def ended(source: SourceFauna, *args: str) -> tuple[Any, str]:
    """The exit code of a command, None for a good end, and its output."""
    output, code = io.StringIO(), None
    with stdout_is(output):
        try:
            execute(source, args)
        except SystemExit as end:
            code = end.code
    return code, output.getvalue()


def messages(output: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in output.split("\n") if line]


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> SourceFauna:
    """A source that fails at the first thing it is asked."""

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(SourceFauna, "read_config", staticmethod(fail))
    return SourceFauna()


def test_a_good_end_has_no_exit_code_of_its_own() -> None:
    code, output = ended(SourceFauna(), "spec")
    assert code is None
    assert messages(output)[-1]["type"] == "SPEC"


def test_a_config_error_of_check_is_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = ended(failing(monkeypatch, traced(ConfigError("Mend it."))), "check", "--config", "x")
    assert code is None
    trace, status = messages(output)[-2:]
    assert trace["trace"]["error"]["message"] == "Mend it."
    assert status["connectionStatus"] == {"status": "FAILED", "message": "Mend it."}


@pytest.mark.parametrize("command", ["discover", "check"])
def test_another_error_is_told_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    code, output = ended(failing(monkeypatch, traced(SystemFailure("Nobody can."))), command, "--config", "x")
    assert code == 1
    fatal, trace = messages(output)[-2:]
    assert fatal["log"] == {"level": "FATAL", "message": "Nobody can."}
    assert trace["trace"]["error"]["failure_type"] == "system_error"


def test_a_fault_of_our_own_tells_its_place_but_not_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    source = failing(monkeypatch, KeyError("what a document holds"))
    code, output = ended(source, "discover", "--config", "x")
    assert code == 1
    error = messages(output)[-1]["trace"]["error"]
    assert error["message"].startswith("Unexpected error while running discover.")
    assert error["internal_message"].startswith("KeyError in fail, test_ending.py:")
    assert "in fail" in error["stack_trace"]
    assert "what a document holds" not in output


def test_without_a_command_there_is_help() -> None:
    code, output = ended(SourceFauna())
    assert code == 0
    assert "{spec,check,discover,read}" in output


def test_an_output_that_nobody_takes_is_told_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(logging, "raiseExceptions", False)
    source = failing(monkeypatch, traced(ConfigError("Mend it.")))
    with stdout_is(Closed()), pytest.raises(BrokenPipeError):
        execute(source, ["discover", "--config", "x"])
    # The CDK's buffer is one for the whole process, and still holds what it could not write.
    with stdout_is(io.StringIO()):
        PRINT_BUFFER.flush()
