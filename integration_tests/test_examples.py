"""The compose example makes a database that the connector reads; the scripts do what they say."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness.connector import Run, check, command, incremental
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, update
from local_fauna import LocalFauna

EXAMPLES = Path(__file__).parents[1] / "examples"
COMPOSE: dict[str, Any] = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))["services"]


def set_up(fauna: LocalFauna, folder: Path) -> None:
    environment = {**os.environ, "FAUNA_URL": fauna.url, "FAUNA_SECRET": fauna.secret, "FOLDER": str(folder)}
    subprocess.run([sys.executable, EXAMPLES / "compose/setup.py"], env=environment, check=True)


def of_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.local_only
def test_what_the_setup_makes_is_read_as_a_whole(tmp_path: Path) -> None:
    with LocalFauna() as fauna:
        set_up(fauna, tmp_path)
        set_up(fauna, tmp_path)
        config = of_json(tmp_path / "config.json")
        catalog = of_json(tmp_path / "catalog.json")
        assert check(config).check_status == ("SUCCEEDED", "")
        run = command("read", config=config, catalog=catalog).succeed().warn()
    refs = [(record["stream"], record["data"]["ref"]) for record in run.of("RECORD")]
    assert sorted(refs) == sorted((name, str(ref)) for name in ("books", "orders") for ref in range(1, 101))


def test_the_services_know_each_other() -> None:
    environment = COMPOSE["setup"]["environment"]
    assert environment["FAUNA_URL"].removeprefix("http://") == "fauna:8443"
    assert COMPOSE["source"]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}
    mounts = dict(volume.split(":", 1) for volume in COMPOSE["setup"]["volumes"])
    assert (EXAMPLES / mounts["./compose"].removesuffix(":ro").removeprefix("/") / "setup.py").is_file()
    assert mounts["data"] == environment["FOLDER"]
    assert COMPOSE["source"]["volumes"] == ["data:/data:ro"]


def _kept(file: Path, *messages: Any) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, EXAMPLES / "keep_state.py", file]
    lines = "\n".join(message if isinstance(message, str) else json.dumps(message) for message in messages)
    return subprocess.run(command, input=lines, text=True, capture_output=True, check=False)


def _state(stream: str, ts: int) -> dict[str, Any]:
    state = {"stream_descriptor": {"name": stream}, "stream_state": {"updates_cursor": {"ts": ts}}}
    return {"type": "STATE", "state": {"type": "STREAM", "stream": state}}


def _record(stream: str) -> dict[str, Any]:
    return {"type": "RECORD", "record": {"stream": stream, "data": {}}}


def _error(message: str) -> dict[str, Any]:
    return {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": message}}}


def test_states_are_kept_though_a_read_told_none_of_a_stream_or_was_cut_off(tmp_path: Path) -> None:
    kept = tmp_path / "state.json"
    told = []
    for messages in (
        [_state("a", 1), _state("b", 1), {"type": "LOG"}, _state("a", 2)],
        [_state("b", 3), json.dumps(_state("a", 4))[:40]],
    ):
        _kept(kept, *messages).check_returncode()
        told.append(
            {each["stream"]["stream_descriptor"]["name"]: each["stream"]["stream_state"] for each in of_json(kept)}
        )
    assert told[0] == {"a": {"updates_cursor": {"ts": 2}}, "b": {"updates_cursor": {"ts": 1}}}
    assert told[1] == {"a": {"updates_cursor": {"ts": 2}}, "b": {"updates_cursor": {"ts": 3}}}


def test_what_came_is_told(tmp_path: Path) -> None:
    done = _kept(tmp_path / "state.json", _record("a"), _record("b"), _state("a", 1), _record("a"))
    assert (done.stdout, done.stderr) == ("a: 2 records\nb: 1 record\n", "")
    done = _kept(tmp_path / "state.json", _state("a", 1))
    assert (done.stdout, done.stderr) == ("nothing new\n", "")


def test_why_a_read_failed_is_told_once_and_its_states_are_kept(tmp_path: Path) -> None:
    summary = "During the sync, the following streams did not sync successfully:\na: the reason"
    done = _kept(tmp_path / "state.json", _error("the reason"), _state("a", 1), _error(summary))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"{summary}\n")
    assert of_json(tmp_path / "state.json") == [_state("a", 1)["state"]]
    assert _kept(tmp_path / "state.json", _error("alone"), _error("alone")).stderr == "alone\n"


@pytest.mark.parametrize("held", ["", "[{", "null", "[1]", '{"a": {"updates_cursor": {"ts": 1}}}', "[{}]"])
def test_a_damaged_file_of_states_is_told_and_left(tmp_path: Path, held: str) -> None:
    kept = tmp_path / "state.json"
    kept.write_text(held, encoding="utf-8")
    done = _kept(kept, _state("a", 1))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{kept} is damaged: ")
    assert len(done.stderr.splitlines()) == 1
    assert kept.read_text(encoding="utf-8") == held


def _configure(file: Path, *messages: Any, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, EXAMPLES / "configure_catalog.py", file, *options]
    lines = "\n".join(map(json.dumps, messages))
    return subprocess.run(command, input=lines, text=True, capture_output=True, check=False)


WARNING = {"type": "LOG", "log": {"level": "WARN", "message": "a warning"}}
CREATION = {"type": "LOG", "log": {"level": "INFO", "message": "Collection 'a' has no index. This creates one: …"}}
NOISE = {"type": "LOG", "log": {"level": "INFO", "message": "MemoryMonitor instantiated with …"}}
STREAMS = [
    {"name": name, "json_schema": {}, "supported_sync_modes": modes}
    for name, modes in (("a", ["full_refresh"]), ("b", ["full_refresh", "incremental"]))
]


@pytest.mark.parametrize(
    ("options", "modes"),
    [((), ["full refresh", "incremental"]), (("--full-refresh",), ["full refresh", "full refresh"])],
    ids=["as it can be", "in full"],
)
def test_every_stream_is_chosen(tmp_path: Path, options: tuple[str, ...], modes: list[str]) -> None:
    file = tmp_path / "catalog.json"
    catalog = {"type": "CATALOG", "catalog": {"streams": STREAMS}}
    done = _configure(file, NOISE, WARNING, CREATION, catalog, options=options)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "a warning",
        "Collection 'a' has no index. This creates one: …",
        f"a: {modes[0]}, no index for incremental syncs",
        f"b: {modes[1]}",
    ]
    chosen = ConfiguredAirbyteCatalogSerializer.load(of_json(file)).streams
    assert [stream.sync_mode.value.replace("_", " ") for stream in chosen] == modes


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ([WARNING, {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": "the reason"}}}], "the reason"),
        ([], "it gave no catalog"),
    ],
    ids=["an error", "nothing"],
)
def test_a_discover_that_failed_tells_why_and_leaves_the_catalog(
    tmp_path: Path, messages: list[Any], told: str
) -> None:
    file = tmp_path / "catalog.json"
    file.write_text("{}", encoding="utf-8")
    done = _configure(file, *messages)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"Discover failed: {told}"
    assert file.read_text(encoding="utf-8") == "{}"


def _loaded(database: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Append the records of a run to a table with the columns that PyAirbyte makes."""
    for number, message in enumerate(run.of("RECORD")):
        data = message["data"]
        row = (f"{message['emitted_at']:016}{number:08}", message["emitted_at"], data["ref"], data["ts"])
        document = json.dumps(data.get("data"))
        database.execute("INSERT INTO foo VALUES (?, ?, ?, ?, ?, ?)", [*row, document, data.get("deleted_at")])


