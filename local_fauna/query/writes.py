"""What a write does to a document: values made fit to be stored, versions made and checked (recording `values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import bad_request, fault, invalid_type, not_implemented, validation_failed
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.one_document import HistorySet
from local_fauna.sets.sources import SetValue, refuse_to_encode
from local_fauna.store.cbor import stored_size
from local_fauna.store.entities import DAY, Collection
from local_fauna.store.version import Version
from local_fauna.values import NO_DATA, PLAIN, Action, DocRef, Document, Event, NativeRef, Page, SchemaRef, Time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.store.versions import Record
    from local_fauna.values import Value

_LARGEST = 8 * 1024 * 1024
"""Bytes of one version."""
_MILLISECOND_NANOS = 1_000_000
_STORED_TYPES = {
    "bool": "Boolean", "int": "Long", "float": "Double", "str": "String", "list": "Array", "dict": "Map",
    "bytes": "Bytes", "Time": "Time", "Date": "Date", "Uuid": "UUID", "Query": "Query", "NoneType": "Null",
    "Action": "String", "DocRef": "Ref", "SchemaRef": "Ref", "NativeRef": "Ref", "Document": "Map", "Page": "Map",
    "Event": "Map",
}  # fmt: skip


def stored_type(value: Value) -> str:
    """The name of a value's type in failures ("Invalid type Long, expected type Map.")."""
    return _STORED_TYPES.get(type(value).__name__, "Map")


def storable(value: Value) -> Value:
    """The value as it is stored: without nulls, sets as plain objects."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [storable(item) for item in value if item is not None]
    if isinstance(value, SetValue):
        return _stored_set(value)
    if isinstance(value, (Document, Event, Page)):
        return storable(_stored_members(value))
    return str(value) if isinstance(value, Action) else value


def _stored_set(value: SetValue) -> Value:
    """A set as it is stored. Raises FaunaError (500) for those that the server cannot store."""
    if isinstance(value, EventsSet):
        return {"@set": {"events": value.document.ref if isinstance(value, HistorySet) else _stored_set(value.base)}}
    refuse_to_encode(value)
    parameters = value.parameters()
    return {"@set": storable(parameters)} if isinstance(parameters, dict) else parameters


def _stored_members(value: Document | Event | Page) -> dict[str, Value]:
    """A document has its collection as well; an event has its oldest names, and that of a document not what changed."""
    if isinstance(value, Document):
        owner = value.ref.collection if isinstance(value.ref, DocRef) else NativeRef(value.ref.kind)
        return {**value.members(), "class": owner, "collection": owner}
    if isinstance(value, Page):
        return value.members()
    stored: dict[str, Value] = {"ts": value.ts, "action": value.action, "resource": value.ref}
    return stored if value.of_document or value.data is NO_DATA else {**stored, "values": value.data}


def refuse_unreadable(given: Value, position: Position) -> None:
    """Raise FaunaError if refs in what a request gives cannot be resolved. What is stored already is never asked."""
    bad = list(_unreadable(given, [str(step) for step in position]))
    if bad:
        raise validation_failed(position, *((where, "invalid reference", "Cannot read reference.") for where in bad))


def _unreadable(value: Value, path: list[str | int]) -> Iterator[list[str | int]]:
    """The paths of the refs that cannot be resolved."""
    if isinstance(value, dict):
        for key, item in value.items():
            if type(item) not in PLAIN:
                yield from _unreadable(item, [*path, key])
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if type(item) not in PLAIN:
                yield from _unreadable(item, [*path, str(place)])
    elif isinstance(value, SetValue):
        yield from _unreadable(value.parameters(), path)
    elif isinstance(value, (Document, Page, Event)):
        yield from _unreadable(value.members(), path)
    else:
        owner = value.collection if isinstance(value, DocRef) else value
        if isinstance(owner, SchemaRef) and not owner.known:
            yield path


def merged(old: dict[str, Value], new: dict[str, Value]) -> dict[str, Value]:
    """What `update` makes: objects merge deeply, null deletes, everything else is replaced."""
    made = dict(old)
    for key, value in new.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merged(made[key], value)
        else:
            made[key] = value
    return made


class DocumentParams:
    """The `params` of a write to a document: `data` and `ttl` are read, everything else is ignored."""

    def __init__(self, params: dict[str, Value], position: Position) -> None:
        self._params = params
        data, ttl = params.get("data"), params.get("ttl")
        failures = []
        if data is not None and not isinstance(data, (dict, Document)):
            failures.append(invalid_type(["data"], stored_type(data), "Map"))
        if ttl is not None and not isinstance(ttl, Time):
            failures.append(invalid_type(["ttl"], stored_type(ttl), "Timestamp"))
        if failures:
            raise validation_failed(position, *failures)
        self.ttl: Time | None = ttl
        self.names_ttl = "ttl" in params
        self._data = data.members() if isinstance(data, Document) else data

    def replacing(self) -> dict[str, Value]:
        """The fields of a new document."""
        data = storable(self._data)
        return {"data": data} if data else {}

    def updating(self, old: dict[str, Value]) -> dict[str, Value]:
        """The fields of a document that is updated."""
        if "data" not in self._params:
            return old
        if self._data is None:
            return {}
        data = storable(merged(old.get("data", {}), self._data))
        return {"data": data} if data else {}


def ttl_by_days(context: Context, collection: Collection) -> Time | None:
    """The ttl that `ttl_days` of the collection gives: snapshot plus days, in milliseconds."""
    if collection.ttl_days is None:
        return None
    if collection.ttl_days < 0:
        raise not_implemented(None, "A document of a collection with negative ttl_days")
    nanos = (context.snapshot + collection.ttl_days * DAY) * 1000
    return Time(nanos - nanos % _MILLISECOND_NANOS)


def require_present(context: Context, position: Position) -> None:
    """Raise FaunaError if an At stands around the write: writes are only possible at the snapshot."""
    if context.at is not None and context.at != context.snapshot:
        raise fault("invalid write time", "Cannot write outside of snapshot time.", position)


def next_version(
    context: Context, record: Record, fields: dict[str, Value], ttl: Time | None, *, created: bool
) -> Version:
    """The version that this transaction gives a document. A document that it has created stays a created one."""
    ts = context.run.transaction.ts
    earlier = record.at(ts - 1)
    lived = earlier is not None and not earlier.deleted and not earlier.expired(context.snapshot)
    last = record.versions[-1] if record.versions else None
    kept = last is not None and last.ts == ts and last.recreated
    return Version(ts, fields, ttl=ttl, recreated=kept or (created and lived))


def check_size(version: Version) -> None:
    """Raise FaunaError if the version is too large to be stored."""
    size = stored_size(version.fields if version.ttl is None else {**version.fields, "ttl": version.ttl})
    if size > _LARGEST:
        raise bad_request(f"Version bytes ({size}) exceeds threshold ({_LARGEST})")


def check_unique(context: Context, collection: Collection, record: Record, version: Version, place: Position) -> None:
    """Raise FaunaError if the version takes what another document holds in a unique index."""
    for index in context.database.indexes():
        if index.unique and index.covers(collection) and index.conflict(record.ref, version):
            raise fault("instance not unique", "document is not unique.", place)
