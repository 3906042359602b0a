"""The columns of a DataFrame: their schema in Spark's words, and how they are filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from source_fauna.config.config import Config
from source_fauna.errors.errors import ConfigError
from source_fauna.parts.arrow import DATA, DELETED, REF, TS, TTL, Column, Type, field_column
from source_fauna.records.inference import FoundColumn
from source_fauna.records.layout import names_in
from source_fauna.records.names import ColumnNames
from source_fauna.records.types import BOOLEAN, DATE, INTEGER, NUMBER, STRING, TIMESTAMP, ColumnType

_SPARKS: Mapping[Type, type[DataType]] = {
    Type.STRING: StringType,
    Type.LONG: LongType,
    Type.DOUBLE: DoubleType,
    Type.BOOLEAN: BooleanType,
    Type.TIMESTAMP: TimestampType,
    Type.DATE: DateType,
    Type.JSON: StringType,
}

_GIVEN: Mapping[type[DataType], ColumnType] = {
    StringType: STRING,
    LongType: INTEGER,
    DoubleType: NUMBER,
    BooleanType: BOOLEAN,
    TimestampType: TIMESTAMP,
    DateType: DATE,
}
"""The types of a field of `data` that a user can name. Found columns have others too, which are strings in Spark."""


def ddl(config: Config, given: str, found: Iterable[FoundColumn] = ()) -> str:
    """The schema of a read in Spark's DDL: the columns that every read has, those that were given, the found ones."""
    fixed = [REF, TS, *([DATA] if config.data_column else []), TTL, *([DELETED] if config.deletions else [])]
    told = [f"{each.name} {_word(each.type)}" for each in fixed]
    fields = [f"{_quoted(each.name)} {_word(each.type)}" for each in map(field_column, found)]
    return ", ".join([*told, *([given] if given else []), *fields])


def columns_of(schema: StructType, config: Config, found: Iterable[FoundColumn] = ()) -> list[Column]:
    """How to fill the columns of a schema: the found ones, and others that the user gave. Raises a config error.

    The user may give what was found at another time, so the names of fields follow the same rule.
    """
    names = names_in(config)
    known = {each.name: each for each in (REF, TS, DATA, TTL, DELETED, *map(field_column, found))}
    return [_column(field, known.get(field.name), names) for field in schema.fields]


def _column(field: StructField, known: Column | None, names: ColumnNames) -> Column:
    kind = type(field.dataType)
    column = known or _given(field.name, kind, names)
    if column is None or kind is not _SPARKS[column.type]:
        wanted = [_word(known.type)] if known else [each().simpleString() for each in _GIVEN]
        raise ConfigError(
            f"Column '{field.name}' has type {field.dataType.simpleString()}, but it must be one of: "
            f"{', '.join(wanted)}. What is nested can be read as a string, which then holds JSON, for parse_json and "
            "from_json"
        )
    return replace(column, nullable=field.nullable)


def _given(name: str, kind: type[DataType], names: ColumnNames) -> Column | None:
    """A column that the user named; None for a type that a field cannot have."""
    if kind not in _GIVEN:
        return None
    return field_column(FoundColumn(name=name, field=names.field_of(name), type=_GIVEN[kind]))


def _word(kind: Type) -> str:
    return str(_SPARKS[kind]().simpleString())


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
