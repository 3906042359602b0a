"""In which direction modules import one another, and that nobody imports a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from unit_tests.project.tree import listed_files, text_of

CONNECTOR = "source_fauna"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("error_table", "fql", "interruption", "patience", "transport", "tuning", "values"),
    ("errors", "unreachable", "input_files", "saved_config", "saved_state", "config", "state", "state_file"),
    ("answers", "attempts", "client", "queries", "questions"),
    ("columns", "definitions", "history", "indexes", "probes", "records", "streams"),
    ("catalog", "check", "sync"),
    ("source",),
    ("ending", "run", ""),
)
"""The modules of the connector from the bottom up: each imports from its own layer and from those below, and from none
above. What knows nothing of the connector; what users saved, and what they are told; how the database is asked; what it
holds; the commands; their wiring; the process, with the package itself (""), which hands on the connector."""

ONLY_FOR = {"sync": {"source"}}
"""Packages that are imported by these modules alone, and by themselves."""


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
KNOWN_TO = {name: {*imported(path)} & MODULES.keys() - {CONNECTOR} for name, path in MODULES.items()}
"""The modules of the connector that each of them imports. The package itself comes with every one and counts for none:
it imports the connector only when that is asked for."""


def unit_of(name: str) -> str:
    """The module or package right within the connector to which a module belongs."""
    return f"{name}.".split(".")[1]


def height_of(name: str) -> int:
    return next(height for height, layer in enumerate(LAYERS) if unit_of(name) in layer)


def test_every_module_has_its_layer() -> None:
    placed = [unit for layer in LAYERS for unit in layer]
    assert sorted(placed) == sorted({unit_of(name) for name in MODULES})


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_none_of_a_layer_above(name: str) -> None:
    assert [other for other in sorted(KNOWN_TO[name]) if height_of(other) > height_of(name)] == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    try:
        TopologicalSorter(KNOWN_TO).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(("package", "users"), ONLY_FOR.items(), ids=ONLY_FOR)
def test_a_package_is_known_to_few(package: str, users: set[str]) -> None:
    knowing = {unit_of(name) for name, others in KNOWN_TO.items() if package in map(unit_of, others)}
    assert knowing - {package} == users


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
