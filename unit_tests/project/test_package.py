"""What is installed: a wheel with the connector and nothing else, and its console command."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from unit_tests.project.tree import ROOT, listed_files

if TYPE_CHECKING:
    from pathlib import Path


def build(target: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_connector_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in members(wheel) if ".dist-info/" not in name}
    packages = ("source_fauna", "pyspark_fauna")
    assert packed == {path.as_posix() for path in listed_files() if path.parts[0] in packages}


def test_the_form_that_users_fill_in_is_packed(wheel: Path) -> None:
    assert members(wheel)["source_fauna/spec.yaml"] == (ROOT / "source_fauna" / "spec.yaml").read_bytes()


def test_the_wheel_has_the_console_command(wheel: Path) -> None:
    (entry,) = [text for name, text in members(wheel).items() if name.endswith("entry_points.txt")]
    assert b"source-fauna = source_fauna.run:run" in entry


def test_the_wheel_fits_any_machine(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_source_distribution_holds_what_the_wheel_is_built_from(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        packed = {name.split("/", maxsplit=1)[1] for name in archive.getnames()}
    connector = {path.as_posix() for path in listed_files() if path.parts[0] in ("source_fauna", "pyspark_fauna")}
    # The build tool adds the last two.
    assert packed == connector | {"README.md", "LICENSE", "pyproject.toml", ".gitignore", "PKG-INFO"}
