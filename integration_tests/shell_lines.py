"""The shell lines that a page or a program shows, run as a user would in a checkout after `make install`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def of_page(path: str, heading: str) -> list[list[str]]:
    """Give the commands of each block fenced as `sh` below a second-level heading, continued lines as one."""
    section = (ROOT / path).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [
        block.replace("\\\n", " ").splitlines()
        for block in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    ]


class Checkout:
    """A folder with the examples, Python and the command, where lines are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "examples").symlink_to(ROOT / "examples")
        (folder / ".venv/bin").mkdir(parents=True)
        for name, command in (("python", ""), ("source-fauna", f'"{ROOT / "main.py"}"')):
            program = folder / ".venv/bin" / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', encoding="utf-8")
            program.chmod(0o755)

    @property
    def secrets(self) -> Path:
        """The folder that git ignores."""
        return self.folder / "secrets"

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line, and require that it succeeds; `python3` is the one that runs the tests."""
        done = self.attempt(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done

    def attempt(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line that may fail."""
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=self.folder,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
