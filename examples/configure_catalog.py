"""Choose every stream that discover shows: incremental where it can be, else full refresh.

source-fauna discover --config config.json | python3 configure_catalog.py catalog.json
source-fauna discover --config config.json | python3 configure_catalog.py full_refresh.json --full-refresh

With --full-refresh every stream is read in full. The choice for each stream, what discover says and why it failed go to
standard error. The file is written when discover has succeeded; until then an older one stays as it is.
"""

import json
import sys
from pathlib import Path

OF_THE_LIBRARY = "MemoryMonitor"
"""How the one line begins that is not the connector's own."""


def configured(stream: dict, *, incremental: bool) -> dict:
    """One stream of a catalog, chosen."""
    if incremental and "incremental" in stream["supported_sync_modes"]:
        modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    else:
        modes = {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    return {"stream": stream, **modes, "cursor_field": ["ts"], "primary_key": [["ref"]]}


def told(choice: dict) -> str:
    """How a stream will be read, in one line."""
    if choice["sync_mode"] == "incremental":
        mode = "incremental"
    elif "incremental" in choice["stream"]["supported_sync_modes"]:
        mode = "full refresh"
    else:
        mode = "full refresh, no index for incremental syncs"
    return f"{choice['stream']['name']}: {mode}"


def discovered(lines) -> list:
    """The streams that discover shows; its error, and an exit, if it shows none."""
    reason = "it gave no catalog"
    for line in lines:
        message = json.loads(line)
        if message["type"] == "CATALOG":
            return message["catalog"]["streams"]
        if message["type"] == "LOG" and not message["log"]["message"].startswith(OF_THE_LIBRARY):
            print(message["log"]["message"], file=sys.stderr)
        if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
            reason = message["trace"]["error"]["message"]
    sys.exit(f"Discover failed: {reason}")


if __name__ == "__main__":
    file, *options = sys.argv[1:]
    streams = discovered(sys.stdin)
    chosen = [configured(stream, incremental="--full-refresh" not in options) for stream in streams]
    Path(file).write_text(json.dumps({"streams": chosen}, indent=2))
    for choice in chosen:
        print(told(choice), file=sys.stderr)