def test_after_each_load_the_newest_record_of_each_document_is_left(fauna: Fauna) -> None:
    fauna.collection("foo")
    keep_newest = runpy.run_path(str(EXAMPLES / "newest_rows.py"))["KEEP_NEWEST"].format(table="foo")
    database = duckdb.connect()
    database.execute(
        "CREATE TABLE foo (_airbyte_raw_id VARCHAR, _airbyte_extracted_at BIGINT, ref VARCHAR, ts BIGINT, data JSON, "
        "deleted_at VARCHAR)"
    )
    config, state = fauna.config(deletions="deleted_at"), None
    for story in (
        # The first sync already finds a document that was created again.
        [create("foo", 1, {"v": 1}), create("foo", 2, {"v": 1}), create("foo", 3, {"v": 1}), delete("foo", 1)],
        [create("foo", 1, {"v": 2}), delete("foo", 2), update("foo", 3, {"v": 2})],
        [create("foo", 2, {"v": 3}), delete("foo", 1), create("foo", 1, {"v": 3}), delete("foo", 3)],
    ):
        for change in story:
            fauna.write(change)
        run = incremental(config, state).succeed()
        state = run.state
        _loaded(database, run)
        database.execute(keep_newest)
    rows = database.execute("SELECT ref, data->>'v', deleted_at IS NOT NULL FROM foo ORDER BY ref").fetchall()
    assert rows == [("1", "3", False), ("2", "3", False), ("3", None, True)]
