"""A fresh database for each test, on local_fauna or on a real Fauna, and the connector's commands against it.

Set FAUNA_URL and FAUNA_SECRET (an admin key) to use a real Fauna; every test then gets a child database of its own.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput, _run_command
from airbyte_cdk.test.models.outcome import ExpectedOutcome

from integration_tests.replay_targets import HttpTarget
from local_fauna import LocalFauna
from source_fauna import SourceFauna
from source_fauna.tuning import Tuning

IMPATIENT = replace(Tuning(), first_success_seconds=0.0)
"""Gives up at the first failure, so that no test waits for a retry."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """An empty database: its address, the secret of an admin key, and the server if it is local_fauna."""

    url: str
    secret: str
    local: LocalFauna | None

    def query(self, expression: Any) -> Any:
        """The resource of an expression in wire JSON, asked as admin."""
        status, reply = HttpTarget(self.url).send(self.secret, expression)
        assert status in (200, 201), reply
        return reply["resource"]

    def collection(self, name: str, **params: Any) -> None:
        """Create a collection."""
        self.query({"create_collection": {"object": {"name": name, **params}}})

    def index(self, name: str, source: Any, **params: Any) -> None:
        """Create an index, over ts and ref unless told otherwise."""
        stated = {"values": [field(["ts"]), field(["ref"])], **params}
        self.query({"create_index": {"object": {"name": name, "source": source, **stated}}})

    def document(self, collection: str, document_id: str, data: Any) -> None:
        """Create a document; `data` is wire JSON of an expression."""
        ref = {"ref": {"collection": collection}, "id": document_id}
        self.query({"create": ref, "params": {"object": {"data": {"object": data}}}})

    def key(self, name: str, *privileges: tuple[Any, Any]) -> str:
        """The secret of a key whose role has these (resource, read) privileges."""
        stated = [
            {"object": {"resource": resource, "actions": {"object": {"read": read}}}} for resource, read in privileges
        ]
        self.query({"create_role": {"object": {"name": name, "privileges": stated}}})
        return str(self.query({"create_key": {"object": {"role": {"role": name}}}})["secret"])

    def config(self, *, secret: str | None = None, **collection: Any) -> dict[str, Any]:
        """A config for this database."""
        parts = urlsplit(self.url)
        return {
            "domain": parts.hostname,
            "port": parts.port,
            "scheme": parts.scheme,
            "secret": self.secret if secret is None else secret,
            "collection": collection,
        }


def field(path: Any, **more: Any) -> dict[str, Any]:
    """A value or term of an index, as an expression."""
    return {"object": {"field": path, **more}}


COLLECTIONS: tuple[Any, Any] = ({"collections": None}, True)
INDEXES: tuple[Any, Any] = ({"indexes": None}, True)
"""The rights to list definitions."""


@contextmanager
def fresh_database() -> Iterator[Database]:
    """A new, empty database."""
    url, secret = os.environ.get("FAUNA_URL"), os.environ.get("FAUNA_SECRET")
    if url and secret:
        yield Database(url=url, secret=HttpTarget(url).fresh_database(secret, "connector"), local=None)
        return
    with LocalFauna() as local:
        yield Database(url=local.url, secret=HttpTarget(local.url).fresh_database(local.secret, "test"), local=local)


def run(verb: str, config: dict[str, Any], *, tuning: Tuning = IMPATIENT) -> EntrypointOutput:
    """All messages of check or discover, through the CDK's entry point; errors are part of the output."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        return _run_command(
            SourceFauna(tuning=tuning), [verb, "--config", str(path)], expected_outcome=ExpectedOutcome.ALLOW_ANY
        )


def logs(output: EntrypointOutput, *levels: str) -> list[str]:
    """The texts of the log messages of these levels."""
    found = [message.log for message in output.logs]
    return [log.message for log in found if log is not None and log.level.value in levels]


def status(output: EntrypointOutput) -> tuple[str, str | None]:
    """The one status of a check; no trace of an error beside a FAILED of our own."""
    (message,) = output.connection_status_messages
    found = message.connectionStatus
    assert found is not None
    return found.status.value, found.message


def everything(output: EntrypointOutput) -> str:
    """All messages as one text, to search for what must not be there."""
    return "\n".join(str(message) for message in output.get_message_iterator())
