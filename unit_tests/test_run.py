"""The console command as a process: its exit codes, and only intended output on stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from unit_tests.project.tree import ROOT


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


def run_into(output: int | IO[bytes], *args: str, **environment: str) -> tuple[int, str]:
    """The exit code of the command as a process with this standard output, and what it said on standard error."""
    process = subprocess.Popen(
        [sys.executable, "main.py", *args],
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


def test_an_output_that_nobody_reads_ends_the_process_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert run_into(writer, "spec") == (1, "")
    finally:
        os.close(writer)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_told_on_standard_error() -> None:
    with Path("/dev/full").open("wb") as full:
        assert run_into(full, "spec") == (1, "The messages cannot be written: No space left on device\n")


def test_an_output_that_was_closed_before_ends_the_process_quietly() -> None:
    ended = subprocess.run(
        ["sh", "-c", '"$0" main.py spec >&-', sys.executable],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_messages_are_utf_8_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"domain": "żółw/", "port": 1, "scheme": "http", "secret": "x1"}', encoding="utf-8")
    output = tmp_path / "output"
    with output.open("wb") as taken:
        assert run_into(taken, "check", "--config", str(config), PYTHONIOENCODING=encoding) == (0, "")
    told = json.loads(output.read_text(encoding="utf-8").splitlines()[-1])
    assert told["connectionStatus"]["status"] == "FAILED"
    assert "żółw" in told["connectionStatus"]["message"]
