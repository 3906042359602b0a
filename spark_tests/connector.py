"""The real command of the connector, whose records are compared with Spark's rows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_fauna import LocalFauna
from spark_tests.conftest import ROOT

COMMAND = ROOT / ".venv" / "bin" / "source-fauna"
FOUND = {"columns": {"column_mode": "found"}}
ANY: dict[str, Any] = {"type": "object"}

needs_connector = pytest.mark.skipif(not COMMAND.exists(), reason="needs the connector: make install")


class Connector:
    """Reads a database; `collection` are settings of the read."""

    def __init__(self, local: LocalFauna, folder: Path, **collection: Any) -> None:
        self._folder = folder
        address = {"domain": local.domain, "port": local.port, "scheme": "http", "secret": local.secret}
        self._config = self._file("config", {**address, "collection": collection})

    def schema(self, stream: str) -> dict[str, Any]:
        """The JSON schema that discover declares."""
        (catalog,) = self._messages("CATALOG", "discover")
        (found,) = (each["json_schema"] for each in catalog["catalog"]["streams"] if each["name"] == stream)
        return dict(found)

    def records(self, stream: str, schema: dict[str, Any] = ANY) -> list[dict[str, Any]]:
        """The records of a full refresh by this schema."""
        listed = {"name": stream, "json_schema": schema, "supported_sync_modes": ["full_refresh"]}
        configured = {"stream": listed, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
        catalog = self._file("catalog", {"streams": [configured]})
        return [each["record"]["data"] for each in self._messages("RECORD", "read", "--catalog", str(catalog))]

    def _messages(self, kind: str, *arguments: str) -> Iterator[dict[str, Any]]:
        command = [str(COMMAND), *arguments, "--config", str(self._config)]
        done = subprocess.run(command, capture_output=True, check=True)
        messages = (json.loads(line) for line in done.stdout.splitlines())
        return (message for message in messages if message["type"] == kind)

    def _file(self, name: str, content: Any) -> Path:
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return path
