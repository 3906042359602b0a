"""Tagged values in a request: `@ref @ts @date @bytes @uuid @query @set @obj` (recording `values`)."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local_fauna.errors import FaunaError, internal, not_implemented
from local_fauna.query.closures import UNVERSIONED, as_shown, lambda_version
from local_fauna.query.compiler import Compiler, Const, tag
from local_fauna.query.forms.refs import IdError, make_doc_ref, parse_id
from local_fauna.store.database import NUMBERED_KINDS, SCHEMA_KINDS
from local_fauna.values import Date, DocRef, NativeRef, Query, Time, Uuid
from local_fauna.wire.calendar_text import parse_date, parse_time
from local_fauna.wire.headers import UNSTABLE, VERSIONS

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.compiler import Node, Scope
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_SETS = {
    frozenset(keys.split())
    for keys in (
        "match", "match index", "match terms", "singleton", "events", "documents", "union", "intersection",
        "difference", "distinct", "reverse", "range from to", "join with", "filter collection",
    )
}  # fmt: skip
"""The members of a tagged set."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_KINDS = {"classes": "collections"}
_NATIVE = (*SCHEMA_KINDS, *NUMBERED_KINDS)


@tag("@ts")
def _ts(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    text = form["@ts"]
    nanos = parse_time(text) if isinstance(text, str) else None
    return compiler.fail(position, "Invalid time.") if nanos is None else Const(Time(nanos))


@tag("@date")
def _date(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    text = form["@date"]
    days = parse_date(text) if isinstance(text, str) else None
    return compiler.fail(position, "Invalid date.") if days is None else Const(Date(days))


@tag("@bytes")
def _bytes(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    text = form["@bytes"]
    if not isinstance(text, str):
        return compiler.fail(position, "Invalid bytes.")
    bad = next((c for c in text if not _BASE64.fullmatch(c)), None)
    if bad is not None:
        raise internal(f"java.lang.IllegalArgumentException: Illegal base64 character {ord(bad):x}")
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return Const(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except binascii.Error:
        message = "java.lang.IllegalArgumentException: Last unit does not have enough valid bits"
        raise internal(message) from None


@tag("@uuid")
def _uuid(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    try:
        return Const(Uuid(str(uuid.UUID(form["@uuid"]))))
    except (ValueError, AttributeError, TypeError):
        return compiler.fail(position, "Invalid UUID.")


@tag("@query")
def _query(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    content = form["@query"]
    if not isinstance(content, dict) or not {"lambda", "expr"} <= set(content) <= {"lambda", "expr", "api_version"}:
        return compiler.fail(position, "Invalid lambda.")
    version = content.get("api_version", UNVERSIONED)
    if version == UNSTABLE:
        raise not_implemented(position, "API version UNSTABLE")
    if version not in VERSIONS:
        return compiler.fail(position, "Invalid lambda.")
    inner = Compiler(api_version=version)
    if inner.lambda_({"lambda": content["lambda"], "expr": content["expr"]}, {}, position) and inner.unbound:
        inner.fail(position, "Invalid lambda.")
    inner.errors.raise_if_any()
    return Const(Query(lambda_version(version), content["lambda"], as_shown(content["expr"])))


@tag("@set")
def _set(compiler: Compiler, form: dict[str, Any], scope: Scope, position: Position) -> Node:
    """A set as answers show it. It holds tagged values and no forms; what is wrong with it is wrong in the query."""
    content = form["@set"]
    if not isinstance(content, dict) or frozenset(content) not in _SETS:
        return compiler.fail(position, "Invalid set.")
    lambda_key = next((key for key in ("filter", "with") if isinstance(content.get(key), dict)), None)
    written = content.get(lambda_key)
    if isinstance(written, dict) and "lambda" in written:
        content = {**content, lambda_key: _own_lambda(compiler, written, position)}
    elif "filter" in content or "with" in content:
        raise not_implemented(position, "A set made with something else than a lambda")
    if not all(_holds_no_form(item) for key, item in content.items() if key != lambda_key):
        raise not_implemented(position, "A form within a tagged set")
    node = compiler.compile(content, scope, position)

    def run(context: Context) -> Value:
        try:
            return node(context)
        except FaunaError as error:
            if error.ends_query:
                raise
            items = tuple(replace(item, code="invalid expression", status=400) for item in error.items)
            raise FaunaError(items) from None

    return run


def _own_lambda(compiler: Compiler, written: dict[str, Any], position: Position) -> dict[str, Any]:
    if written.get("api_version", compiler.api_version) != compiler.api_version:
        raise not_implemented(position, "A set with a lambda of another API version")
    return {key: item for key, item in written.items() if key != "api_version"}


def _holds_no_form(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_holds_no_form, value))
    return not isinstance(value, dict) or Compiler.is_tagged(value)


@tag("@obj")
def _obj(compiler: Compiler, form: dict[str, Any], scope: Scope, position: Position) -> Node:
    content = form["@obj"]
    if not isinstance(content, dict):
        return compiler.fail(position, "Invalid object.")
    return compiler.compile(content, scope, (*position, "@obj"))


@tag("@ref")
def _ref(compiler: Compiler, form: dict[str, Any], _: Scope, position: Position) -> Node:
    content = form["@ref"]
    ids = content.split("/") if isinstance(content, str) else _ids(content, position)
    try:
        node = None if ids is None else _ref_node(ids)
    except IdError as error:
        return compiler.fail(position, error.description)
    if node is None and isinstance(content, dict):
        raise not_implemented(position, "What is wrong with this ref")
    return compiler.fail(position, "Invalid ref.") if node is None else node


def _ids(content: object, position: Position) -> list[str] | None:
    """The ids of nested refs from the native one inwards, such as `collections`, `c`, `1`; None if they are none."""
    if isinstance(content, dict) and set(content) == {"@ref"}:
        content = content["@ref"]
    if not isinstance(content, dict):
        return None
    if "database" in content:
        raise not_implemented(position, "A ref into another database")
    if not set(content) <= {"id", "collection", "class"}:
        return None
    number = content.get("id")
    if isinstance(number, bool) or not isinstance(number, (str, int)):
        return None
    owner = content.get("collection", content.get("class"))
    outer = [] if owner is None else _ids(owner, position)
    return None if outer is None else [*outer, str(number)]


def _ref_node(ids: list[str]) -> Node | None:
    """The node of the ref with these ids. Raises IdError for a document's id that is none."""
    kind = _KINDS.get(ids[0], ids[0])
    if kind not in _NATIVE:
        return None
    native = NativeRef(kind)
    if len(ids) == 1:
        return Const(native)
    if kind in NUMBERED_KINDS:
        return Const(DocRef(native, parse_id(ids[1]))) if len(ids) == 2 else None
    name = ids[1]
    if len(ids) == 2:
        return lambda context: context.database.ref_to(kind, name)
    if kind != "collections" or len(ids) > 3:
        return None
    number = parse_id(ids[2])
    return lambda context: make_doc_ref(context.database.ref_to(kind, name), number)
