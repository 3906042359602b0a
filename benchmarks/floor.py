"""The floor: a minimal reader that reads, parses and writes the same pages without the CDK and the connector.

`python -m benchmarks.floor PORT SIZE`. It decodes no values of documents. No reader can do less.
"""

from __future__ import annotations

import http.client
import sys
import time

import orjson


def main() -> None:
    """Read all documents in pages of SIZE from the server at PORT."""
    port, size = map(int, sys.argv[1:])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    cursor: list[object] = []
    write = sys.stdout.buffer.write
    while True:
        documents = {"range": {"documents": {"collection": "orders"}}, "from": cursor, "to": []}
        query = {"at": 0, "expr": {"map": {}, "collection": {"paginate": documents, "size": size}}}
        connection.request("POST", "/", orjson.dumps(query), {"Authorization": "Bearer not-a-secret"})
        page = orjson.loads(connection.getresponse().read())["resource"]
        emitted_at = time.time_ns() // 1_000_000
        for document in page["data"]:
            data = {"ref": document["ref"]["@ref"]["id"], "ts": document["ts"], "data": document["data"], "ttl": None}
            record = {"stream": "orders", "data": data, "emitted_at": emitted_at}
            write(orjson.dumps({"type": "RECORD", "record": record}) + b"\n")
        if "after" not in page:
            return
        cursor = page["after"]


if __name__ == "__main__":
    main()
