"""How fast local_fauna is: `python -m benchmarks.local_fauna [DOCUMENTS]`.

Documents of 700 bytes are written in transactions of 500, then read by Map(page, Get) in pages of 1,000 over HTTP,
three times. The server has one core to itself. It must not be what a benchmark of the connector measures, so the exit
code is 1 below 15,000 documents a second.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

SECRET = "benchmark"  # noqa: S105 - of a server that lives as long as this program
LEAST = 15_000
PAGE = 1_000
BATCH = 500
DOCUMENT_BYTES = 700
_HEADERS = {"Authorization": f"Bearer {SECRET}", "X-FaunaDB-API-Version": "4"}
_FIRST_ID = 345_112_704_901_382_144
_FIELDS = {"status": "delivered", "total": 149.9, "quantity": 3, "gift": False, "tags": ["fragile", "express"]}


@contextmanager
def served() -> Iterator[http.client.HTTPConnection]:
    """A connection to a fresh local_fauna on a core of its own."""
    command = [sys.executable, "-m", "local_fauna", "--port", "0", "--secret", SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(child.pid, {max(os.sched_getaffinity(0))})
        port = int(child.stdout.readline().split("http://")[1].split()[0].rpartition(":")[2])  # ignore-https-check
        try:
            yield http.client.HTTPConnection("127.0.0.1", port)
        finally:
            child.terminate()


def ask(connection: http.client.HTTPConnection, query: Any) -> tuple[Any, int]:
    """(resource, bytes of the answer) of a query."""
    connection.request("POST", "/", orjson.dumps(query), _HEADERS)
    reply = connection.getresponse()
    body = reply.read()
    if reply.status >= 300:
        raise SystemExit(f"{reply.status}: {body[:300]!r}")
    return orjson.loads(body)["resource"], len(body)


def load(connection: http.client.HTTPConnection, count: int) -> None:
    """Create the documents, and the index of a sync over them."""
    ask(connection, {"create_collection": {"object": {"name": "orders", "history_days": 30}}})
    values = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]
    index = {"name": "orders_ts", "source": {"collection": "orders"}, "values": values}
    ask(connection, {"create_index": {"object": index}})
    for start in range(0, count, BATCH):
        ids = range(_FIRST_ID + start, _FIRST_ID + min(start + BATCH, count))
        ask(connection, {"do": [_creation(each) for each in ids]})


def _creation(number: int) -> Any:
    data = {"number": number, **_FIELDS, "note": "x" * (DOCUMENT_BYTES - 280)}
    ref = {"ref": {"collection": "orders"}, "id": str(number)}
    return {"create": ref, "params": {"object": {"data": {"object": data}}}}


def read(connection: http.client.HTTPConnection) -> tuple[int, int]:
    """(documents, bytes) of one walk through all pages."""
    documents = size = 0
    page: dict[str, Any] = {"paginate": {"documents": {"collection": "orders"}}, "size": PAGE}
    get = {"lambda": "x", "expr": {"get": {"var": "x"}}}
    while True:
        resource, length = ask(connection, {"map": get, "collection": page})
        documents += len(resource["data"])
        size += length
        if "after" not in resource:
            return documents, size
        page["after"] = resource["after"]


def main() -> int:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    with served() as connection:
        began = time.perf_counter()
        load(connection, count)
        print(f"write  {count / (time.perf_counter() - began):>8,.0f} documents/s in transactions of {BATCH}")
        best = 0.0
        for _ in range(3):
            began = time.perf_counter()
            documents, size = read(connection)
            speed = documents / (time.perf_counter() - began)
            best = max(best, speed)
            print(f"read   {speed:>8,.0f} documents/s of {size / documents:.0f} bytes in pages of {PAGE:,}")
    return 0 if best >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
