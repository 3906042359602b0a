"""The values of a document that an index holds, by the path of a field (recordings `index`, `index_forms`)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from local_fauna.values import ABSENT, DocRef, NativeRef, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.store.version import Version
    from local_fauna.values import Value

    Path = tuple[str | int, ...]


def field_values(ref: DocRef | SchemaRef, version: Version, path: Path, *, spread: bool) -> list[Value]:
    """The values at a path of a document; none if there are none.

    With `spread` arrays on the way stand for their elements, and so do those at the end.
    """
    if not path:
        return []
    value = _top(ref, version, path[0])
    return (
        list(_spread(value, path[1:])) if spread else [found for found in [_at(value, path[1:])] if found is not ABSENT]
    )


def _top(ref: DocRef | SchemaRef, version: Version, step: str | int) -> Value:
    if step == "ref":
        return ref
    if step == "ts":
        return version.ts
    if step == "class":
        return ref.collection if isinstance(ref, DocRef) else NativeRef(ref.kind)
    if step == "ttl":
        return ABSENT if version.ttl is None else version.ttl
    return version.fields.get(step, ABSENT) if isinstance(step, str) else ABSENT


def _step(value: Value, step: str | int) -> Value:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and 0 <= step < len(value) else ABSENT
    if isinstance(value, dict):
        return value.get(step, ABSENT)
    if isinstance(value, DocRef):
        return {"id": str(value.id), "collection": value.collection, "class": value.collection}.get(step, ABSENT)
    if isinstance(value, SchemaRef):
        native = NativeRef(value.kind)
        return {"id": value.name, "collection": native, "class": native}.get(step, ABSENT)
    return ABSENT


def _at(value: Value, path: Path) -> Value:
    for step in path:
        value = _step(value, step)
    return value


def _spread(value: Value, path: Path) -> Iterator[Value]:
    if isinstance(value, list) and not (path and isinstance(path[0], int)):
        for item in value:
            yield from _spread(item, path)
    elif path:
        yield from _spread(_step(value, path[0]), path[1:])
    elif value is not ABSENT:
        yield value


def flat(value: Value) -> list[Value]:
    """The elements of an array and of those within it; of any other value itself."""
    return list(_spread(value, ()))


def casefolded(value: Value) -> Value:
    """A text without the difference of capitals, compatibility forms composed; any other value as it is."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
