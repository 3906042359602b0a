"""The console command in a process of its own, which may be signalled, and whose output may be left unread or closed.

Processes are forked from a server that has imported the CDK once; each runs `source_fauna.run.run` as its main thread.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from typing_extensions import Self

from integration_tests.harness.inputs import write_inputs
from integration_tests.harness.leaks import hold_back
from integration_tests.harness.telling import Told

PATIENCE_SECONDS = 30.0

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["source_fauna.ending", "source_fauna.source", "source_fauna.run"])


class Command:
    """A command that runs, with its files in the folder, temporary ones too: it may have no time to remove them.

    `prepare`, a function of a module, is called in the process before the connector.
    """

    def __init__(
        self, folder: Path, name: str, files: Mapping[str, Any], *, prepare: Callable[[], None] | None = None
    ) -> None:
        self._config = files.get("config")
        arguments = write_inputs(folder, name, **files)
        self._outputs = [_CONTEXT.Pipe(duplex=False) for _ in range(2)]
        writers = [writer for _, writer in self._outputs]
        self._process = _CONTEXT.Process(target=_run, args=(folder, arguments, *writers, prepare), daemon=True)
        self._process.start()
        for writer in writers:
            writer.close()
        self._signalled = self._ended = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        for reader, _writer in self._outputs:
            reader.close()

    def signal(self, number: int) -> None:
        """Send a signal."""
        assert self._process.pid is not None
        self._signalled = time.monotonic()
        os.kill(self._process.pid, number)

    def close_output(self) -> None:
        """Close its output, like a platform that has gone away."""
        self._outputs[0][0].close()

    def end(self) -> int:
        """Wait for its end without reading its output; the exit code."""
        self._process.join(PATIENCE_SECONDS)
        code = self._process.exitcode
        assert code is not None, "the command does not end"
        self._ended = time.monotonic()
        return code

    @property
    def seconds_after_signal(self) -> float:
        """How long it lived after the signal."""
        return self._ended - self._signalled

    def told(self) -> Told:
        """Wait for its end and return all its output, which must fit into a pipe."""
        code = self.end()
        stdout, stderr = (_all_of(reader) for reader, _ in self._outputs)
        hold_back(stdout + stderr, self._config)
        return Told(exit_code=code, stdout=stdout, stderr=stderr)

    def stderr(self) -> str:
        """Its standard error."""
        return _all_of(self._outputs[1][0])


def _all_of(reader: Connection) -> str:
    parts = []
    while part := os.read(reader.fileno(), 1 << 16):
        parts.append(part)
    return b"".join(parts).decode()


def _run(
    folder: Path, arguments: list[str], stdout: Connection, stderr: Connection, prepare: Callable[[], None] | None
) -> None:
    from source_fauna.run import run  # noqa: PLC0415 - in the process that was forked

    tempfile.tempdir = str(folder)
    os.dup2(stdout.fileno(), 1)
    os.dup2(stderr.fileno(), 2)
    stdout.close()
    stderr.close()
    # Those of pytest came with the fork, and the CDK does not buffer what it sees them take.
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", closefd=False)  # type: ignore[misc]
    if prepare is not None:
        prepare()
    run(arguments)
