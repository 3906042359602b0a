"""What is loaded by an import, and that nobody imports a test. import-linter holds the layers: pyproject.toml."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit_tests.project.tree import ROOT, listed_files, text_of

CONNECTOR = "source_fauna"
AIRBYTE = ("airbyte_cdk", "airbyte_protocol")
CORE = (
    "errors.errors",
    "config.config",
    "records.records",
    "database.client",
    "schema.streams",
    "state.state",
    "parts.worker",
    "parts.changes",
)


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, anywhere in it; of `from a import b` both a and a.b."""
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    """The dotted name of a module; that of a package for its `__init__`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


PYTHON = {name_of(path): path for path in listed_files() if path.suffix == ".py"}
MODULES = {name: path for name, path in PYTHON.items() if path.parts[0] == CONNECTOR}


@pytest.mark.parametrize("module", CORE)
def test_the_core_loads_no_module_of_airbyte(module: str) -> None:
    """So a worker of another engine can import it in a tenth of the time, and with 70 MB less memory."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {CONNECTOR}.{module}"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    loaded = [line.rsplit("|", 1)[-1].strip() for line in told.splitlines()]
    assert f"{CONNECTOR}.{module}" in loaded
    assert [name for name in loaded if name.startswith(AIRBYTE)] == []


def test_the_connector_imports_nothing_of_the_project_but_itself() -> None:
    ours = {path.parts[0] for path in PYTHON.values() if len(path.parts) > 1} - {CONNECTOR}
    assert "local_fauna" in ours
    foreign = {name: {other.split(".")[0] for other in imported(path)} & ours for name, path in MODULES.items()}
    assert {name: others for name, others in foreign.items() if others} == {}


def test_no_unit_test_imports_from_another_test() -> None:
    """What tests share has a module of its own."""
    tests = {name for name in PYTHON if name.split(".")[-1].startswith("test_")}
    units = {name: path for name, path in PYTHON.items() if name.startswith("unit_tests.")}
    assert len(tests & units.keys()) > 50
    found = {name: tests & set(imported(path)) for name, path in units.items()}
    assert {name: others for name, others in found.items() if others} == {}
