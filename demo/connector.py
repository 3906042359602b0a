"""The real console command `source-fauna` as a child process, and its messages."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.failure import StepFailed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from demo.show import Progress

COMMAND = str(Path(sys.executable).with_name("source-fauna"))

Message = dict[str, Any]


def messages(*arguments: str) -> Generator[Message, None, None]:
    """Run the command and give its messages while they come; StepFailed unless it ends with exit code 0.

    Closing the generator early stops the command and waits for its end.
    """
    errors = []
    # In a session of its own: Ctrl-C goes only to the demo, which then stops the command by a single signal.
    with subprocess.Popen(
        [COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        try:
            for line in child.stdout or ():
                message: Message = json.loads(line)
                if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                    errors.append(message["trace"]["error"]["message"])
                yield message
        finally:
            child.terminate()
            for _ in child.stdout or ():
                # The command still writes its last messages, and would fail if nobody read them.
                pass
    if child.returncode != 0:
        raise StepFailed(f"source-fauna {arguments[0]} ended with {child.returncode}: {'; '.join(errors)}")


def one(kind: str, *arguments: str) -> Any:
    """Return the content of the only message of this kind. Raises StepFailed if there is none."""
    with closing(messages(*arguments)) as told:
        found = [message[_KEYS[kind]] for message in told if message["type"] == kind]
    if len(found) != 1:
        raise StepFailed(f"source-fauna {arguments[0]} gave {len(found)} messages of type {kind}, not one")
    return found[0]


_KEYS = {"SPEC": "spec", "CONNECTION_STATUS": "connectionStatus", "CATALOG": "catalog"}


@dataclass
class Sync:
    """What one sync brought: a file of records for each stream, the last state of each, and warnings.

    `numbers` count the records of all syncs together, in the order in which they were emitted.
    """

    folder: Path
    numbers: Iterator[int]
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, Message] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)

    def file(self, stream: str) -> Path:
        """One JSON object a line, in the order of emission."""
        return self.folder / f"{stream}.jsonl"

    def run(self, *arguments: str, progress: Progress) -> None:
        """Read; every stream must say that it is complete."""
        self.folder.mkdir()
        with closing(messages("read", *arguments)) as told:
            for message in told:
                self._take(message, progress)
        progress.end()
        missing = set(self.counts) - self.finished
        if missing:
            raise StepFailed(f"not complete: {', '.join(sorted(missing))}")

    def _take(self, message: Message, progress: Progress) -> None:
        if message["type"] == "RECORD":
            self._keep(message["record"])
            progress.add(message["record"]["stream"])
        elif message["type"] == "STATE":
            self.states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
        elif message["type"] == "LOG" and message["log"]["level"] == "WARN":
            self.warnings.append(message["log"]["message"])
        elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            self._note(message["trace"]["stream_status"])
        elif message["type"] == "TRACE" and message["trace"]["type"] == "ESTIMATE":
            estimate = message["trace"]["estimate"]
            progress.expect(estimate["name"], estimate["row_estimate"])

    def _keep(self, record: Message) -> None:
        stream = record["stream"]
        self.counts[stream] = self.counts.get(stream, 0) + 1
        with self.file(stream).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"emitted": next(self.numbers), **record["data"]}) + "\n")

    def _note(self, status: Message) -> None:
        stream = status["stream_descriptor"]["name"]
        self.counts.setdefault(stream, 0)
        if status["status"] == "COMPLETE":
            self.finished.add(stream)
