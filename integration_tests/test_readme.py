"""The commands of the README, as they stand there, against the sample database."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.shell_lines import Checkout, of_page
from local_fauna import LocalFauna
from local_fauna.sample import bookshop

ROOT = Path(__file__).parents[1]
(FIRST,), PREPARE, REPEAT, (CHANGE,), (DELETE,) = of_page("README.md", "Your own Fauna")
(BUILD, COPY), IN_CONTAINER, IN_CONTAINER_AGAIN, (PYTHON_OF_IMAGE,) = of_page("README.md", "With docker")


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    with LocalFauna() as running:
        bookshop(running.query, documents=80)
        yield running


@pytest.fixture
def checkout(tmp_path: Path, fauna: LocalFauna) -> Checkout:
    """Where a stranger has run all lines up to those that can be repeated."""
    made = Checkout(tmp_path)
    install, _, prepare = FIRST.partition(" && ")
    assert install == "make install"
    made.run(prepare)
    config = made.secrets / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("8443", str(fauna.port)), encoding="utf-8")
    made.attempt(prepare)
    for line in PREPARE:
        made.run(line)
    return made


def records(checkout: Checkout) -> list[dict[str, Any]]:
    """The data of all records that one more read brings."""
    for line in REPEAT:
        checkout.run(line)
    messages = (checkout.secrets / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    return [message["record"]["data"] for message in map(json.loads, messages) if message["type"] == "RECORD"]


def counts(fauna: LocalFauna) -> dict[str, int]:
    names = ("authors", "books", "orders")
    return {name: fauna.query({"count": {"documents": {"collection": name}}}) for name in names}


def change(line: str, checkout: Checkout, fauna: LocalFauna) -> None:
    """Run a line that changes the sample; curl is not everywhere, but what it sends can be sent."""
    if shutil.which("curl"):
        told = checkout.run(line.replace("localhost:8443", f"localhost:{fauna.port}")).stdout
        assert told.endswith("\n")
        assert json.loads(told)["resource"]["ref"]
    else:
        fauna.query(json.loads(shlex.split(line)[-1]))


@pytest.mark.local_only
def test_a_stranger_gets_all_documents_and_then_only_what_changed(checkout: Checkout, fauna: LocalFauna) -> None:
    held = counts(fauna)
    assert len(records(checkout)) == sum(held.values())
    assert len(records(checkout)) == held["authors"]
    change(CHANGE, checkout, fauna)
    assert len(records(checkout)) == held["authors"] + 1
    assert "orders: 1 record\n" in checkout.run(REPEAT[-1]).stdout
    assert len(records(checkout)) == held["authors"]


@pytest.mark.local_only
def test_deletions_show_once_they_are_switched_on_and_a_stream_begins_again_without_its_entry(
    checkout: Checkout, fauna: LocalFauna
) -> None:
    records(checkout)
    change(DELETE, checkout, fauna)
    assert not [data for data in records(checkout) if "deleted_at" in data]
    deletions = json.loads((ROOT / "examples/configs/deletions.json").read_text(encoding="utf-8"))["collection"]
    config = json.loads((checkout.secrets / "config.json").read_text(encoding="utf-8"))
    (checkout.secrets / "config.json").write_text(json.dumps({**config, "collection": deletions}), encoding="utf-8")
    checkout.run(PREPARE[1])
    assert '"deleted_at"' in (checkout.secrets / "catalog.json").read_text(encoding="utf-8")
    assert len([data for data in records(checkout) if "deleted_at" in data]) == 1
    held = counts(fauna)
    states = json.loads((checkout.secrets / "state.json").read_text(encoding="utf-8"))
    kept = [state for state in states if state["stream"]["stream_descriptor"]["name"] != "orders"]
    (checkout.secrets / "state.json").write_text(json.dumps(kept), encoding="utf-8")
    again = [data for data in records(checkout) if "deleted_at" not in data]
    assert len(again) == held["authors"] + held["orders"]
    checkout.run(PREPARE[-1])
    assert len([data for data in records(checkout) if "deleted_at" not in data]) == sum(held.values())


DOCKER = f"""#!{sys.executable}
# Stands in for docker run: the mounts are read as names of folders here, and the image is this checkout.
import argparse, os, re, sys
parser = argparse.ArgumentParser()
for option in ("--user", "-v", "-w", "--entrypoint"):
    parser.add_argument(option, default="")
for flag in ("--rm", "-i"):
    parser.add_argument(flag, action="store_true")
parser.add_argument("image")
parser.add_argument("words", nargs=argparse.REMAINDER)
given = parser.parse_args(sys.argv[2:])
here, there = given.v.split(":")[:2]
program = [] if given.entrypoint else [{str(ROOT / "main.py")!r}]
words = [re.sub(f"^{{there}}(?=/|$)", here, word) for word in given.words]
os.chdir(given.w.replace(there, here) or ".")
os.execv(sys.executable, [sys.executable, *program, *words])
"""
"""No docker is at hand where tests run, but what it is told can be followed."""


@pytest.mark.local_only
@pytest.mark.parametrize("define", ["", PYTHON_OF_IMAGE], ids=["the Python at hand", "the Python of the image"])
def test_with_docker_alone_it_goes_on_where_it_stood_too(tmp_path: Path, fauna: LocalFauna, define: str) -> None:
    assert BUILD.startswith("docker build --tag airbyte/source-fauna:dev .")
    made = Checkout(tmp_path)
    made.run(COPY)
    config = made.secrets / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("8443", str(fauna.port)), encoding="utf-8")
    docker = tmp_path / "docker"
    docker.write_text(DOCKER, encoding="utf-8")
    docker.chmod(0o755)

    def count(*lines: str) -> int:
        made.run("\n".join(["set -e", 'PATH="$PWD:$PATH"', define, *lines]))
        return (made.secrets / "messages.jsonl").read_text(encoding="utf-8").count('"type":"RECORD"')

    held = counts(fauna)
    assert count(*IN_CONTAINER, *IN_CONTAINER_AGAIN) == sum(held.values())
    assert count(IN_CONTAINER[0], *IN_CONTAINER_AGAIN) == held["authors"]
