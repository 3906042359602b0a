"""The columns of a DataFrame: their schema in Spark's words, and how they are filled."""

from __future__ import annotations

from collections.abc import Mapping

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
from source_fauna.parts.arrow import DATA, DELETED, REF, TS, TTL, Column, Type

_TYPES: Mapping[type[DataType], Type] = {
    StringType: Type.STRING,
    LongType: Type.LONG,
    DoubleType: Type.DOUBLE,
    BooleanType: Type.BOOLEAN,
    TimestampType: Type.TIMESTAMP,
    DateType: Type.DATE,
}

_DDL = {Type.LONG: "bigint"}


def ddl(config: Config, further: str) -> str:
    """The schema of a read in Spark's DDL, with the further columns behind those that every read has."""
    fixed = [REF, TS, *([DATA] if config.data_column else []), TTL, *([DELETED] if config.deletions else [])]
    told = [f"{each.name} {_DDL.get(each.type, each.type.value)}" for each in fixed]
    return ", ".join([*told, *([further] if further else [])])


def columns_of(schema: StructType) -> list[Column]:
    """How to fill the columns of a schema, which may be one that the user gave. Raises a config error."""
    return [_column(field) for field in schema.fields]


def _column(field: StructField) -> Column:
    kind = _TYPES.get(type(field.dataType))
    fixed = {each.name: each for each in (REF, TS, DATA, TTL, DELETED)}.get(field.name)
    if kind is None or (fixed is not None and kind is not fixed.type):
        wanted = [fixed.type] if fixed else list(Type)
        names = ", ".join(_DDL.get(each, each.value) for each in wanted)
        raise ConfigError(
            f"Column '{field.name}' has type {field.dataType.simpleString()}, but it must be one of: {names}. What is "
            "nested can be read as a string, which then holds JSON, for parse_json and from_json"
        )
    return Column(field.name, kind, None if fixed else field.name, field.nullable)
