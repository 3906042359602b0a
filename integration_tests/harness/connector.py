"""The connector run in this process through its real entry point: check, discover and read, and their messages."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import assemble_uncaught_exception
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.models import ConnectorSpecification

from integration_tests.harness import protocol
from integration_tests.harness.inputs import write_inputs
from integration_tests.harness.leaks import hold_back
from integration_tests.harness.messages import Message, Messages
from integration_tests.harness.tunings import FAST
from source_fauna import SourceFauna
from source_fauna.tuning import Tuning


@dataclass(frozen=True)
class Run(Messages):
    """The messages of one command, and the error that it raised, which is not among its messages."""

    messages: Sequence[Message]
    failure: Mapping[str, Any] | None = None

    @property
    def kills(self) -> range:
        """All numbers of messages after which a kill can be tested: each message after the first RUNNING."""
        return range(3, len(self.messages) - len(self.of("LOG")))

    @property
    def kept(self) -> Run:
        """The messages that a destination is sure to keep if this run is killed."""
        return Run(messages=self.covered)

    def succeed(self) -> Run:
        """Assert that the run succeeded, and return it."""
        assert self.failure is None, self.failure
        assert self.errors == []
        return self

    def fail(self, *texts: str, stream: str = "foo", failure_type: str = "config_error") -> Run:
        """Assert that this stream failed with these texts in its error, and return the run."""
        error = next(each for each in self.errors if each["stream_descriptor"]["name"] == stream)
        assert error["failure_type"] == failure_type
        for text in texts:
            assert text in error["message"]
        assert self.failure is not None
        return self

    def warn(self, *texts: str) -> Run:
        """Assert that there is one warning for each text, in this order, and return the run."""
        warnings = self.logs("WARN")
        assert len(warnings) == len(texts), warnings
        for text, warning in zip(texts, warnings, strict=True):
            assert text in warning
        return self


class _Collector(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines
        self.setFormatter(AirbyteLogFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


class _Connector(SourceFauna):
    """The connector with a cached spec, because parsing the spec takes longer than a short sync."""

    _parsed: ConnectorSpecification | None = None

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        if _Connector._parsed is None:
            _Connector._parsed = SourceFauna().spec(logger)
        return _Connector._parsed


@contextmanager
def _logs_into(lines: list[str]) -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("airbyte")
    levels = {logger: logger.level for logger in (ours, logging.getLogger("airbyte.source_fauna"))}
    collector = _Collector(lines)
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
        for logger, level in levels.items():
            logger.setLevel(level)


def command(name: str, *flags: str, tuning: Tuning = FAST, stop_after: int | None = None, **files: Any) -> Run:
    """Run a command with these files (see `write_inputs`). It stops after `stop_after` messages, as if killed."""
    lines: list[str] = []
    failure = None
    with tempfile.TemporaryDirectory() as folder, _logs_into(lines):
        arguments = write_inputs(Path(folder), name, *flags, **files)
        entrypoint = AirbyteEntrypoint(_Connector(tuning=tuning))
        output = iter(entrypoint.run(entrypoint.parse_args(arguments)))
        try:
            for place, line in enumerate(output, start=1):
                lines.append(line)
                if place == stop_after:
                    break
        except Exception as error:  # noqa: BLE001 - the console command tells any exception in this form
            failure = assemble_uncaught_exception(type(error), error).as_airbyte_message()
        finally:
            output.close()  # type: ignore[attr-defined]  # it is a generator
    told = None if failure is None else orjson.loads(AirbyteEntrypoint.airbyte_message_to_string(failure))
    hold_back("\n".join([*lines, str(told)]), files.get("config"))
    return Run(
        messages=[orjson.loads(line) for line in lines],
        failure=None if told is None else told["trace"]["error"],
    )


def check(config: Mapping[str, Any]) -> Run:
    """A connection check. It reports its result without raising an error."""
    return command("check", config=config).succeed()


def discover(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The streams of the catalog."""
    return command("discover", config=config).streams


def configured(config: Mapping[str, Any], **modes: str) -> dict[str, Any]:
    """A configured catalog of these streams of the database, in this order, each with its sync mode."""
    found = {stream["name"]: stream for stream in discover(config)}
    return {
        "streams": [
            {"stream": found[name], "sync_mode": mode, "destination_sync_mode": "append"}
            for name, mode in modes.items()
        ]
    }


def read(
    config: Mapping[str, Any],
    catalog: Mapping[str, Any],
    state: Any = None,
    *,
    tuning: Tuning = FAST,
    stop_after: int | None = None,
) -> Run:
    """A read. Asserts that its messages follow the protocol."""
    files = {} if state is None else {"state": state}
    run = command("read", config=config, catalog=catalog, tuning=tuning, stop_after=stop_after, **files)
    protocol.check(run.messages, catalog, ended=stop_after is None, failed=run.failure is not None)
    return run


def full_refresh(config: Mapping[str, Any], state: Any = None, *, stream: str = "foo", **how: Any) -> Run:
    """A full refresh of one stream."""
    return read(config, configured(config, **{stream: "full_refresh"}), state, **how)


def incremental(config: Mapping[str, Any], state: Any = None, *, stream: str = "foo", **how: Any) -> Run:
    """An incremental sync of one stream."""
    return read(config, configured(config, **{stream: "incremental"}), state, **how)
