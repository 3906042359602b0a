"""The command line of a command, and the files that it names."""

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
