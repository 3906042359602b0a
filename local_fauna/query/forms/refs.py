"""Forms that make refs: `{"collection": name}`, `{"ref": …, "id": …}`, `{"collections": null}` (recording `values`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local_fauna.errors import expected, invalid_argument, not_implemented
from local_fauna.int64 import INT64
from local_fauna.query.arguments import eager, nothing, string
from local_fauna.query.compiler import Compiler, Const, Effect, form
from local_fauna.store.database import NUMBERED_KINDS
from local_fauna.type_names import type_name
from local_fauna.values import DocRef, NativeRef, SchemaRef

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_DIGITS = re.compile(r"[+-]?\d+")
_BY_NAME = {
    "collection": "collections",
    "class": "collections",
    "index": "indexes",
    "database": "databases",
    "function": "functions",
    "role": "roles",
}
_LISTS = {
    "collections": "collections",
    "classes": "collections",
    "indexes": "indexes",
    "databases": "databases",
    "functions": "functions",
    "roles": "roles",
    "keys": "keys",
    "tokens": "tokens",
    "credentials": "credentials",
}


class IdError(Exception):
    """An id that is no int64."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


def parse_id(value: str | int) -> int:
    """The number of an id: `"007"` is 7. Raises IdError."""
    text = str(value)
    if text and not _DIGITS.fullmatch(text):
        raise IdError(f"Number or numeric String expected, non-numeric '{text}' provided.")
    if not text or len(text) > 20 or int(text) not in INT64:
        raise IdError(f"The id provided is too large: '{text}'")
    return int(text)


def make_doc_ref(owner: SchemaRef | NativeRef, number: int) -> DocRef:
    """The ref of a document; that of an existing one is taken from its record."""
    if isinstance(owner, SchemaRef) and owner.entity is not None:
        documents = getattr(owner.entity, "documents", None)
        record = documents.records.get(number) if documents is not None else None
        if record is not None:
            ref: DocRef = record.ref
            return ref
    return DocRef(owner, number)


def doc_id(_: Context, value: Value, position: Position) -> int:
    """The id of `{"ref": …, "id": …}`."""
    if type(value) not in (str, int):
        raise expected(position, "String or Number", type_name(value))
    try:
        return parse_id(value)
    except IdError as error:
        raise invalid_argument(position, error.description) from None


def _owner(_: Context, value: Value, position: Position) -> SchemaRef | NativeRef:
    """The ref of a collection of documents, of an unknown name too; keys are documents as well."""
    if isinstance(value, SchemaRef) and value.kind == "collections":
        return value
    if isinstance(value, NativeRef) and value.kind not in NUMBERED_KINDS:
        raise invalid_argument(position, "Regular Class Ref expected, Schema Class Ref provided.")
    if isinstance(value, NativeRef):
        return value
    raise expected(position, "Collection Ref", type_name(value))


@eager({"ref": _owner, "id": doc_id})
def _ref(_: Context, __: Position, owner: SchemaRef | NativeRef, number: int) -> Value:
    return make_doc_ref(owner, number)


@form("ref", "id", "scope")
def _scoped_ref(_: Compiler, __: dict[str, Any], ___: Scope, position: Position) -> Node:
    raise not_implemented(position, "A ref into another database")


def _define_by_name(key: str, kind: str) -> None:
    @eager({key: string})
    def _named(context: Context, _: Position, name: str) -> Value:
        return context.database.ref_to(kind, name)


def _define_scoped(key: str) -> None:
    @form(key, "scope")
    def _scoped(_: Compiler, __: dict[str, Any], ___: Scope, position: Position) -> Node:
        raise not_implemented(position, "A ref into another database")


def _define_list(key: str, kind: str) -> None:
    @form(key)
    def _list(compiler: Compiler, expression: dict[str, Any], scope: Scope, position: Position) -> Node:
        if expression[key] is not None:
            compiler.compile(expression[key], scope, (*position, key))
            raise not_implemented(position, f"The schema of another database ({key})")
        return Const(NativeRef(kind))


for _key, _kind in _BY_NAME.items():
    _define_by_name(_key, _kind)
    _define_scoped(_key)
for _key, _kind in _LISTS.items():
    _define_list(_key, _kind)


def _define_new_id(key: str) -> None:
    @eager({key: nothing}, effect=Effect.WRITE)
    def _new_id(context: Context, _: Position, __: None) -> Value:
        return str(context.database.ids.next(context.snapshot))


_define_new_id("new_id")
_define_new_id("next_id")
