"""The config: the saved settings, checked once and converted to one frozen value.

Before this, the CDK has checked the types against spec.yaml. Ranges and rules are checked here and not in the spec: a
new limit in the spec would make the CDK refuse configs that were saved before the limit existed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from source_fauna.config import column_types
from source_fauna.config.address import SCHEMES, domain, lowered_if_known
from source_fauna.config.authority import authority
from source_fauna.config.names import column_warnings
from source_fauna.config.ranges import CONCURRENCY, LOST_HISTORY, SAMPLE_SIZE, one_of, within
from source_fauna.config.saved import (
    SavedCollection,
    SavedColumn,
    SavedColumns,
    SavedConfig,
    SavedDeletions,
    keys_without_effect,
    load,
)
from source_fauna.config.secret import scope_warning, secret
from source_fauna.errors.errors import ConfigError
from source_fauna.tuning import Tuning

LARGEST_PAGE = 100_000
"""The largest `size` of a page that the server takes."""

PAGE_SIZE_MOST = Tuning.page_most_documents
"""The most documents in one page. A larger setting, up to the server's own limit, is reduced to this."""

RESERVED_COLUMNS = ("ref", "ts", "data", "ttl")
"""The columns that every record has, or may have."""


@dataclass(frozen=True, kw_only=True)
class AdditionalColumn:
    """A part of the document as a separate column. `path` selects it as FQL's Select does."""

    name: str
    path: tuple[str, ...]
    type: str
    format: str | None
    airbyte_type: str | None
    required: bool


@dataclass(frozen=True, kw_only=True)
class Deletions:
    """Each deleted document becomes a record with the time of the deletion in `column`."""

    column: str
    lost_history: Literal["fail", "warn"]


@dataclass(frozen=True, kw_only=True)
class Config:
    """A valid config. `config.saved` has the defaults of keys that were not saved.

    If `collection_name` is None, every collection is a stream, and the settings of a single collection have their
    defaults.
    """

    scheme: str
    domain: str
    port: int
    secret: str = field(repr=False)
    ca_certificate: str | None
    """The certificates (PEM) of authorities to trust in addition to those of the system."""
    concurrency: int
    collection_name: str | None
    index_name: str | None
    data_column: bool
    additional_columns: tuple[AdditionalColumn, ...]
    sample_size: int | None
    """How many documents of each collection to read to find its columns. None: do not find columns."""
    page_size: int
    deletions: Deletions | None
    warnings: tuple[str, ...]
    """Warnings for the user about settings that have no effect or an unexpected one."""

    @property
    def url(self) -> str:
        """Scheme, host and port; an IPv6 address stands in brackets."""
        host = f"[{self.domain}]" if ":" in self.domain else self.domain
        return f"{self.scheme}://{host}:{self.port}"


def parse_config(raw: Mapping[str, Any]) -> Config:
    """Check a saved config and convert it to a frozen value.

    Raises a config error with a message for the user if a setting is out of its range or breaks a rule.
    """
    saved = load(raw)
    collection = saved.collection
    scheme = lowered_if_known(saved.scheme.strip())
    name = collection.name.strip()
    columns = _distinct(tuple(_column(column) for column in collection.additional_columns)) if name else ()
    data_column = collection.data_column or not name
    deletions = _deletions(collection.deletions, columns)
    page_size = within("collection.page_size", collection.page_size, 1, LARGEST_PAGE)
    return Config(
        scheme=one_of("scheme", scheme, SCHEMES),
        domain=domain(saved.domain),
        port=within("port", saved.port, 1, 65_535),
        secret=secret(saved.secret),
        ca_certificate=authority(saved.tls.ca_certificate),
        concurrency=within("concurrency", saved.concurrency, *CONCURRENCY),
        collection_name=name or None,
        index_name=(name and collection.index.strip()) or None,
        data_column=data_column,
        additional_columns=columns,
        sample_size=_sample_size(collection.columns),
        page_size=min(page_size, PAGE_SIZE_MOST),
        deletions=deletions,
        warnings=(
            *_warnings_of_connection(saved, scheme),
            *_warnings(collection, is_chosen=bool(name)),
            *_type_warnings(columns),
            *column_warnings(_names(columns, deletions, data_column=data_column)),
            *_unknown(keys_without_effect(raw)),
        ),
    )


