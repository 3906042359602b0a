"""The console command as a process: its exit codes, and nothing on stderr that is not meant for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def command(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *args], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_spec_is_one_message() -> None:
    ended = command("spec")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout.splitlines()[-1])["type"] == "SPEC"


@pytest.mark.parametrize(
    ("args", "code"), [(("destroy",), 2), (("read", "--config", "x"), 2)], ids=["unknown command", "no catalog"]
)
def test_a_wrong_command_line_is_answered_with_its_usage(args: tuple[str, ...], code: int) -> None:
    ended = command(*args)
    assert ended.returncode == code
    assert ended.stderr.startswith("usage: ")
    assert "Traceback" not in ended.stderr
