"""Values as wire JSON (recording `values`), in the dialect of an API version.

A document's encoding is kept with its version and spliced into the answer, so that a page of documents costs little.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson

from local_fauna.sets.sources import SetValue
from local_fauna.values import (
    NO_DATA,
    PLAIN,
    Date,
    DocRef,
    Document,
    Event,
    NativeRef,
    Page,
    Query,
    SchemaRef,
    Time,
    Uuid,
    as_list,
)
from local_fauna.wire.calendar_text import format_date, format_time
from local_fauna.wire.headers import LEGACY_VERSIONS, VERSIONS
from local_fauna.wire.java_double import format_double, special_double

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.values import Value

_COLLECTION_KEYS = {"class", "collection"}
_LAMBDAS = {"filter", "with"}
"""The members of `@set` that hold a lambda."""
_UNVERSIONED = VERSIONS.index("2.12")
"""The API version up to which lambdas are shown without their version."""
_LEGACY_KINDS = {"collections": "classes"}


def _double(value: float) -> object:
    special = special_double(value)
    return special if special is not None else orjson.Fragment(format_double(value).encode())


class Encoder:
    """Turns values into what orjson dumps.

    `legacy` is the dialect of API versions 2.0 and 2.1: `class` and `classes` in refs, `instance` in events. `renames`
    tells cached encodings of older names from fresh ones.
    """

    def __init__(self, *, api_version: str, renames: int) -> None:
        self._version = api_version
        self._legacy = api_version in LEGACY_VERSIONS
        self._collection_key = "class" if self._legacy else "collection"
        self._renames = renames
        self._by_level = False
        self._encoders: dict[type, Callable[[Any], object]] = {
            list: self._array,
            dict: self._object,
            float: _double,
            bytes: lambda value: {"@bytes": base64.b64encode(value).decode()},
            Time: lambda value: {"@ts": format_time(value.nanos)},
            Date: lambda value: {"@date": format_date(value.days)},
            Uuid: lambda value: {"@uuid": value.text},
            Query: self._query,
            NativeRef: lambda value: {"@ref": {"id": self._kind(value.kind)}},
            SchemaRef: self._schema_ref,
            DocRef: self._doc_ref,
            Document: self._document,
            Event: self._event,
            Page: self._page,
        }

    def dumps(self, resource: Value) -> bytes:
        """The body of a successful answer."""
        try:
            return orjson.dumps({"resource": self.wire(resource)})
        except orjson.JSONEncodeError:
            # orjson stops at 254 levels; level by level there is no such limit.
            self._by_level = True
            return orjson.dumps({"resource": self.wire(resource)})

    def wire(self, value: Value) -> object:
        """The value as something orjson can dump."""
        kind = type(value)
        if kind in PLAIN:
            return value
        encode = self._encoders.get(kind)
        if encode is not None:
            return encode(value)
        if isinstance(value, SetValue):
            return self._set(value.parameters())
        return value

    def _container(self, value: object) -> object:
        return orjson.Fragment(orjson.dumps(value)) if self._by_level else value

    def _array(self, value: list[Value]) -> object:
        return self._container([self.wire(item) for item in value])

    def _members(self, value: dict[str, Value]) -> object:
        return self._container({key: self.wire(item) for key, item in value.items()})

    def _object(self, value: dict[str, Value]) -> object:
        members = self._members(value)
        return {"@obj": members} if any(key.startswith("@") for key in value) else members

    def _kind(self, kind: str) -> str:
        return _LEGACY_KINDS.get(kind, kind) if self._legacy else kind

    def _schema_ref(self, value: SchemaRef) -> object:
        native = {"@ref": {"id": self._kind(value.kind)}}
        return {"@ref": {"id": value.name, self._collection_key: native}}

    def _doc_ref(self, value: DocRef) -> object:
        return {"@ref": {"id": str(value.id), self._collection_key: self.wire(value.collection)}}

    def _document(self, value: Document) -> object:
        if self._legacy or value.extra:
            return self._members(self._shown(value))
        cached = value.version.wire
        if cached is None or cached[0] != self._renames:
            fragment = orjson.Fragment(orjson.dumps(self._members(self._shown(value))))
            cached = value.version.wire = (self._renames, fragment)
        return cached[1]

    def _shown(self, value: Document) -> dict[str, Value]:
        """The members; the sources of an index have the word of the dialect, whichever is stored."""
        members = value.members()
        if isinstance(value.ref, SchemaRef) and value.ref.kind == "indexes":
            source = members["source"]
            named = [self._source(part) for part in as_list(source)]
            members["source"] = named if isinstance(source, list) else named[0]
        return members

    def _source(self, value: Value) -> Value:
        if not isinstance(value, dict):
            return value
        return {self._collection_key if key in _COLLECTION_KEYS else key: item for key, item in value.items()}

    def _set(self, parameters: Value) -> object:
        if not isinstance(parameters, dict):
            return self.wire(parameters)
        # A lambda is no value here: it has no tag.
        made = {
            key: self._lambda(item) if key in _LAMBDAS and isinstance(item, Query) else self.wire(item)
            for key, item in parameters.items()
        }
        return {"@set": self._container(made) if made else None}

    def _page(self, value: Page) -> object:
        members = value.members()
        for key in ("before", "after"):
            cursor = members.get(key)
            if isinstance(cursor, Event) and cursor.of_document:
                members[key] = Event(cursor.ts, cursor.action, cursor.ref, NO_DATA)
        return self._members(members)

    def _event(self, value: Event) -> object:
        members = value.members()
        if self._legacy and "document" in members:
            members["instance"] = members.pop("document")
        return self._members(members)

    def _query(self, value: Query) -> object:
        return {"@query": self._lambda(value)}

    def _lambda(self, value: Query) -> object:
        """The lambda; its version is shown only if that or the version of the request tells lambdas apart."""
        shown = {"lambda": value.params, "expr": self._raw(value.body) if self._by_level else value.body}
        if max(map(VERSIONS.index, (value.api_version, self._version))) > _UNVERSIONED:
            shown = {"api_version": value.api_version, **shown}
        return shown

    def _raw(self, value: object) -> object:
        if isinstance(value, list):
            return self._container([self._raw(item) for item in value])
        return (
            self._container({key: self._raw(item) for key, item in value.items()}) if isinstance(value, dict) else value
        )
