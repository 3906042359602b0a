"""`make demo` from its first step to its last, and what it does when a step fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from demo import connector
from demo.failure import StepFailed
from integration_tests.shell_lines import Checkout
from local_fauna import LocalFauna
from local_fauna.sample import bookshop

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "demo"]


class Place:
    """A folder to run the demo in, and another for its temporary files."""

    def __init__(self, folder: Path) -> None:
        self.all = folder
        self.here, self.temporary = folder / "here", folder / "temporary"
        self.here.mkdir()
        self.temporary.mkdir()
        self.options: dict[str, Any] = {
            "cwd": self.here,
            "env": {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TMPDIR": str(self.temporary)},
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
        }

    def left(self) -> list[str]:
        return [path.name for path in (*self.all.rglob("*.*"), *self.temporary.iterdir()) if path != self.database]

    @property
    def database(self) -> Path:
        return self.here / "demo.duckdb"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Place]:
    """What a whole demo shows, and the place where it ran."""
    place = Place(tmp_path_factory.mktemp("demo"))
    done = subprocess.run(COMMAND, **place.options, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, place


def test_every_step_does_what_it_says_and_only_the_database_is_left(shown: tuple[str, Place]) -> None:
    told, place = shown
    assert place.database.is_file()
    assert place.left() == []
    for number in range(7):
        assert f"\n{number}. " in f"\n{told}"


def test_what_is_left_is_what_the_shop_holds_in_the_end(shown: tuple[str, Place]) -> None:
    told, place = shown
    table = re.findall(r"^  (books|orders) .* ([\d,]+) +([\d,]+)$", told, re.MULTILINE)[-2:]
    with duckdb.connect(str(place.database), read_only=True) as database:
        for stream, rows, documents in table:
            assert documents == rows
            assert database.execute(f"SELECT count(*) FROM {stream}").fetchone() == (int(rows.replace(",", "")),)  # noqa: S608
        title = "SELECT count(*) FROM books WHERE title LIKE '%(second edition)' OR title LIKE 'Returned %'"
        assert database.execute(title).fetchone() == (4,)
        assert database.execute("SELECT count(*) FROM orders WHERE number LIKE 'B-DEMO-%'").fetchone() == (2,)


def test_each_read_of_everything_tells_how_far_it_is(shown: tuple[str, Place]) -> None:
    told, _ = shown
    for number in "45":
        step = told.split(f"\n{number}. ")[1].split(f"\n{int(number) + 1}. ")[0]
        parts = re.findall(r"^  (?:.*, )?orders: ([\d,]+) of ([\d,]+) \((\d+) %\)", step, re.MULTILINE)
        assert parts
        for read, expected, percent in ((int(one.replace(",", "")) for one in part) for part in parts):
            assert percent == 100 * read // expected


def test_it_says_how_rows_are_deleted_for_good(shown: tuple[str, Place]) -> None:
    told, _ = shown
    assert "_ab_cdc_deleted_at" in told.split("\n6. ")[1]


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    with LocalFauna() as running:
        bookshop(running.query, documents=80)
        yield running


@pytest.mark.local_only
def test_the_lines_to_do_it_oneself_do_what_the_steps_say(
    shown: tuple[str, Place], tmp_path: Path, fauna: LocalFauna
) -> None:
    told, place = shown
    blocks = re.findall(r"^(\d)\. .*\n  yourself:  (.*(?:\n {13}.*)*)$", told, re.MULTILINE)
    assert [number for number, _ in blocks] == list("0123456")
    checkout = Checkout(tmp_path)
    brought = []
    for line in [line.strip() for _, block in blocks[1:] for line in block.splitlines()]:
        checkout.run(line)
        if "cp -n" in line:
            config = checkout.secrets / "config.json"
            config.write_text(config.read_text(encoding="utf-8").replace("8443", str(fauna.port)), encoding="utf-8")
        if "messages.jsonl" in line and "source-fauna read" in line:
            brought.append((checkout.secrets / "messages.jsonl").read_text(encoding="utf-8").count('"type":"RECORD"'))
    held = [fauna.query({"count": {"documents": {"collection": name}}}) for name in ("authors", "books", "orders")]
    assert brought == [sum(held), sum(held), held[0]]
    (look,) = re.findall(r"^ +(\.venv/bin/python .*)$", told, re.MULTILINE)
    (tmp_path / "demo.duckdb").symlink_to(place.database)
    assert (
        "Pride and Prejudice (second edition)"
        in checkout.run(look.replace("FROM books", "FROM books ORDER BY 1")).stdout
    )


def gone(children: list[psutil.Process]) -> bool:
    """Whether all end by themselves; none is left in any case."""
    _, alive = psutil.wait_procs(children, timeout=10)
    for left in alive:
        with suppress(psutil.NoSuchProcess):
            left.kill()
    return not alive


@pytest.mark.parametrize(
    ("step", "number"),
    [("0. ", signal.SIGTERM), ("2. ", signal.SIGHUP), ("5. ", signal.SIGINT)],
    ids=["while the sample is made", "in a check", "in a read, by Ctrl-C"],
)
def test_a_signal_ends_it_at_once_and_its_children(tmp_path: Path, step: str, number: signal.Signals) -> None:
    place = Place(tmp_path)
    with subprocess.Popen(COMMAND, **place.options, start_new_session=True) as child:
        assert child.stdout is not None
        while not child.stdout.readline().startswith(step):
            pass
        time.sleep(0.3)
        children = psutil.Process(child.pid).children(recursive=True)
        # As the terminal does it: to all of the session.
        os.killpg(child.pid, number)
        _, errors = child.communicate(timeout=20)
    assert children
    assert gone(children)
    assert (child.returncode, errors) == (128 + number, "")
    assert place.left() == []


def test_the_sample_does_not_outlive_a_demo_that_is_killed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with subprocess.Popen(COMMAND, **place.options) as child:
        assert child.stdout is not None
        while "local_fauna with the sample" not in child.stdout.readline():
            pass
        children = psutil.Process(child.pid).children()
        child.kill()
    assert children
    assert gone(children)


def test_it_ends_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with subprocess.Popen(COMMAND, **place.options) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(timeout=60) == 0
        assert child.stderr is not None
        assert child.stderr.read() == ""
    assert place.left() == []


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
