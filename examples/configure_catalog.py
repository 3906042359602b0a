"""Choose every stream that discover shows: incremental where it can be, else full refresh.

source-fauna discover --config config.json | python3 configure_catalog.py > catalog.json
"""

import json
import sys


def configured(stream: dict) -> dict:
    """One stream of a catalog, chosen."""
    if "incremental" in stream["supported_sync_modes"]:
        modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    else:
        modes = {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    return {"stream": stream, **modes, "cursor_field": ["ts"], "primary_key": [["ref"]]}


if __name__ == "__main__":
    messages = [json.loads(line) for line in sys.stdin]
    catalog = next((message["catalog"] for message in messages if message["type"] == "CATALOG"), None)
    if catalog is None:
        sys.exit("Discover failed: its messages tell why.")
    json.dump({"streams": [configured(stream) for stream in catalog["streams"]]}, sys.stdout, indent=2)
