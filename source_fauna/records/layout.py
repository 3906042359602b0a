"""The columns of a stream's records: their names, types and order.

The order is `ref`, `ts`, `data`, `ttl`, the additional columns, the found ones, the column of deletions. If columns are
found, a read follows the configured catalog, which has the columns of an earlier discover. It emits no other columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_fauna.config.config import AdditionalColumn, Config
from source_fauna.records.additional import column_schema
from source_fauna.records.inference import FoundColumn
from source_fauna.records.names import ColumnNames, column_names, folded
from source_fauna.records.types import INTEGER, OBJECT, STRING, TIMESTAMP, type_in


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns beside `ref` and `ts`, which every record has; without a `deletion_column` none is reported."""

    data: bool = True
    ttl: bool = True
    additional: tuple[AdditionalColumn, ...] = ()
    found: tuple[FoundColumn, ...] = ()
    deletion_column: str | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the records."""
        properties = {"ref": STRING.schema(nullable=False), "ts": INTEGER.schema(nullable=False)}
        if self.data:
            properties["data"] = OBJECT.schema(nullable=False)
        if self.ttl:
            properties["ttl"] = TIMESTAMP.schema()
        properties.update({column.name: column_schema(column) for column in self.additional})
        properties.update({column.name: column.type.schema() for column in self.found})
        if self.deletion_column is not None:
            properties[self.deletion_column] = TIMESTAMP.schema()
        return {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": properties}


def names_in(config: Config) -> ColumnNames:
    """The names that are taken in the records of a stream."""
    return column_names(
        additional=(column.name for column in config.additional_columns),
        deletion_column=config.deletions.column if config.deletions else None,
    )


def declared(config: Config, found: tuple[FoundColumn, ...] = ()) -> Layout:
    """All columns that a stream can have."""
    return Layout(
        data=config.data_column,
        additional=config.additional_columns,
        found=found,
        deletion_column=config.deletions.column if config.deletions else None,
    )


def configured(config: Config, schema: Mapping[str, Any]) -> Layout:
    """The columns that a configured catalog asks for by the JSON schema of a stream.

    A schema without properties, as people write it by hand, asks for all columns except found ones. The deletion column
    is always there: without it, a deletion would look like an empty document.
    """
    everything = declared(config)
    properties = schema.get("properties")
    if config.sample_size is None or not properties or not isinstance(properties, Mapping):
        return everything
    return Layout(
        data=everything.data and "data" in properties,
        ttl="ttl" in properties,
        additional=tuple(column for column in everything.additional if column.name in properties),
        found=_found(names_in(config), properties),
        deletion_column=everything.deletion_column,
    )


def _found(names: ColumnNames, properties: Mapping[str, Any]) -> tuple[FoundColumn, ...]:
    return tuple(
        FoundColumn(name=name, field=names.field_of(name), type=type_in(schema))
        for name, schema in properties.items()
        if folded(name) not in names.ours and name not in names.additional
    )
