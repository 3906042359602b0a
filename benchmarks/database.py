"""The database that is read: a server of this project, or a real one at FAUNA_URL; and how the connector is told."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from benchmarks.children import ChildFailed, canned, read
from benchmarks.documents import bursts
from benchmarks.report import Report

SECRET = "benchmark"  # noqa: S105 - of servers that live as long as a measurement
BATCH_DOCUMENTS = 500
PROPERTIES: Mapping[str, Any] = {"ref": {"type": "string"}, "ts": {"type": "integer"}}
"""What every catalog has. Unless columns are found, records have more columns than it says."""
FIELDS = {
    "number": "B-000017",
    "placed": {"@ts": "2024-03-01T09:00:00.000001Z"},
    "status": "delivered",
    "total": 149.9,
    "quantity": 3,
    "gift": False,
    "tags": ["fragile", "express", "repeat"],
    "address": {"object": {"street": "Rua Augusta 24", "city": "Porto Alegre", "postcode": "90010"}},
    "note": "Left with the neighbour on the second floor, who was told so by telephone on the evening before. ",
    "reference": "7d1fbe42-4b1c-4e0c-9d3c-2f6f0a8a1b55",
}
"""The data of benchmarks.documents, as a query creates it."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """An address, a secret, and how many documents there are to read."""

    url: str
    documents: int
    secret: str = SECRET

    @property
    def port(self) -> int:
        """The port, also where the address leaves it out."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def query(self, expression: Any) -> Any:
        """The resource of a query in wire JSON. Raises requests.HTTPError."""
        headers = {"Authorization": f"Bearer {self.secret}", "X-FaunaDB-API-Version": "4"}
        reply = requests.post(self.url, data=orjson.dumps(expression), headers=headers, timeout=120)
        reply.raise_for_status()
        return reply.json()["resource"]

    def read(
        self,
        names: Sequence[str],
        *,
        shape: Sequence[str] = (),
        properties: Mapping[str, Any] = PROPERTIES,
        **root: Any,
    ) -> Report:
        """A full refresh of these collections by benchmarks.shapes; `root` are keys of the config.

        `properties` are those of each stream in the catalog. Raises ChildFailed, also when the records are not as many
        as the documents: fast and wrong is not fast.
        """
        with tempfile.TemporaryDirectory() as folder:
            config, catalog = Path(folder, "config.json"), Path(folder, "catalog.json")
            config.write_bytes(orjson.dumps({**self.config(), **root}))
            catalog.write_bytes(orjson.dumps({"streams": [_stream(name, properties) for name in names]}))
            report, found = read([*shape, "read", "--config", str(config), "--catalog", str(catalog)])
        if found != self.documents:
            raise ChildFailed(f"{found} records of {self.documents} documents")
        return report

    def config(self) -> dict[str, Any]:
        """The connector's config for this database."""
        parts = urlsplit(self.url)
        return {"scheme": parts.scheme, "domain": parts.hostname, "port": self.port, "secret": self.secret}


def creations(collection: str, ids: Sequence[int]) -> Iterator[Any]:
    """The queries that create the collection and a document for each id."""
    yield {"create_collection": {"object": {"name": collection}}}
    for start in range(0, len(ids), BATCH_DOCUMENTS):
        yield {"do": [*(_creation(collection, each) for each in ids[start : start + BATCH_DOCUMENTS]), None]}


def _stream(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    stream = {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh"]}
    return {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}


def _creation(collection: str, document_id: int) -> Any:
    ref = {"ref": {"collection": collection}, "id": str(document_id)}
    return {"create": ref, "params": {"object": {"data": {"object": {**FIELDS, "previous": ref}}}}}


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """A local_fauna of benchmarks.stand_in, whose latency can be set."""

    database: Database
    child: subprocess.Popen[str]

    def wait_before_answers(self, milliseconds: float) -> None:
        """From now on, each request waits so long."""
        assert self.child.stdin is not None  # noqa: S101 - asked for by stand_in
        assert self.child.stdout is not None  # noqa: S101 - asked for by stand_in
        print(milliseconds, file=self.child.stdin, flush=True)
        self.child.stdout.readline()


@contextmanager
def stand_in(documents: int) -> Iterator[StandIn]:
    """A local_fauna in a process of its own, which holds the ids of benchmarks.documents.bursts."""
    command = [sys.executable, "-m", "benchmarks.stand_in", str(documents)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        try:
            url = child.stdout.readline().strip()
            yield StandIn(database=Database(url=url, documents=len(bursts(documents))), child=child)
        finally:
            child.communicate()


@contextmanager
def prepared(documents: int, *flags: str, collections: int = 1) -> Iterator[Database]:
    """A fresh benchmarks.canned with so many documents in each collection, and these flags."""
    held = len(bursts(documents)) if "--bursts" in flags else documents
    with canned("--documents", str(documents), "--collections", str(collections), *flags) as port:
        yield Database(url=f"http://127.0.0.1:{port}", documents=held * collections)
