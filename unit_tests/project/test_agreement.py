"""Facts that appear in several files agree: version, licence, base image, entry point, Python."""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from typing import Any

import pytest
import yaml

from local_fauna.local import DEFAULT_KEY
from unit_tests.project.tree import ROOT, text_of

# The standard library's reader of TOML came with Python 3.11; pytest brings its elder to 3.10.
TOML: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
PROJECT: dict[str, Any] = TOML.loads(text_of("pyproject.toml"))["project"]
METADATA: dict[str, Any] = yaml.safe_load(text_of("metadata.yaml"))["data"]
VERSION: str = PROJECT["version"]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("metadata.yaml", r"^  dockerImageTag: (\S+)$"),
        ("Dockerfile", r"io\.airbyte\.version=(\S+)"),
        ("CHANGELOG.md", r"^## (\d+\.\d+\.\d+)$"),
        ("docs/fauna.md", r"^\| *(\d+\.\d+\.\d+) *\|"),
        ("docs/fauna-migrations.md", r"^## Upgrading to (\S+)$"),
    ],
)
def test_the_newest_version_named_is_that_of_the_project(path: str, pattern: str) -> None:
    found = re.search(pattern, text_of(path), re.MULTILINE)
    assert found
    assert found[1] == VERSION


def test_the_licence_is_the_same_everywhere() -> None:
    assert text_of("LICENSE").startswith("MIT License\n")
    assert PROJECT["license"] == {"text": "MIT"}
    assert METADATA["license"] == "MIT"
    assert "org.opencontainers.image.licenses=MIT" in text_of("Dockerfile")


def test_the_image_builds_on_the_base_that_metadata_names() -> None:
    base = METADATA["connectorBuildOptions"]["baseImage"]
    assert f"ARG BASE_IMAGE={base}\n" in text_of("Dockerfile")


def test_package_and_image_are_called_as_metadata_says() -> None:
    assert PROJECT["name"] == METADATA["remoteRegistries"]["pypi"]["packageName"]
    assert f"io.airbyte.name={METADATA['dockerRepository']} " in text_of("Dockerfile")


def test_the_image_starts_what_it_tells_the_platform_to_start() -> None:
    dockerfile = text_of("Dockerfile")
    entry = re.search(r"^ENTRYPOINT (.*)$", dockerfile, re.MULTILINE)
    told = re.search(r'AIRBYTE_ENTRYPOINT="([^"]*)"', dockerfile)
    assert entry
    assert told
    assert " ".join(json.loads(entry[1])) == told[1]


def test_the_makefile_takes_the_pythons_that_the_project_takes() -> None:
    assert PROJECT["requires-python"] == ">=3.10,<3.14"
    assert "(3, 10) <= sys.version_info < (3, 14)" in text_of("Makefile")


def test_the_workflows_test_every_minor_version_of_python_that_the_project_takes() -> None:
    matrix = yaml.safe_load(text_of(".github/workflows/ci.yml"))["jobs"]["test"]["strategy"]["matrix"]
    assert PROJECT["requires-python"] == ">=3.10,<3.14"
    assert matrix["python"] == ["3.10", "3.11", "3.12", "3.13"]


def test_a_release_pushes_the_image_that_metadata_names() -> None:
    release = yaml.safe_load(text_of(".github/workflows/release.yml"))
    assert release["env"]["IMAGE"].split(":")[0] == METADATA["dockerRepository"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_of_the_project_is_locked_with_hashes(lock: str) -> None:
    wanted = PROJECT["dependencies"]
    if lock == "requirements-dev.lock":
        wanted = wanted + PROJECT["optional-dependencies"]["dev"]
    names = {re.split(r"[\[<>=]", one, maxsplit=1)[0].lower() for one in wanted}
    pins = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==[^ ]+(.*)$", text_of(lock), re.MULTILINE)
    assert names <= {name for name, _ in pins}
    assert all(rest.endswith("\\") for _, rest in pins)


def test_configs_of_the_standard_tests_fit_what_make_local_fauna_starts() -> None:
    configs = [json.loads(path.read_text()) for path in (ROOT / "integration_tests").glob("*_config.json")]
    assert len(configs) == 4
    assert {(config["domain"], config["port"], config["scheme"]) for config in configs} == {("127.0.0.1", 8443, "http")}
    assert "PORT ?= 8443\n" in text_of("Makefile")
    assert DEFAULT_KEY in {config["secret"] for config in configs}
