"""A server that answers with prepared bytes, so that a benchmark measures only the connector.

Run it by `python -m benchmarks.canned`.

It knows the queries of a full refresh: the definitions, a page of documents (pinned by its own query, or at a
snapshot), and the id some documents ahead. It prints its port, and serves until its standard input is closed.
`--cores`, `--request-ms` and `--document-us` make it as slow as a node with so many cores, each of which works on one
request at a time for so long.
"""

from __future__ import annotations

import argparse
import bisect
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.documents import COLLECTION, FIRST_ID, TIMESTAMP, bursts, collection_names, wire_documents

GREATEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Canned:
    """Collections that hold the same ids, in order."""

    ids: Sequence[int]
    collections: int

    def resource(self, query: Any) -> tuple[bytes, int]:
        """The resource of a query in its bytes, and how many documents are in it. Raises KeyError if not prepared."""
        if isinstance(query, list):
            return self._definitions(), 0
        if "do" in query:
            # Whether what was read may be believed.
            return b"true", 0
        if "at" in query:
            return self._ahead(query["expr"]) if "let" in query["expr"] else self._page(query["expr"])
        page, count = self._page(query["in"]["object"]["page"]["expr"])
        return b'{"ts":%d,"page":%s}' % (TIMESTAMP, page), count

    def _definitions(self) -> bytes:
        names = collection_names(self.collections)
        found = [{"name": name, "ts": TIMESTAMP, "history_days": 30} for name in names]
        return orjson.dumps([{"data": found}, {"data": []}])

    def _page(self, query: Any) -> tuple[bytes, int]:
        # The same query may prove first which collection has the name.
        page = query["do"][-1] if "do" in query else query
        low, end, after = self._bounds(page["collection"])
        cursor = b"" if after is None else b',"after":[%s]' % after
        return b'{"data":[%s]%s}' % (wire_documents(self.ids[low:end]), cursor), end - low

    def _ahead(self, query: Any) -> tuple[bytes, int]:
        ids = query["let"][0]["refs"]["from"]
        low, end, after = self._bounds({**ids, "size": ids["size"] - 1})
        return b'{"after":%s,"count":%d}' % (after or b"null", end - low + (after is not None)), 0

    def _bounds(self, page: Any) -> tuple[int, int, bytes | None]:
        """Where a page begins and ends in `ids`, and the ref that the next page begins with."""
        documents = page["paginate"]
        low = bisect.bisect_left(self.ids, _bound(documents.get("from"), 0))
        high = bisect.bisect_right(self.ids, _bound(documents.get("to"), GREATEST_ID))
        end = max(low, min(low + page["size"], high))
        if end == high:
            return low, end, None
        ref = {"@ref": {"id": str(self.ids[end]), "collection": {"@ref": {"id": COLLECTION}}}}
        return low, end, orjson.dumps(ref)


def _bound(bound: Any, otherwise: int) -> int:
    return int(bound[0]["@ref"]["id"]) if bound else otherwise


@dataclass(frozen=True, kw_only=True)
class Node:
    """How long a node works on a request, and on how many at once."""

    cores: threading.Semaphore
    latency_seconds: float
    request_seconds: float
    document_seconds: float

    def work(self, documents: int) -> None:
        """Take as long as the node and the way to it would."""
        if self.latency_seconds:
            time.sleep(self.latency_seconds)
        if self.request_seconds or self.document_seconds:
            with self.cores:
                time.sleep(self.request_seconds + self.document_seconds * documents)


def serve(listening: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    """Answer every connection in a thread of its own, until the process ends."""
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_converse, args=(connection, answer), daemon=True).start()


def _converse(connection: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-txn-time: %d\r\nContent-Length: %d\r\n\r\n"
    with connection, connection.makefile("rb") as requests:
        while requests.readline():
            length = 0
            while (line := requests.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            body = answer(requests.read(length))
            connection.sendall(head % (TIMESTAMP, len(body)) + body)


def main() -> None:
    """Serve until standard input is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, required=True)
    parser.add_argument("--collections", type=int, default=1)
    parser.add_argument("--bursts", action="store_true", help="ids in bursts, after 1 to 1,000")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--request-ms", type=float, default=0.0)
    parser.add_argument("--document-us", type=float, default=0.0)
    options = parser.parse_args()
    ids = bursts(options.documents) if options.bursts else range(FIRST_ID, FIRST_ID + options.documents)
    canned = Canned(ids=ids, collections=options.collections)
    node = Node(
        cores=threading.Semaphore(options.cores),
        latency_seconds=options.latency_ms / 1e3,
        request_seconds=options.request_ms / 1e3,
        document_seconds=options.document_us / 1e6,
    )

    def answer(body: bytes) -> bytes:
        resource, documents = canned.resource(orjson.loads(body))
        node.work(documents)
        return b'{"resource":%s}' % resource

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening, answer), daemon=True).start()
        print(listening.getsockname()[1], flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
