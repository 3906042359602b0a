"""The order of values in an index (recording `index`), as keys that Python compares.

Numbers < bytes < strings (collated) < arrays < objects < refs < times < dates < UUIDs < false < true < null. How sets,
documents or stored lambdas are ordered is not known. Refs are ordered by id, then by collection; the ids of schema
documents are their internal numbers. Ids are compared as unsigned numbers, so negative ones come after all others
(recording `negative_ids`).
"""

from __future__ import annotations

import math
from functools import total_ordering
from typing import TYPE_CHECKING, Any, TypeAlias

from local_fauna.errors import not_implemented
from local_fauna.store.collation import collated
from local_fauna.values import Action, Date, DocRef, NativeRef, SchemaRef, Time, Uuid

if TYPE_CHECKING:
    from local_fauna.values import Value

Key: TypeAlias = tuple[Any, ...]

_NUMBER, _BYTES, _STRING, _ARRAY, _OBJECT, _REF, _UNKNOWN, _TIME, _DATE, _UUID, _BOOLEAN, _NULL = range(1, 13)
NATIVE_NUMBERS = {
    kind: number
    for number, kind in enumerate(
        ("databases", "collections", "indexes", "keys", "tokens", "credentials", "functions", "roles")
    )
}
"""The internal numbers of the native collections, all below those of user collections."""
_UNSIGNED = 2**64
_EXACT = 2**53
"""Integers up to here are doubles too."""
_LARGEST_ID = 2**63 - 1

NULL: Key = (_NULL,)
HIGH: Key = (_NULL + 1,)
"""Sorts behind every value: the padding of an upper bound."""


@total_ordering
class Reversed:
    """A key in descending order, for values with `reverse`; behind the keys of other sets that are not reversed."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reversed) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __lt__(self, other: object) -> bool:
        return other.key < self.key if isinstance(other, Reversed) else other == HIGH

    def __gt__(self, other: object) -> bool:
        return other.key > self.key if isinstance(other, Reversed) else other != HIGH


def doc_key(number: int, collection: int) -> Key:
    """The key of a document: its id first, then the internal number of its collection."""
    return (_REF, number if number >= 0 else number + _UNSIGNED, collection)


LAST_LISTED: Key = (_REF, _LARGEST_ID, math.inf)
"""Not below the key of any document whose id is not below zero."""


def is_negative(doc: Key) -> bool:
    """Whether the key is that of a document with an id below zero."""
    return bool(doc[0] == _REF and doc[1] > _LARGEST_ID)


def signed(doc: Key) -> Key:
    """The key of a document in the order of ids with their sign."""
    return (_REF, doc[1] - _UNSIGNED, doc[2]) if is_negative(doc) else doc


class _LargeInteger(int):
    """An integer that doubles may round: the database rounds it too to compare it with one."""

    __slots__ = ()
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return float(self) == float(other) if isinstance(other, float) else int.__eq__(self, other)

    def __lt__(self, other: Any) -> bool:
        return float(self) < float(other) if isinstance(other, float) else int.__lt__(self, other)

    def __gt__(self, other: Any) -> bool:
        return float(self) > float(other) if isinstance(other, float) else int.__gt__(self, other)


class _LargeDouble(float):
    """A double so large that an integer is rounded before it is compared with it."""

    __slots__ = ()
    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        return float.__eq__(self, float(other) if isinstance(other, int) else other)

    def __lt__(self, other: Any) -> bool:
        return float.__lt__(self, float(other))

    def __gt__(self, other: Any) -> bool:
        return float.__gt__(self, float(other))


def _integer(value: int) -> Key:
    return (_NUMBER, value if -_EXACT <= value <= _EXACT else _LargeInteger(value), 0)


def _number(value: float) -> Key:
    if math.isnan(value):
        return (_NUMBER, math.inf, 1)
    if abs(value) >= _EXACT:
        return (_NUMBER, _LargeDouble(value), 0)
    return (_NUMBER, value, -1 if value == 0 and math.copysign(1, value) < 0 else 0)


def _schema(value: SchemaRef) -> Key:
    if value.entity is None:
        return (_UNKNOWN, value.kind, value.name)
    return (_REF, value.entity.number, NATIVE_NUMBERS[value.kind])


def _doc(value: DocRef) -> Key:
    collection = value.collection
    if isinstance(collection, NativeRef):
        return doc_key(value.id, NATIVE_NUMBERS[collection.kind])
    return doc_key(value.id, collection.entity.number if collection.entity else -1)


class Unordered:
    """The key of a document, set or the like: not to be compared with an object."""

    __slots__ = ()

    def __lt__(self, _: object) -> bool:
        raise not_implemented(None, "The order of objects")

    __le__ = __gt__ = __ge__ = __lt__


def _object(value: dict[str, Value]) -> Key:
    """The members by name, in the order in which Java sorts them, each name before its value."""
    members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
    return (_OBJECT, *(key for name, item in members for key in (value_key(name), value_key(item))))


def _array(value: list[Value]) -> Key:
    return (_ARRAY, *(value_key(item) for item in value))


_KEYS: dict[type, Any] = {
    int: _integer,
    float: _number,
    bytes: lambda value: (_BYTES, value),
    str: lambda value: (_STRING, collated(value)),
    Action: lambda value: (_STRING, collated(value)),
    type(None): lambda _: NULL,
    DocRef: _doc,
    SchemaRef: _schema,
    NativeRef: lambda value: (_REF, NATIVE_NUMBERS[value.kind], NATIVE_NUMBERS["collections"]),
    Time: lambda value: (_TIME, value.nanos),
    Date: lambda value: (_DATE, value.days),
    Uuid: lambda value: (_UUID, value.text),
    list: _array,
    bool: lambda value: (_BOOLEAN, value),
}


def value_key(value: Value) -> Key:
    """The key of one value. Keys of all types compare with each other."""
    make = _KEYS.get(type(value))
    if make is None:
        return _object(value) if type(value) is dict else (_OBJECT, Unordered())
    key: Key = make(value)
    return key


def term_key(value: Value) -> Key:
    """The key of a value as a term of an index: what is not of one type is not the same, as 1 and 1.0."""
    if isinstance(value, list):
        return (_ARRAY, *map(term_key, value))
    return (isinstance(value, float), value_key(value))


def has_place(value: Value) -> bool:
    """Whether an index shows the value as it is: not an object, a set or a stored lambda."""
    return type(value) in _KEYS
