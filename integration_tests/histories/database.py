"""The database under test, as an administrator sees it: local_fauna, or a real Fauna named by FAUNA_URL.

All writes and questions of a history go through `query`, in wire JSON, so that both are asked the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from local_fauna import LocalFauna
from local_fauna.local import QueryFailed

ANSWER_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Database:
    """`query` gives the resource of an expression and raises QueryFailed; `local` is there if it is local_fauna."""

    query: Callable[[Any], Any]
    scheme: str
    domain: str
    port: int
    secret: str
    local: LocalFauna | None = None

    @property
    def config(self) -> dict[str, Any]:
        """Where it is, as a config of the connector says it."""
        return {"scheme": self.scheme, "domain": self.domain, "port": self.port, "secret": self.secret}

    def now(self) -> int:
        """The database's time in microseconds."""
        micros: int = self.query({"to_micros": {"now": None}})
        return micros

    def refuses(self, expression: Any) -> bool:
        """Whether the expression is answered with an error."""
        try:
            self.query(expression)
        except QueryFailed:
            return True
        return False


def local_database(fauna: LocalFauna) -> Database:
    """A local_fauna that is running. Questions are asked in this process, past its faults and its hooks."""
    return Database(
        query=fauna.query, scheme="http", domain=fauna.domain, port=fauna.port, secret=fauna.secret, local=fauna
    )


def real_database(environment: Mapping[str, str] = os.environ) -> Database | None:
    """The Fauna that FAUNA_URL and FAUNA_SECRET (an admin key of an empty database) name; None without them."""
    if not {"FAUNA_URL", "FAUNA_SECRET"} <= set(environment):
        return None
    url, secret = environment["FAUNA_URL"], environment["FAUNA_SECRET"]
    parts = urlsplit(url)
    session = requests.Session()
    headers = {"Authorization": f"Bearer {secret}", "X-FaunaDB-API-Version": "4"}

    def query(expression: Any) -> Any:
        reply = session.post(url, json=expression, headers=headers, timeout=ANSWER_SECONDS)
        content = reply.json()
        if "errors" in content:
            raise QueryFailed(status=reply.status_code, errors=content["errors"])
        return content["resource"]

    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return Database(query=query, scheme=parts.scheme, domain=parts.hostname or "", port=port, secret=secret)
