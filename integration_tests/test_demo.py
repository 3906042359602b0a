"""`make demo` from its first step to its last, and what it does when a step fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from demo import connector
from demo.failure import StepFailed

ROOT = Path(__file__).parents[1]


def test_every_step_does_what_it_says_and_only_the_database_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    (tmp_path / "here").mkdir()
    done = subprocess.run(
        command, cwd=tmp_path / "here", env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["demo.duckdb"]
    assert list((tmp_path / "temporary").iterdir()) == []
    for number in range(7):
        assert f"\n{number}. " in f"\n{done.stdout}"
    with duckdb.connect(str(tmp_path / "here" / "demo.duckdb"), read_only=True) as database:
        title = "SELECT count(*) FROM books_now WHERE data->>'title' LIKE '%(second edition)'"
        assert database.execute(title).fetchone() == (3,)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        pytest.param(
            """echo '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"the reason"}}}'; exit 1""",
            "source-fauna check ended with 1: the reason",
            id="the command fails",
        ),
        pytest.param("exit 0", "gave 0 messages of type CONNECTION_STATUS", id="the command says nothing"),
    ],
)
def test_a_step_that_fails_says_which_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    command = tmp_path / "source-fauna"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(connector, "COMMAND", str(command))
    with pytest.raises(StepFailed, match=told):
        connector.one("CONNECTION_STATUS", "check", "--config", "config.json")