def _column(saved: SavedColumn) -> AdditionalColumn:
    if not saved.name.strip():
        raise ConfigError("Additional column cannot have an empty name")
    if saved.name in RESERVED_COLUMNS:
        raise ConfigError(f"Additional column cannot have reserved name '{saved.name}'")
    complaint = column_types.refusal(type_=saved.type, airbyte_type=saved.airbyte_type or None)
    if complaint is not None:
        raise ConfigError(f"Additional column '{saved.name}' {complaint}")
    return AdditionalColumn(
        name=saved.name,
        path=tuple(saved.path),
        type=saved.type,
        format=saved.format or None,
        airbyte_type=saved.airbyte_type or None,
        required=saved.required,
    )


def _distinct(columns: tuple[AdditionalColumn, ...]) -> tuple[AdditionalColumn, ...]:
    names: set[str] = set()
    for column in columns:
        if column.name in names:
            raise ConfigError(f"Additional column cannot have duplicate name '{column.name}'")
        names.add(column.name)
    return columns


def _sample_size(saved: SavedColumns) -> int | None:
    if one_of("collection.columns.column_mode", saved.column_mode, ("given", "found")) == "given":
        return None
    return within("collection.columns.sample_size", saved.sample_size, *SAMPLE_SIZE)


def _deletions(saved: SavedDeletions, columns: tuple[AdditionalColumn, ...]) -> Deletions | None:
    if one_of("collection.deletions.deletion_mode", saved.deletion_mode, ("ignore", "deleted_field")) == "ignore":
        return None
    column = saved.column
    if not column.strip():
        raise ConfigError("Deletion column cannot be empty: collection.deletions.column needs a name")
    if column in RESERVED_COLUMNS:
        raise ConfigError(f"Deletion column cannot have reserved name '{column}'")
    if any(column == other.name for other in columns):
        raise ConfigError(f"Deletion column cannot have the name of additional column '{column}'")
    return Deletions(
        column=column,
        lost_history=one_of("collection.deletions.lost_history", saved.lost_history, LOST_HISTORY),
    )


def _names(columns: tuple[AdditionalColumn, ...], deletions: Deletions | None, *, data_column: bool) -> list[str]:
    """The names of all columns that records have with these settings, in their order."""
    fixed = [name for name in RESERVED_COLUMNS if data_column or name != "data"]
    return [*fixed, *(column.name for column in columns), *([deletions.column] if deletions else [])]


def _warnings_of_connection(saved: SavedConfig, scheme: str) -> list[str]:
    warnings = []
    ignored_scope = scope_warning(saved.secret.strip())
    if ignored_scope is not None:
        warnings.append(ignored_scope)
    if saved.tls.ca_certificate.strip() and scheme == "http":
        warnings.append("With scheme http there is no certificate to check, so tls.ca_certificate has no effect")
    return warnings


def _warnings(collection: SavedCollection, *, is_chosen: bool) -> list[str]:
    warnings = []
    if collection.page_size > PAGE_SIZE_MOST:
        warnings.append(f"collection.page_size is {collection.page_size}, which is cut to {PAGE_SIZE_MOST}")
    idle = {
        "Incremental Sync Index (collection.index)": bool(collection.index.strip()),
        "Data Column (collection.data_column)": not collection.data_column,
        "Additional Columns (collection.additional_columns)": bool(collection.additional_columns),
    }
    if not is_chosen and any(idle.values()):
        settings = ", ".join(setting for setting, is_set in idle.items() if is_set)
        warnings.append(
            "Collection Name (collection.name) is empty, so every collection is a stream, and these settings have no "
            f"effect: {settings}"
        )
    return warnings


def _type_warnings(columns: tuple[AdditionalColumn, ...]) -> list[str]:
    return [
        f"Additional column '{column.name}' {clause}"
        for column in columns
        for clause in column_types.type_warnings(
            type_=column.type, format_=column.format, airbyte_type=column.airbyte_type
        )
    ]


def _unknown(keys: tuple[str, ...]) -> list[str]:
    return [f"The config has keys that are not known and have no effect: {', '.join(keys)}"] if keys else []
