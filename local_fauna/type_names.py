"""The names that errors give to the types of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.values import Action, Date, DocRef, Document, Event, NativeRef, Page, Query, SchemaRef, Time, Uuid

if TYPE_CHECKING:
    from local_fauna.values import Value

_TYPE_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "Boolean",
    int: "Integer",
    float: "Double",
    str: "String",
    list: "Array",
    dict: "Object",
    bytes: "Bytes",
    Time: "Time",
    Date: "Date",
    Uuid: "UUID",
    Action: "Action",
    Query: "Lambda",
    NativeRef: "Collection Ref",
    DocRef: "Ref",
    Document: "Object",
    Event: "Object",
    Page: "Page",
}
_REF_NAMES = {
    "collections": "Collection Ref",
    "indexes": "Index Ref",
    "databases": "Database Ref",
    "functions": "User Function Ref",
}


def type_name(value: Value) -> str:
    """The name of the value's type in error descriptions ("Integer expected, String provided.")."""
    if isinstance(value, SchemaRef):
        return _REF_NAMES.get(value.kind, "Ref" if value.known else "Role Ref")
    if isinstance(value, DocRef) and value.collection == NativeRef("keys"):
        return "Key Ref"
    return _TYPE_NAMES.get(type(value), "Set")
