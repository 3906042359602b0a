"""The sample database: local_fauna as a child process, and a client for it."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from demo.failure import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_SECONDS = 30
_SECRET = "fnAEdemo0of0the0connector1"  # noqa: S105 - of a database that lives as long as the demo


@dataclass(frozen=True)
class Fauna:
    """A running Fauna."""

    domain: str
    port: int
    secret: str
    said: str

    def query(self, expression: Any) -> Any:
        """Run an expression in wire JSON and give its resource; StepFailed when it is refused."""
        reply = requests.post(
            f"http://{self.domain}:{self.port}",  # ignore-https-check
            json=expression,
            headers={"Authorization": f"Bearer {self.secret}", "X-FaunaDB-API-Version": "4"},
            timeout=_TIMEOUT_SECONDS,
        )
        if reply.status_code >= 400:
            raise StepFailed(f"the sample database refused a query: {reply.text}")
        return reply.json()["resource"]

    def count(self, collection: str) -> int:
        """How many documents a collection holds at this moment."""
        counted: int = self.query({"count": {"documents": {"collection": collection}}})
        return counted


@contextmanager
def sample(*, documents: int) -> Iterator[Fauna]:
    """Run local_fauna with the bookshop on a free port for as long as the context lasts, or this process."""
    options = ["--port", "0", "--secret", _SECRET, "--sample", "bookshop", "--documents", str(documents)]
    command = [sys.executable, "-m", "local_fauna", *options, "--until-stdin-ends"]
    # In a session of its own, because it must keep running after Ctrl-C until the connector has ended.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        try:
            said = child.stdout.readline().strip() if child.stdout is not None else ""
            found = re.search(r"http://([^:/]+):(\d+)", said)  # ignore-https-check
            if found is None:
                raise StepFailed("local_fauna did not start")
            yield Fauna(domain=found[1], port=int(found[2]), secret=_SECRET, said=said)
        finally:
            child.terminate()
