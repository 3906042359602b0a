"""No modules of the project import one another in a circle, for types neither."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from unit_tests.project.tree import listed_files, text_of


def _name(path: Path) -> str:
    """The dotted name of a module; that of a package for its `__init__`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path) -> set[str]:
    """The dotted names that a module imports, anywhere in it; of `from a import b` both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


MODULES = {_name(path): path for path in listed_files() if path.suffix == ".py" and len(path.parts) > 1}
PACKAGES = sorted({name.split(".")[0] for name in MODULES})
KNOWN = {name: _imported(path) & MODULES.keys() - {name, name.split(".")[0]} for name, path in MODULES.items()}
"""The modules that each module imports. A package itself counts for none: it hands on what is within it."""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_of_a_package_import_one_another_in_a_circle(package: str) -> None:
    graph = {name: others for name, others in KNOWN.items() if name.split(".")[0] == package}
    assert graph
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
