"""spec.yaml and the models of the config say the same, and saved configs keep validating."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

import source_fauna.config.config
from source_fauna.config.ranges import CONCURRENCY, LOST_HISTORY
from source_fauna.config.saved import SavedCollection, SavedColumn, SavedColumns, SavedConfig, SavedDeletions
from unit_tests.configs import CONNECTION
from unit_tests.saved_configs import SAVED

SPEC = yaml.safe_load((Path(source_fauna.config.config.__file__).parents[1] / "spec.yaml").read_text(encoding="utf-8"))
ROOT = SPEC["connectionSpecification"]
COLLECTION = ROOT["properties"]["collection"]
COLUMN = COLLECTION["properties"]["additional_columns"]["items"]
GIVEN, FOUND = COLLECTION["properties"]["columns"]["oneOf"]
DISABLED, ENABLED = COLLECTION["properties"]["deletions"]["oneOf"]

MODELS: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "root": (SavedConfig, ROOT),
    "collection": (SavedCollection, COLLECTION),
    "additional column": (SavedColumn, COLUMN),
    "columns": (SavedColumns, FOUND),
    "deletions": (SavedDeletions, ENABLED),
}
FORM_ONLY_DEFAULTS = {"domain", "port", "scheme", "column"}
"""Required keys that the form fills in; a config without them does not validate."""
JSON_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array"}


def json_type(annotation: Any) -> str:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (annotation,) = (part for part in typing.get_args(annotation) if part is not type(None))
    origin = typing.get_origin(annotation) or annotation
    return JSON_TYPES.get(origin, "object")


@pytest.mark.parametrize(("model", "schema"), MODELS.values(), ids=MODELS.keys())
def test_keys_types_and_defaults_are_those_of_the_models(model: type[BaseModel], schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == set(model.model_fields)
    for name, field in model.model_fields.items():
        stated = schema["properties"][name]
        assert stated.get("type", "string") == json_type(field.annotation), name
        if "default" in stated and name not in FORM_ONLY_DEFAULTS:
            default = field.get_default()
            dumped = (
                default.model_dump(include={"deletion_mode", "column_mode"})
                if isinstance(default, BaseModel)
                else default
            )
            assert stated["default"] == dumped, name


@pytest.mark.parametrize(
    ("schema", "required"),
    [
        (ROOT, ["domain", "port", "scheme", "secret"]),
        (COLLECTION, []),
        (COLUMN, ["name", "path", "type"]),
        (GIVEN, ["column_mode"]),
        (FOUND, ["column_mode"]),
        (DISABLED, ["deletion_mode"]),
        (ENABLED, ["deletion_mode", "column"]),
    ],
    ids=["root", "collection", "additional column", "given", "found", "disabled", "enabled"],
)
def test_nothing_more_is_required_than_ever_was(schema: dict[str, Any], required: list[str]) -> None:
    assert schema.get("required", []) == required


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in (*schema.get("properties", {}).values(), *schema.get("oneOf", ()), schema.get("items")):
        if inner:
            yield from objects(inner)


NEW = {"concurrency", "lost_history"}
"""Settings that no earlier release had. The form may limit their values, because no saved config has other ones."""


def test_no_limit_stands_in_the_spec_that_a_saved_config_could_break() -> None:
    limits = {"enum", "minimum", "maximum", "pattern", "minLength", "maxLength", "minItems", "anyOf", "allOf", "not"}
    limited = set()
    for schema in objects(ROOT):
        assert schema.get("additionalProperties") is not False
        limited |= {name for name, field in schema.get("properties", {}).items() if limits & set(field)}
    assert limited == NEW


def test_the_form_offers_what_the_code_takes() -> None:
    concurrency = ROOT["properties"]["concurrency"]
    assert (concurrency["minimum"], concurrency["maximum"]) == CONCURRENCY
    assert ENABLED["properties"]["lost_history"]["enum"] == list(LOST_HISTORY)


def test_every_field_reads_well_in_the_form() -> None:
    for schema in objects(ROOT):
        fields = schema.get("properties", {})
        orders = [field["order"] for field in fields.values()]
        assert orders == list(range(len(fields)))
        for name, field in fields.items():
            assert field["title"] == field["title"].title(), name
            assert field["description"].endswith("."), name
            assert "<" not in field["description"], name


def test_the_root_is_what_the_platform_expects() -> None:
    assert SPEC["documentationUrl"] == "https://docs.airbyte.com/integrations/sources/fauna"
    assert (ROOT["title"], ROOT["additionalProperties"]) == ("Fauna Spec", True)
    assert [name for name, field in ROOT["properties"].items() if field.get("airbyte_secret")] == ["secret"]
    assert {field["group"] for field in ROOT["properties"].values()} == {group["id"] for group in ROOT["groups"]}
    assert [option["properties"]["deletion_mode"]["const"] for option in (DISABLED, ENABLED)] == [
        "ignore",
        "deleted_field",
    ]


@pytest.mark.parametrize("raw", [raw for raw, _ in SAVED.values()], ids=SAVED.keys())
def test_saved_configs_validate(raw: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(ROOT).validate(raw)


def test_what_is_out_of_range_validates_and_is_told_in_code() -> None:
    out_of_range = {"scheme": "ftp", "collection": {"page_size": 0}}
    jsonschema.Draft7Validator(ROOT).validate({**CONNECTION, **out_of_range})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "text for a port": ({"port": "8443"}, "'8443' is not of type 'integer'"),
    "unknown mode with a column": (
        {"collection": {"deletions": {"deletion_mode": "x", "column": "d"}}},
        "'ignore' was expected",
    ),
    "unknown mode": ({"collection": {"deletions": {"deletion_mode": "x"}}}, "'ignore' was expected"),
    "unknown mode of columns": ({"collection": {"columns": {"column_mode": "x"}}}, "'given' was expected"),
    "no column": ({"collection": {"deletions": {"deletion_mode": "deleted_field"}}}, "'ignore' was expected"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_the_cdk_answers_as_before(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(jsonschema.ValidationError) as raised:
        jsonschema.validate({**CONNECTION, **changes}, ROOT)
    assert raised.value.message == message
