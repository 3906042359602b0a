"""The definitions of collections and indexes, in every form in which a server shows them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from source_fauna.errors.errors import not_fauna
from source_fauna.records.values import Json


def _signatures(value: Json) -> Json:
    """The signatures in a collection's `fields`, `{name: {"signature": "String"}}`, without what has another form."""
    if not isinstance(value, dict):
        return {}
    signatures = {name: each.get("signature") for name, each in value.items() if isinstance(each, dict)}
    return {name: signature for name, signature in signatures.items() if isinstance(signature, str)}


def _each(value: Json) -> Json:
    """The elements of `values` or `terms`: the server accepts one bare object in place of a list, and shows it so."""
    if isinstance(value, list | tuple):
        return tuple(value)
    return () if value is None else (value,)


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The definition of a collection.

    `ts` is the time of its last change (microseconds). A `history_days` of None means that history is kept without
    limit. `fields` maps the fields of a typed collection to their signatures, for example `"String"` or
    `"Ref<Product>?"`; it is empty for a collection without types.
    """

    name: str
    ts: int
    history_days: int | None = None
    fields: Annotated[Mapping[str, str], BeforeValidator(_signatures)] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Index:
    """The definition of an index.

    The server shows `source`, and each of `values` and `terms`, in the form in which the index was created (recording
    `index_forms`).
    """

    name: str
    ts: int
    active: bool
    source: Json
    values: Annotated[tuple[Json, ...], BeforeValidator(_each)] = ()
    terms: Annotated[tuple[Json, ...], BeforeValidator(_each)] = ()

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """The names of the collections that it indexes; `_` stands for all collections."""
        return tuple(_source_names(self.source))


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """The collections and indexes of a database in the server's order, which is the order of their creation.

    `indexes` is None when the key may not list them. `refused` names the indexes whose entries the key may not read.
    `hidden` names the indexes that exist although the list does not show them to the key. `unclear_collections` and
    `unclear_indexes` name those whose definition could not be understood; they are not among the others.
    """

    collections: tuple[Collection, ...]
    indexes: tuple[Index, ...] | None
    refused: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    unclear_collections: frozenset[str] = frozenset()
    unclear_indexes: frozenset[str] = frozenset()

    @cached_property
    def index_names(self) -> frozenset[str]:
        """The names of all indexes that are known to exist."""
        return frozenset(self._by_name) | self.hidden | self.unclear_indexes

    def index(self, name: str) -> Index | None:
        """The index of this name."""
        return self._by_name.get(name)

    def indexes_of(self, collection: str) -> tuple[Index, ...]:
        """The indexes whose only source is this collection, in the server's order."""
        return tuple(self._by_source.get(collection, ()))

    def without(self, collections: Container[str]) -> Definitions:
        """A copy without the collections of these names."""
        return replace(self, collections=tuple(one for one in self.collections if one.name not in collections))

    def refusing(self, indexes: frozenset[str]) -> Definitions:
        """A copy for a key that may not read the entries of the indexes of these names."""
        return replace(self, refused=indexes)

    @cached_property
    def _by_name(self) -> Mapping[str, Index]:
        return {index.name: index for index in self.indexes or ()}

    @cached_property
    def _by_source(self) -> Mapping[str, list[Index]]:
        found: dict[str, list[Index]] = {}
        for index in self.indexes or ():
            if len(index.source_names) == 1:
                found.setdefault(index.source_names[0], []).append(index)
        return found


Definition = TypeVar("Definition", Collection, Index)

COLLECTION = TypeAdapter(Collection)
INDEX = TypeAdapter(Index)


def name_in(definition: Json) -> str:
    """The name of a collection or index. Raises FaunaError NOT_FAUNA if this is no definition of a Fauna database."""
    name = definition.get("name") if isinstance(definition, dict) else None
    if not isinstance(name, str):
        raise not_fauna()
    return name


def understood(kind: TypeAdapter[Definition], definition: Json) -> Definition | None:
    """The definition as an object of its kind, or None if a key is missing or has a value of another type."""
    try:
        return kind.validate_python(definition)
    except ValidationError:
        return None


def index_of(definition: Json) -> Index:
    """The definition of an index. Raises FaunaError NOT_FAUNA if it cannot be understood."""
    index = understood(INDEX, definition)
    if index is None:
        raise not_fauna()
    return index


def _source_names(source: Json) -> Iterator[str]:
    """The names in a source, which is `_`, a reference, an object with one or several in `collection`, or a list.

    An object may also define bindings in `fields`; they only add values.
    """
    if isinstance(source, list):
        for each in source:
            yield from _source_names(each)
    elif isinstance(source, dict) and "collection" in source:
        yield from _source_names(source["collection"])
    elif isinstance(source, dict):
        reference = source.get("@ref")
        yield _text(reference.get("id") if isinstance(reference, dict) else None)
    else:
        yield _text(source)


def _text(name: Json) -> str:
    return name if isinstance(name, str) else "?"
