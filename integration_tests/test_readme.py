"""The commands of the README, as they stand there, against the sample database."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_fauna import LocalFauna
from local_fauna.sample import bookshop

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(heading: str) -> list[str]:
    """The lines of all shell blocks below a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the checkout after `make install`."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = tmp_path / ".venv/bin/source-fauna"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "main.py"}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    with LocalFauna() as running:
        bookshop(running.query, documents=80)
        yield running


@pytest.mark.local_only
def test_a_stranger_gets_all_documents_and_then_only_what_changed(checkout: Path, fauna: LocalFauna) -> None:
    first, *others = commands("Your own Fauna")
    install, _, prepare = first.partition(" && ")
    assert install == "make install"
    _run(prepare, checkout)
    config = checkout / "secrets/config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("8443", str(fauna.port)), encoding="utf-8")
    *_, last_read = [_run(line, checkout) for line in others]
    messages = (checkout / "secrets/messages.jsonl").read_text(encoding="utf-8").splitlines()
    counts = {
        name: fauna.query({"count": {"documents": {"collection": name}}}) for name in ("authors", "books", "orders")
    }
    assert _records(messages) == sum(counts.values())
    assert _records(last_read.splitlines()) == counts["authors"]


def _run(line: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _records(lines: list[str]) -> int:
    return sum(json.loads(line)["type"] == "RECORD" for line in lines)
