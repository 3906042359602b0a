"""The command line of a command, the files that it names, and what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson


def write_inputs(folder: Path, command: str, *flags: str, **files: Any) -> list[str]:
    """Write the files of a command into the folder, and give its arguments.

    A file's content is bytes as they are, anything else as JSON; with None the file is named, but not there.
    """
    arguments = [command, *flags]
    for option, content in files.items():
        path = folder / f"{option}.json"
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        arguments += [f"--{option}", str(path)]
    return arguments


def catalog(mode: str, *names: str, destination: str = "append") -> dict[str, Any]:
    """The configured catalog of these streams, all in one mode, as a user has it who never looked at the schema."""
    modes = ["full_refresh", "incremental"]
    streams = [{"name": name, "json_schema": {}, "supported_sync_modes": modes} for name in names]
    return {
        "streams": [{"stream": stream, "sync_mode": mode, "destination_sync_mode": destination} for stream in streams]
    }


def stream_state(name: str, content: Any) -> dict[str, Any]:
    """The saved state of a stream."""
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": content}}
