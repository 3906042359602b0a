"""The history of one document: its versions as create, update and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.query.comparison import identical
from local_fauna.values import Event

if TYPE_CHECKING:
    from local_fauna.store.version import Version
    from local_fauna.store.versions import Record
    from local_fauna.values import DocRef, SchemaRef, Value


def document_events(record: Record, floor: int) -> list[Event]:
    """The events of a document, oldest first.

    The version valid at `floor`, the minimum valid time, is a create; then comes what changed. Nothing before 1970 is
    listed.
    """
    oldest = record.at(floor)
    before: Version | None = None
    events = []
    for version in record.versions:
        if oldest is not None and version.ts < oldest.ts:
            continue
        event = _event(record.ref, before, version, floor)
        if event is not None and event.ts >= 0:
            events.append(event)
        before = version
    return events


def _event(ref: DocRef | SchemaRef, before: Version | None, version: Version, floor: int) -> Event | None:
    if version.deleted:
        return None if version.ts < floor else Event(version.ts, "delete", ref, None)
    data = version.fields.get("data")
    if before is None or before.deleted or before.expired(version.ts):
        return Event(version.ts, "create", ref, data)
    return Event(version.ts, "update", ref, difference(before.fields.get("data"), data))


def difference(old: Value, new: Value) -> Value:
    """The changed members of objects, deeply; a member that is gone shows as null. None if nothing changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return None if identical(old, new) else new
    changed: dict[str, Value] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old:
            changed[key] = value
        elif isinstance(value, dict) and isinstance(old[key], dict):
            inner = difference(old[key], value)
            if inner is not None:
                changed[key] = inner
        elif not identical(old[key], value):
            changed[key] = value
    return changed or None
