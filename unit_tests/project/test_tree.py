"""Rules for every file of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from unit_tests.project.tree import ROOT, listed_files, text_of

if TYPE_CHECKING:
    from pathlib import Path

FILES = listed_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]
MAX_LINES = 300

# In two parts each, so that this file does not name them itself.
REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "crates" + ".io", "maven" + ".org"]
PLAIN_HTTP = re.compile(r"http://(?!localhost|127\.0\.0\.1|json-schema\.org|www\.w3\.org)")


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_module_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(text_of(path).splitlines()) <= MAX_LINES


@pytest.mark.parametrize("host", REGISTRIES, ids=lambda host: host.split(".")[0])
def test_no_package_registry_is_named(host: str) -> None:
    assert [str(path) for path in FILES if host.encode() in (ROOT / path).read_bytes()] == []


def test_addresses_are_https_but_for_this_machine() -> None:
    plain = [
        f"{path}:{number}"
        for path in FILES
        if path.parts[0] not in {"unit_tests", "integration_tests", "spark_tests"}
        and path.suffix in {".py", ".md", ".yaml", ".yml", ".svg", ".json"}
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if PLAIN_HTTP.search(line) and "# ignore-https-check" not in line and not line.startswith("#")
    ]
    assert plain == []


def test_nothing_is_left_undone() -> None:
    marks = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"]))
    assert [str(path) for path in PYTHON if marks.search(text_of(path))] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "SECURITY.md"])
def test_every_file_and_folder_that_a_page_names_is_there(page: str) -> None:
    text = text_of(page)
    named = {*re.findall(r"`([\w.-]+/[\w./-]*)`", text), *re.findall(r"\]\(([\w./-]+)\)", text)}
    assert named
    made_by_users = {path for path in named if path.startswith("secrets/")}
    assert [path for path in sorted(named - made_by_users) if not (ROOT / path).exists()] == []
