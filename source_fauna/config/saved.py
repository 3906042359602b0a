"""The config as users saved it: its keys, types and defaults, the same as in spec.yaml.

Configs of every version load. Those of the prototypes have a `collection` with the name of a single collection, and
may have an `updates` key that no longer has any effect. Those of the releases may also read every collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from source_fauna.errors.errors import ConfigError


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Integer = Annotated[int, BeforeValidator(_whole)]
"""An integer, which may be written as 64.0: JSON schema allows that, and so does the CDK, which validates first."""


class _Saved(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class SavedColumn(_Saved):
    """One of `collection.additional_columns`. The first prototype had no `required`."""

    name: str
    path: list[str]
    type: str
    format: str | None = None
    airbyte_type: str | None = None
    required: bool = True


class SavedDeletions(_Saved):
    """`collection.deletions`: the mode `ignore`, or `deleted_field` with a column."""

    deletion_mode: str
    column: str = ""
    lost_history: str = "fail"


class SavedColumns(_Saved):
    """`collection.columns`: the mode `given`, or `found` with the number of documents in the sample."""

    column_mode: str
    sample_size: _Integer = 1_000


class SavedCollection(_Saved):
    """`collection`: settings of the read. An empty name means every collection."""

    name: str = ""
    index: str = ""
    data_column: bool = True
    additional_columns: list[SavedColumn] = []
    columns: SavedColumns = SavedColumns(column_mode="given")
    page_size: _Integer = 64
    deletions: SavedDeletions = SavedDeletions(deletion_mode="ignore")


class SavedTls(_Saved):
    """`tls`: how to check the server's certificate. An empty text means: trust only the system's authorities."""

    ca_certificate: str = ""


class SavedConfig(_Saved):
    """The root of a saved config."""

    domain: str
    port: _Integer
    scheme: str
    secret: str
    collection: SavedCollection = SavedCollection()
    concurrency: _Integer = 4
    tls: SavedTls = SavedTls()


_EXPECTED_KEYS = ("sourceType", "collection.updates")
"""Keys without an effect that need no warning: the platform adds the first, and prototypes saved the second."""


def keys_without_effect(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The unknown keys of a config, as paths with dots. They are reported because they may be misspelled."""
    return tuple(key for key in _unread(raw, SavedConfig, "") if key not in _EXPECTED_KEYS)


def _unread(raw: Mapping[str, Any], model: type[BaseModel], path: str) -> Iterator[str]:
    for key, value in raw.items():
        known = model.model_fields.get(key)
        if known is None:
            yield f"{path}{key}"
            continue
        for place, member, inner in _nested(value, known.annotation):
            yield from _unread(member, inner, f"{path}{key}{place}.")


def _nested(value: Any, annotation: Any) -> Iterator[tuple[str, Mapping[str, Any], type[BaseModel]]]:
    """The value if it is an object, or the objects in it if it is a list.

    Each comes with its place in the value and the model that validates it. There are none if no model does.
    """
    model = next((each for each in (annotation, *get_args(annotation)) if _is_model(each)), None)
    if model is None:
        return
    members = [(f"[{number}]", each) for number, each in enumerate(value)] if isinstance(value, list) else [("", value)]
    for place, member in members:
        if isinstance(member, Mapping):
            yield place, member, model


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


_EXPECTATIONS = {
    "missing": "is required",
    "int_type": "must be an integer",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
}
"""The text of a message for each of pydantic's error types."""


def load(raw: Mapping[str, Any]) -> SavedConfig:
    """Validate the types of a saved config. Raises a config error that names the key and what it must be."""
    try:
        return SavedConfig.model_validate(raw)
    except ValidationError as error:
        complaint = _complaint(error)
    raise ConfigError(complaint)


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    key = ""
    for part in first["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{key.removeprefix('.')} {_EXPECTATIONS.get(first['type'], 'is not valid')}"
