"""The config as users saved it: its keys, types and defaults, the same as in spec.yaml.

All generations of saved configs load: those of the prototypes, whose `collection` names one collection (and
may hold an `updates` key that no longer means anything), and those of the releases, which read every one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from source_fauna.errors.errors import ConfigError


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Integer = Annotated[int, BeforeValidator(_whole)]
"""JSON schema counts 64.0 as an integer, and so does the CDK, which validates before us."""


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
    """`collection.columns`: the mode `given`, or `found` from a sample of so many documents."""

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
    """`tls`: how the server's certificate is checked. An empty text means by the system's authorities alone."""

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


_OF_OTHERS = ("sourceType", "collection.updates")
"""Keys that mean something to the platform, or meant something once."""


def keys_without_effect(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of a config that nothing reads, as paths with dots: what was misspelled would be missed silently."""
    return tuple(key for key in _unread(raw, SavedConfig, "") if key not in _OF_OTHERS)


def _unread(raw: Mapping[str, Any], model: type[BaseModel], path: str) -> Iterator[str]:
    for key, value in raw.items():
        known = model.model_fields.get(key)
        if known is None:
            yield f"{path}{key}"
            continue
        for place, member, inner in _nested(value, known.annotation):
            yield from _unread(member, inner, f"{path}{key}{place}.")


def _nested(value: Any, annotation: Any) -> Iterator[tuple[str, Mapping[str, Any], type[BaseModel]]]:
    """The objects within a value, or the value itself, each with its place in the value and the model that reads it."""
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
"""What to say for the kinds of error that pydantic tells apart."""


def load(raw: Mapping[str, Any]) -> SavedConfig:
    """A config as it was saved. Raises a config error that names the key and what it must be."""
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
