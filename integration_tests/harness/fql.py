"""What tests do to documents, as expressions of the driver: several of them make one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faunadb import query as q


def ref(collection: str, document_id: int) -> Any:
    """The ref of a document."""
    return q.ref(q.collection(collection), str(document_id))


def params(data: Mapping[str, Any] | None = None, *, ttl: int | None = None) -> dict[str, Any]:
    """The second argument of a write; ttl in microseconds."""
    given: dict[str, Any] = {} if data is None else {"data": data}
    return given if ttl is None else {**given, "ttl": q.epoch(ttl, "microsecond")}


def create(collection: str, document_id: int, data: Mapping[str, Any] | None = None, *, ttl: int | None = None) -> Any:
    """Make a document."""
    return q.create(ref(collection, document_id), params(data, ttl=ttl))


def create_wired(collection: str, document_id: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Make a document of wire JSON, in which `{"@ts": …}` and its like are values, as no builder leaves them."""
    return {"create": ref(collection, document_id), "params": {"object": {"data": _wired(data)}}}


def _wired(value: Any) -> Any:
    if isinstance(value, Mapping) and not (len(value) == 1 and next(iter(value)).startswith("@")):
        return {"object": {key: _wired(member) for key, member in value.items()}}
    return [_wired(each) for each in value] if isinstance(value, list) else value


def update(collection: str, document_id: int, data: Mapping[str, Any] | None = None, *, ttl: int | None = None) -> Any:
    """Merge into a document."""
    return q.update(ref(collection, document_id), params(data, ttl=ttl))


def delete(collection: str, document_id: int) -> Any:
    """Delete a document."""
    return q.delete(ref(collection, document_id))


def may_read(resource: Any, condition: Any = True) -> dict[str, Any]:
    """The privilege to read something, under a condition if there is one."""
    return {"resource": resource, "actions": {"read": condition}}


def bound(collection: str) -> dict[str, Any]:
    """The source of an index with a binding `x`: the member n of the data."""
    number = q.query(q.lambda_("document", q.select(["data", "n"], q.var("document"), 0)))
    return {"collection": q.collection(collection), "fields": {"x": number}}


def reads(collection: str, *, index: str | None = None) -> list[dict[str, Any]]:
    """The privileges to read a collection and its index."""
    return [may_read(q.collection(collection)), may_read(q.index(index or f"{collection}_ts"))]
