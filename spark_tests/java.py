"""Whether this machine has a Java that Spark can use: run as a script, it ends with 0 if so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

LEAST = 17


def version(java: str | Path) -> int:
    """The major version of a Java; 0 if it tells none."""
    told = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    java = shutil.which("java")
    sys.exit(java is None or version(java) < LEAST)
