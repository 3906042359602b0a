"""A database that tests write to: local_fauna in this process, or a new one on a real server.

With FAUNA_URL and FAUNA_SECRET (an admin key) each test gets a child database there, which is removed afterwards.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3
from faunadb import query as q

from integration_tests.harness.fql import may_read
from local_fauna import LocalFauna
from local_fauna.local import QueryFailed

Send = Callable[[str, bytes], tuple[int, Mapping[str, str], bytes]]
"""Sends (secret, body) as `POST /`, and gives status, headers and body of the answer."""

READ_SCHEMA = (may_read(q.collections()), may_read(q.indexes()))
"""The privileges that every sync needs beside those on its collections and indexes."""

ANSWER_SECONDS = 130.0
BUILD_SECONDS = 120.0
POLL_SECONDS = 0.1
EVERY = 100_000
"""A page size that is large enough for everything in these tests."""


class Fauna:
    """One database, by its admin key; `local` is the server if it is local_fauna."""

    def __init__(self, *, url: str, secret: str, send: Send, local: LocalFauna | None = None) -> None:
        address = urlsplit(url)
        port = address.port or {"http": 80, "https": 443}[address.scheme]
        self._address = {"domain": address.hostname, "port": port, "scheme": address.scheme}
        self._send = send
        self.secret = secret
        self.local = local

    def config(self, *, secret: str | None = None, concurrency: int | None = None, **collection: Any) -> dict[str, Any]:
        """A config for this database; `deletions` may be the name of a column."""
        column = collection.get("deletions")
        if isinstance(column, str):
            collection["deletions"] = {"deletion_mode": "deleted_field", "column": column}
        config = {**self._address, "secret": secret or self.secret, "collection": collection}
        return config if concurrency is None else {**config, "concurrency": concurrency}

    def query(self, expression: Any) -> Any:
        """The resource of an expression: a builder, wire JSON, or both mixed. Raises QueryFailed."""
        return self._ask(expression)[0]

    def refuses(self, expression: Any) -> bool:
        """Whether the expression is answered with an error."""
        try:
            self.query(expression)
        except QueryFailed:
            return True
        return False

    def write(self, *expressions: Any) -> int:
        """Run all expressions in one transaction, and return its ts in microseconds. Raises QueryFailed."""
        return self._ask({"do": expressions})[1]

    def now(self) -> int:
        """The time of the database, in microseconds."""
        return int(self.query(q.to_micros(q.now())))

    def collection(self, name: str, *, index: bool = True, history_days: int | None = 30, **params: Any) -> None:
        """Make a collection, with an index for incremental syncs unless told otherwise."""
        self.query(q.create_collection({"name": name, "history_days": history_days, **params}))
        if index:
            self.index(name)

    def index(self, collection: str, name: str | None = None, *, wait: bool = True, **params: Any) -> Any:
        """Make an index with the values ts, ref on the collection; gives its definition.

        A real server builds some indexes in the background. By default this waits until the index is active. With
        local_fauna, the test itself sets how fast indexes are built.
        """
        values = [{"field": ["ts"]}, {"field": ["ref"]}]
        given = {"name": name or f"{collection}_ts", "source": q.collection(collection), "values": values}
        made = self.query(q.create_index({**given, **params}))
        if wait and self.local is None:
            self.wait_until_active(made["name"])
        return made

    def has_active(self, index: str) -> bool:
        """Whether the index is complete and can be used."""
        active: bool = self.query(q.get(q.index(index)))["active"]
        return active

    def wait_until_active(self, index: str) -> None:
        """Ask until the index is built; AssertionError if that takes longer than any database needs for a test."""
        deadline = time.monotonic() + BUILD_SECONDS
        while not self.has_active(index):
            assert time.monotonic() < deadline, f"index {index} is not active after {BUILD_SECONDS} seconds"
            time.sleep(POLL_SECONDS)

    def key(
        self, *privileges: Mapping[str, Any], role: str = "reader", schema: Sequence[Mapping[str, Any]] = READ_SCHEMA
    ) -> str:
        """The secret of a key with a role that has these privileges and may read the schema."""
        self.query(q.create_role({"name": role, "privileges": [*schema, *privileges]}))
        return str(self.query(q.create_key({"role": q.role(role)}))["secret"])

    def grant(self, *privileges: Mapping[str, Any], role: str = "reader") -> None:
        """Change what the role may do."""
        self.query(q.update(q.role(role), {"privileges": [*READ_SCHEMA, *privileges]}))

    def versions(self, collection: str, *, at: int | None = None) -> dict[str, int]:
        """The ts of every document of the collection, by id: now, or as of a time in microseconds."""
        page = q.paginate(q.documents(q.collection(collection)), size=EVERY)
        pair = [q.select("id", q.var("x")), q.select("ts", q.get(q.var("x")))]
        pairs = q.map_(q.lambda_("x", pair), page)
        found: list[tuple[str, int]] = self.query(pairs if at is None else q.at(at, pairs))["data"]
        return dict(found)

    def _ask(self, expression: Any) -> tuple[Any, int]:
        body = orjson.dumps(expression, default=lambda builder: builder.to_fauna_json())
        status, headers, content = self._send(self.secret, body)
        answer = orjson.loads(content)
        if status >= 400:
            raise QueryFailed(status=status, errors=answer["errors"])
        return answer["resource"], int(headers["x-txn-time"])


def local_database(local: LocalFauna) -> Fauna:
    """The root database of a local_fauna that runs. Tests write to it past HTTP and its faults."""

    def send(secret: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        reply = local.engine.query(orjson.loads(body), secret=secret)
        return reply.status, reply.headers, reply.body

    return Fauna(url=local.url, secret=local.secret, send=send, local=local)


@contextmanager
def remote_database(url: str, admin: str) -> Iterator[Fauna]:
    """A new database below that of the admin key; it is removed at the end."""
    pool = urllib3.PoolManager()

    def send(secret: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        reply = post(pool, url, secret=secret, body=body)
        return reply.status, reply.headers, reply.data

    parent, name = Fauna(url=url, secret=admin, send=send), f"test_{uuid.uuid4().hex}"
    parent.query(q.create_database({"name": name}))
    key = parent.query(q.create_key({"database": q.database(name), "role": "admin"}))
    try:
        yield Fauna(url=url, secret=key["secret"], send=send)
    finally:
        parent.write({"delete": key["ref"]}, q.delete(q.database(name)))
        pool.clear()


@contextmanager
def fresh_database() -> Iterator[Fauna]:
    """An empty database: on the server of FAUNA_URL, otherwise of a local_fauna of its own."""
    url = os.environ.get("FAUNA_URL")
    if url is None:
        with LocalFauna() as local:
            yield local_database(local)
        return
    with remote_database(url, os.environ["FAUNA_SECRET"]) as database:
        yield database


def post(pool: urllib3.PoolManager, url: str, *, secret: str, body: bytes | str) -> urllib3.BaseHTTPResponse:
    """The answer of a server to an expression in JSON, over a kept connection, and never through a proxy."""
    headers = {"Authorization": f"Bearer {secret}", "X-FaunaDB-API-Version": "4"}
    return pool.request("POST", url, body=body, headers=headers, timeout=ANSWER_SECONDS, retries=False)
