"""References as the server writes them."""

from __future__ import annotations

from typing import Any


def schema_ref(name: str, kind: str = "collections") -> dict[str, Any]:
    """The ref of a collection, or of another kind of definition."""
    return {"@ref": {"id": name, "collection": {"@ref": {"id": kind}}}}


def document_ref(document_id: int, collection: str = "foo") -> dict[str, Any]:
    """The ref of a document."""
    return {"@ref": {"id": str(document_id), "collection": schema_ref(collection)}}


def id_of(document: dict[str, Any]) -> int:
    """The id of a document of an answer."""
    return int(document["ref"]["@ref"]["id"])
