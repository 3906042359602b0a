"""How many bytes the database stores for a value: the length of its CBOR.

Measured for objects and texts only. Other values that JSON knows follow the standard; for refs, times and their like,
which have encodings of the database's own, the length is an estimate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_fauna.values import Date, DocRef, NativeRef, Query, SchemaRef, Time, Uuid

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.values import Value


def _head(number: int) -> int:
    """The bytes of an integer, or of what announces so many bytes, elements or members."""
    if number < 24:
        return 1
    for size, bits in ((2, 8), (3, 16), (5, 32)):
        if number < 1 << bits:
            return size
    return 9


def _integer(value: int) -> int:
    return _head(value if value >= 0 else -1 - value)


def _text(value: str) -> int:
    size = len(value) if value.isascii() else len(value.encode())
    return _head(size) + size


def _object(value: dict[str, Value]) -> int:
    return _head(len(value)) + sum(_text(key) + stored_size(item) for key, item in value.items())


_SIZES: dict[type, Callable[[Any], int]] = {
    int: _integer,
    str: _text,
    dict: _object,
    list: lambda value: _head(len(value)) + sum(map(stored_size, value)),
    bytes: lambda value: _head(len(value)) + len(value),
    type(None): lambda _: 1,
    bool: lambda _: 1,
    float: lambda _: 9,
    DocRef: lambda _: 12,
    SchemaRef: lambda _: 12,
    NativeRef: lambda _: 12,
    Time: lambda _: 12,
    Date: lambda _: 6,
    Uuid: lambda _: 18,
    Query: lambda value: 1 + _object({"lambda": value.params, "expr": value.body}),
}


def stored_size(value: Value) -> int:
    """The bytes of a value that can be stored."""
    return _SIZES[type(value)](value)
