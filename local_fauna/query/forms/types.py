"""Questions about the type of a value: `is_string`, `is_ref`, `is_collection` and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.query.arguments import anything, eager
from local_fauna.sets.sources import SetValue
from local_fauna.values import Date, DocRef, Document, Event, NativeRef, Page, Query, Ref, SchemaRef, Time, Uuid

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value


def _define(key: str, holds: Callable[[Value], bool]) -> None:
    @eager({key: anything})
    def _run(_: Context, __: Position, value: Value) -> Value:
        return holds(value)


def _resolved(value: Value) -> bool:
    """Whether a ref is of a known name."""
    named = value.collection if isinstance(value, DocRef) else value
    return not isinstance(named, SchemaRef) or named.named


def _define_kind(key: str, kind: str) -> None:
    def holds(value: Value) -> bool:
        ref = value.ref if isinstance(value, Document) else value
        if isinstance(ref, DocRef):
            return ref.collection == NativeRef(kind)
        if isinstance(ref, NativeRef):
            return kind == "collections"
        return isinstance(ref, SchemaRef) and ref.kind == kind and ref.named

    _define(key, holds)


_define("is_integer", lambda value: type(value) is int)
_define("is_double", lambda value: type(value) is float)
_define("is_number", lambda value: type(value) in (int, float))
_define("is_boolean", lambda value: isinstance(value, bool))
_define("is_string", lambda value: isinstance(value, str))
_define("is_bytes", lambda value: isinstance(value, bytes))
_define("is_timestamp", lambda value: isinstance(value, Time))
_define("is_date", lambda value: isinstance(value, Date))
_define("is_uuid", lambda value: isinstance(value, Uuid))
_define("is_array", lambda value: isinstance(value, list))
_define("is_null", lambda value: value is None)
_define("is_object", lambda value: isinstance(value, (dict, Document, Event, Page)))
_define("is_ref", lambda value: isinstance(value, Ref))
_define("is_set", lambda value: isinstance(value, (SetValue, NativeRef)))
_define("is_doc", lambda value: isinstance(value, Document) or (isinstance(value, Ref) and _resolved(value)))
_define("is_lambda", lambda value: isinstance(value, Query))
_define_kind("is_collection", "collections")
_define_kind("is_database", "databases")
_define_kind("is_index", "indexes")
_define_kind("is_function", "functions")
_define_kind("is_role", "roles")
_define_kind("is_key", "keys")
_define_kind("is_token", "tokens")
_define_kind("is_credentials", "credentials")
