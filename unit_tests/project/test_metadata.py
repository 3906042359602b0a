"""metadata.yaml by the rules that Airbyte's registry and its quality checks have for a connector."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import yaml
from airbyte_cdk.models.connector_metadata import ConnectorLanguage, MetadataFile

from unit_tests.project.tree import ROOT, text_of

METADATA: dict[str, Any] = yaml.safe_load(text_of("metadata.yaml"))
DATA: dict[str, Any] = METADATA["data"]
SEMVER = re.compile(r"\d+\.\d+\.\d+")

REQUIRED = {
    "name",
    "definitionId",
    "connectorType",
    "connectorSubtype",
    "dockerRepository",
    "dockerImageTag",
    "license",
    "documentationUrl",
    "githubIssueLabel",
    "releaseStage",
}
KNOWN = REQUIRED | {
    "ab_internal",
    "allowedHosts",
    "connectorBuildOptions",
    "connectorTestSuitesOptions",
    "icon",
    "maxSecondsBetweenMessages",
    "registryOverrides",
    "releases",
    "remoteRegistries",
    "suggestedStreams",
    "supportLevel",
    "tags",
}

FIXED = {
    "name": "Fauna",
    "definitionId": "3825db3e-c94b-42ac-bd53-b5a9507ace2b",
    "connectorType": "source",
    "connectorSubtype": "database",
    "dockerRepository": "airbyte/source-fauna",
    "githubIssueLabel": "source-fauna",
    "documentationUrl": "https://docs.airbyte.com/integrations/sources/fauna",
    "releaseStage": "alpha",
    "supportLevel": "community",
    "ab_internal": {"sl": 100, "ql": 100},
    "allowedHosts": {"hosts": ["${domain}"]},
    "registryOverrides": {"oss": {"enabled": True}, "cloud": {"enabled": True}},
    "remoteRegistries": {"pypi": {"enabled": True, "packageName": "airbyte-source-fauna"}},
    "connectorTestSuitesOptions": [{"suite": "unitTests"}],
    "tags": ["language:python", "cdk:python"],
    "icon": "icon.svg",
}


def test_the_root_holds_the_version_of_the_format_and_the_data() -> None:
    assert set(METADATA) == {"metadataSpecVersion", "data"}
    assert METADATA["metadataSpecVersion"] == "1.0"


def test_every_required_key_is_there_and_no_unknown_one() -> None:
    assert set(DATA) >= REQUIRED
    assert set(DATA) <= KNOWN


@pytest.mark.parametrize("key", sorted(FIXED))
def test_what_is_known_of_the_connector_is_told(key: str) -> None:
    assert DATA[key] == FIXED[key]


def test_the_version_rises_above_the_last_released_one() -> None:
    assert SEMVER.fullmatch(DATA["dockerImageTag"])
    assert tuple(map(int, DATA["dockerImageTag"].split("."))) > (0, 1, 10)


def test_the_licence_is_one_that_is_allowed() -> None:
    assert DATA["license"] in {"MIT", "ELv2"}


def test_the_base_image_is_pinned_by_version_and_digest() -> None:
    pinned = r"docker\.io/airbyte/python-connector-base:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}"
    assert re.fullmatch(pinned, DATA["connectorBuildOptions"]["baseImage"])


def test_the_breaking_change_is_described_and_has_its_guide() -> None:
    for version, change in DATA["releases"]["breakingChanges"].items():
        assert SEMVER.fullmatch(version)
        assert set(change) <= {"message", "upgradeDeadline", "scopedImpact", "migrationDocumentationUrl"}
        assert change["message"].strip()
        assert date.fromisoformat(change["upgradeDeadline"]) > date(2026, 11, 29)
        guide = text_of("docs/fauna-migrations.md").split(f"## Upgrading to {version}\n")[1]
        assert change["upgradeDeadline"] in guide


def test_the_icon_is_square() -> None:
    head = text_of("icon.svg").split(">", 1)[0]
    assert re.search(r'width="250" height="250" viewBox="0 0 250 250"', head)


def test_the_cdk_reads_it() -> None:
    read = MetadataFile.from_file(ROOT / "metadata.yaml")
    assert read.data.language is ConnectorLanguage.PYTHON
