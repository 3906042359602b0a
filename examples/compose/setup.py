"""Set up a Fauna to read: two collections, an index, documents, a role with exactly the rights needed, and its key.

FAUNA_URL and FAUNA_SECRET name the server and an admin key; config.json and catalog.json are written to FOLDER. It may
be run again: what is there already stays.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

COLLECTIONS = ("books", "orders")
READ = {"object": {"read": True}}

fauna = requests.Session()
# The database needs some seconds to start: asked again for two minutes, every 4 seconds at most.
patience = Retry(total=30, backoff_factor=0.5, backoff_max=4, status_forcelist=[503], allowed_methods=None)
fauna.mount("http", HTTPAdapter(max_retries=patience))


def query(expression):
    """Run FQL in its wire form, and give its result."""
    reply = fauna.post(
        os.environ["FAUNA_URL"],
        json=expression,
        headers={"Authorization": f"Bearer {os.environ['FAUNA_SECRET']}", "X-FaunaDB-API-Version": "4"},
        timeout=60,
    )
    if not reply.ok:
        sys.exit(f"Fauna refused {json.dumps(expression)}: {reply.text}")
    return reply.json()["resource"]


def unless_there(what, create):
    """Create what is not there yet."""
    return {"if": {"exists": what}, "then": None, "else": create}


def document(collection, number):
    """One document."""
    ref = {"ref": {"collection": collection}, "id": str(number)}
    data = {"object": {"number": number, "made": {"time": "now"}}}
    return unless_there(ref, {"create": ref, "params": {"object": {"data": data}}})


def index(collection):
    """The index that incremental syncs of a collection need."""
    values = [{"object": {"field": [field]}} for field in ("ts", "ref")]
    return {"name": f"{collection}_by_ts", "source": {"collection": collection}, "values": values}


def set_up():
    """Make the database, and give the secret of a key that may read it."""
    for name in COLLECTIONS:
        made = {"object": {"name": name, "history_days": 30}}
        query(unless_there({"collection": name}, {"create_collection": made}))
    for name in COLLECTIONS:
        query(unless_there({"index": f"{name}_by_ts"}, {"create_index": {"object": index(name)}}))
    query({"do": [document(name, number) for name in COLLECTIONS for number in range(1, 101)]})
    resources = [{"collections": None}, {"indexes": None}]
    for name in COLLECTIONS:
        resources += [{"collection": name}, {"index": f"{name}_by_ts"}]
    privileges = [{"object": {"resource": resource, "actions": READ}} for resource in resources]
    role = {"object": {"name": "airbyte", "privileges": privileges}}
    query(unless_there({"role": "airbyte"}, {"create_role": role}))
    return query({"create_key": {"object": {"role": {"role": "airbyte"}}}})["secret"]


def stream(name):
    """A stream of the configured catalog, incremental."""
    return {
        "stream": {
            "name": name,
            "json_schema": {"type": "object", "properties": {}},
            "supported_sync_modes": ["full_refresh", "incremental"],
        },
        "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup",
    }


if __name__ == "__main__":
    url = urlsplit(os.environ["FAUNA_URL"])
    config = {
        "domain": url.hostname,
        "port": url.port,
        "scheme": url.scheme,
        "secret": set_up(),
        "collection": {"deletions": {"deletion_mode": "deleted_field", "column": "deleted_at"}},
    }
    folder = Path(os.environ["FOLDER"])
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    catalog = {"streams": [stream(name) for name in COLLECTIONS]}
    (folder / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    print(f"config.json and catalog.json are in {folder}")
