"""The values of a document that an index holds, by the path of a field (recordings `index`, `index_forms`)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from local_fauna.errors import not_implemented
from local_fauna.values import ABSENT, DocRef, NativeRef, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.store.version import Version
    from local_fauna.values import Value

    Path = tuple[str | int, ...]

_INVISIBLE = dict.fromkeys(
    number
    for first, last in (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for number in range(first, last + 1)
)  # fmt: skip
"""Characters that folding drops: the default ignorable ones."""
_UNSURE = frozenset("\u0345\u037a")
"""Characters that fold to a letter, whose order among other marks Python and ICU disagree about."""


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
    """A text without the difference of capitals (NFKC_Casefold of Unicode); any other value as it is."""
    if not isinstance(value, str):
        return value
    if not _UNSURE.isdisjoint(value):
        raise not_implemented(None, "Folding a text with a Greek iota subscript of its own")
    plain = unicodedata.normalize("NFKC", value).translate(_INVISIBLE)
    return unicodedata.normalize("NFKC", plain.casefold().translate(_INVISIBLE))
