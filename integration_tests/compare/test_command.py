"""`python -m integration_tests.compare`: what it prints, how it exits, and that it comes to an end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.compare.comparison import Comparison
from integration_tests.compare.servers import second_local_fauna
from integration_tests.compare.topics import TOPICS
from integration_tests.shell_lines import ROOT
from local_fauna import LocalFauna
from local_fauna.faults import Fault, answer, html, reset

pytestmark = pytest.mark.local_only


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "integration_tests.compare", *arguments]
    return subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_without_an_address_local_fauna_is_compared_with_itself() -> None:
    ended = command("--number", "60", "--topic", "events", "--topic", "ranges")
    assert ended.returncode == 0, ended.stderr
    *topics, refused, last = ended.stdout.splitlines()
    assert [line.split(":")[0] for line in topics] == ["events", "ranges"]
    assert refused.endswith(" refused by name")
    number, told = last.split(" ", 1)
    assert int(number) >= 60
    assert told == "requests, 0 differences"


def test_a_server_is_left_as_it_was_found() -> None:
    with LocalFauna() as local:
        ended = command("--url", local.url, "--secret", local.secret, "--number", "30", "--topic", "ranges")
        assert ended.returncode == 0, ended.stderr
        assert local.query([{"paginate": {kind: None}} for kind in ("databases", "keys")]) == [{"data": []}] * 2


def test_the_first_difference_of_each_topic_is_printed_and_kept_as_a_transcript(tmp_path: Path) -> None:
    with LocalFauna() as local:
        local.faults.add(answer(429), times=1_000, when=lambda expression: "create_index" in expression)
        addressed = ("--url", local.url, "--secret", local.secret, "--keep", str(tmp_path / "new"))
        ended = command(*addressed, "--number", "20", "--topic", "ranges", "--topic", "events", "--seed", "3")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1].endswith(" differences")
    kept = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in kept] == ["events_3_0.json", "ranges_3_0.json"]
    for path in kept:
        text = path.read_text(encoding="utf-8")
        assert text in ended.stdout
        transcript = json.loads(text)
        assert transcript["name"] == path.stem
        assert [step["status"] for step in transcript["steps"]] == [201, 201, 429]
        assert "status" in transcript["steps"][-1]["note"]


@pytest.mark.parametrize("fault", [html(), reset()], ids=["a page of a proxy", "a broken connection"])
def test_a_server_that_answers_as_no_fauna_does_ends_it_without_a_word_of_the_secret(fault: Fault) -> None:
    with LocalFauna() as local:
        local.faults.add(fault, skip=7)
        ended = command("--url", local.url, "--secret", local.secret)
        assert ended.returncode == 2
        assert f"ended early: {local.url} did not answer" in ended.stderr
        assert local.secret not in ended.stdout + ended.stderr
        assert local.query({"paginate": {"databases": None}}) == {"data": []}


def test_it_stops_when_the_time_is_over() -> None:
    moments = iter((0.0, 0.0, 4.0, 5.0))
    with second_local_fauna() as server:
        comparison = Comparison(server=server, clock=lambda: next(moments))
        assert list(comparison.run({"ranges": TOPICS["ranges"]}, seed=1, number=100_000, seconds=5.0)) == []
    assert 0 < comparison.tally.requests.total() < 200


def test_an_address_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAUNA_SECRET", raising=False)
    ended = command("--url", "http://localhost:1")
    assert ended.returncode == 2
    assert "--secret" in ended.stderr
