"""Signatures of typed collections, as definitions hold them, and the columns they make."""

from __future__ import annotations

import pytest

from source_fauna.records.types import (
    ARRAY,
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIMESTAMP,
    ColumnType,
)
from source_fauna.schema.signatures import column_type, column_types

SIGNATURES: dict[str, ColumnType | None] = {
    "String": STRING,
    "Int": INTEGER,
    "Long": INTEGER,
    "Double": NUMBER,
    "Number": NUMBER,
    "Boolean": BOOLEAN,
    "Time": TIMESTAMP,
    "Date": DATE,
    "Bytes": STRING,
    "UUID": STRING,
    "String?": STRING,
    " Int ?": INTEGER,
    "Ref<Product>": OBJECT,
    "Ref<Product>?": OBJECT,
    "Array<String>?": ARRAY,
    "Array<{ sku: String, price: Double | Null }>": ARRAY,
    "{ name: String, city: String? }?": OBJECT,
    "{}": OBJECT,
    "Int | Double": NUMBER,
    "Int | Long": INTEGER,
    "String | Null": STRING,
    "Null | { a: Int | String }": OBJECT,
    "Array<Int> | Array<String>": ARRAY,
    "Ref<A> | Ref<B>?": OBJECT,
    "Time | Date": STRING,
    "Array<Int> | { a: Int }": STRING,
    "(Int | Double)?": NUMBER,
    "Null": None,
    "Any": None,
    "Int | Any": None,
    "Product": None,
    "NullRef<Product>": None,
    '"open" | "closed"': None,
    "Array": None,
    "Array<Int": None,
    "Int>": None,
    "": None,
    "|": None,
    "?": None,
}


@pytest.mark.parametrize(("signature", "expected"), SIGNATURES.items(), ids=SIGNATURES.keys())
def test_a_signature_says_a_type_or_nothing(signature: str, expected: ColumnType | None) -> None:
    assert column_type(signature) == expected


def test_fields_whose_signature_says_nothing_are_left_to_the_sample() -> None:
    assert column_types({"a": "Int", "b": "Any", "c": "Date?"}) == {"a": INTEGER, "c": DATE}
