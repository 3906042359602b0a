"""A database that tests write to: local_fauna in this process, or a new one on a real server.

With FAUNA_URL and FAUNA_SECRET (an admin key) each test gets a child database there, which is removed afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from faunadb import query as q

from local_fauna import LocalFauna

Send = Callable[[str, bytes], tuple[int, Mapping[str, str], bytes]]
"""Sends (secret, body) as `POST /`, and gives status, headers and body of the answer."""

READ_SCHEMA = tuple({"resource": listed, "actions": {"read": True}} for listed in (q.collections(), q.indexes()))
"""The privileges that every sync needs beside those on its collections and indexes."""


class Refused(Exception):
    """The database refused what a test asked of it."""


class Fauna:
    """One database, by its admin key."""

    def __init__(self, *, url: str, secret: str, send: Send) -> None:
        address = urlsplit(url)
        self._address = {"domain": address.hostname, "port": address.port, "scheme": address.scheme}
        self._secret = secret
        self._send = send

    def config(self, *, secret: str | None = None, concurrency: int | None = None, **collection: Any) -> dict[str, Any]:
        """A config for this database; `deletions` may be the name of a column."""
        column = collection.get("deletions")
        if isinstance(column, str):
            collection["deletions"] = {"deletion_mode": "deleted_field", "column": column}
        config = {**self._address, "secret": secret or self._secret, "collection": collection}
        return config if concurrency is None else {**config, "concurrency": concurrency}

    def query(self, expression: Any) -> Any:
        """The resource of an expression. Raises Refused."""
        return self._ask(expression)[0]

    def write(self, *expressions: Any) -> int:
        """Do all of it, builders or wire JSON, in one transaction; gives its ts in microseconds. Raises Refused."""
        return self._ask({"do": expressions})[1]

    def now(self) -> int:
        """The time of the database, in microseconds."""
        return int(self.query(q.to_micros(q.now())))

    def collection(self, name: str, *, index: bool = True, history_days: int | None = 30, **params: Any) -> None:
        """Make a collection, with an index for incremental syncs unless told otherwise."""
        self.query(q.create_collection({"name": name, "history_days": history_days, **params}))
        if index:
            self.index(name)

    def index(self, collection: str, name: str | None = None, **params: Any) -> None:
        """Make an index with the values ts, ref on the collection."""
        values = [{"field": ["ts"]}, {"field": ["ref"]}]
        given = {"name": name or f"{collection}_ts", "source": q.collection(collection), "values": values}
        self.query(q.create_index({**given, **params}))

    def key(self, *privileges: Mapping[str, Any], role: str = "reader") -> str:
        """The secret of a key with a role that has these privileges."""
        self.query(q.create_role({"name": role, "privileges": [*READ_SCHEMA, *privileges]}))
        return str(self.query(q.create_key({"role": q.role(role)}))["secret"])

    def grant(self, *privileges: Mapping[str, Any], role: str = "reader") -> None:
        """Change what the role may do."""
        self.query(q.update(q.role(role), {"privileges": [*READ_SCHEMA, *privileges]}))

    def versions(self, collection: str) -> dict[str, int]:
        """The ts of every document of the collection, by id."""
        page = q.paginate(q.documents(q.collection(collection)), size=100_000)
        pair = [q.select("id", q.var("x")), q.select("ts", q.get(q.var("x")))]
        found: list[tuple[str, int]] = self.query(q.map_(q.lambda_("x", pair), page))["data"]
        return dict(found)

    def _ask(self, expression: Any) -> tuple[Any, int]:
        body = orjson.dumps(expression, default=lambda builder: builder.to_fauna_json())
        status, headers, content = self._send(self._secret, body)
        answer = orjson.loads(content)
        if status >= 400:
            raise Refused(f"{status}: {answer['errors']}")
        return answer["resource"], int(headers["x-txn-time"])


def local_database(local: LocalFauna) -> Fauna:
    """The root database of a local_fauna that runs. Tests write to it past HTTP and its faults."""

    def send(secret: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        reply = local.engine.query(orjson.loads(body), secret=secret)
        return reply.status, reply.headers, reply.body

    return Fauna(url=local.url, secret=local.secret, send=send)


@contextmanager
def remote_database(url: str, admin: str) -> Iterator[Fauna]:
    """A new database below that of the admin key; it is removed at the end."""
    session = requests.Session()

    def send(secret: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Authorization": f"Bearer {secret}", "X-FaunaDB-API-Version": "4"}
        reply = session.post(url, data=body, headers=headers, timeout=130)
        return reply.status_code, reply.headers, reply.content

    parent, name = Fauna(url=url, secret=admin, send=send), f"test_{uuid.uuid4().hex}"
    parent.query(q.create_database({"name": name}))
    key = parent.query(q.create_key({"database": q.database(name), "role": "admin"}))
    try:
        yield Fauna(url=url, secret=key["secret"], send=send)
    finally:
        parent.query(q.do(q.delete(key_ref(key)), q.delete(q.database(name))))
        session.close()


def key_ref(key: Mapping[str, Any]) -> Any:
    """The ref of a key as `create_key` shows it."""
    return q.ref(q.keys(), key["ref"]["@ref"]["id"])
