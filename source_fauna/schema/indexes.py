"""The one rule which index serves a collection, and what to tell its user when none does.

An index serves when its source is that collection alone, its values begin with ts and ref, it has no terms, and it has
been built. The server returns each of these in the form it was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from source_fauna.errors.errors import ConfigError, TransientError, UserError
from source_fauna.records.values import Json
from source_fauna.schema.definitions import Collection, Definitions, Index

REQUIRED_VALUES = ("ts", "ref")
"""What the values of an index that serves begin with."""


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Why a collection cannot be read incrementally, and what to do about it: two sentences without their dots.

    When it `passes` by itself it is enough to wait.
    """

    reason: str
    remedy: str
    passes: bool = False

    def __str__(self) -> str:
        return f"{self.reason}. {self.remedy}."

    def error(self, stream: str) -> UserError:
        """The error when a stream is to be read incrementally all the same."""
        told = f"Stream '{stream}' cannot be synced incrementally. {self}"
        if self.passes:
            return TransientError(f"{told} Sync again then.")
        return ConfigError(f"{told} Then refresh the source's schema, or choose full refresh for this stream.")


NO_LIST = Lack(reason="No permissions to list indexes", remedy="Give the key's role read on Indexes()")


def refused_index(name: str) -> Lack:
    """That the key may not read the index."""
    return Lack(reason=f"The key may not read index '{name}'", remedy="Give its role read on it")


def fitting_indexes(
    collection: Collection, indexes: Iterable[Index] | None, preferred_name: str | None
) -> tuple[Index, ...]:
    """All indexes that serve the collection; with a preferred name, at most that.

    Those that hold nothing but the required values come first: they alone are complete.
    """
    fitting = [
        index
        for index in indexes or ()
        if preferred_name in (None, index.name) and misfit(index, collection.name) is None
    ]
    return tuple(sorted(fitting, key=may_lack_documents))


def may_lack_documents(index: Index) -> bool:
    """Whether it holds more than it has to: a document is missing from it when one of its values is too long."""
    return len(index.values) > len(REQUIRED_VALUES)


def index_or_lack(collection: Collection, definitions: Definitions, preferred_name: str | None) -> Index | Lack:
    """The first index that serves the collection and may be read, or why there is none."""
    fitting = fitting_indexes(collection, definitions.indexes, preferred_name)
    for index in fitting:
        if index.name not in definitions.refused:
            return index
    if definitions.indexes is None:
        return NO_LIST
    if fitting:
        return refused_index(fitting[0].name)
    for index in definitions.indexes:
        if preferred_name in (None, index.name) and _malformation(index, collection.name) is None:
            return _being_built(index.name)
    if preferred_name is None:
        return no_index(collection, definitions.index_names)
    complaint = index_complaint(collection, definitions.indexes, preferred_name)
    assert complaint is not None  # noqa: S101 - else it would serve
    return Lack(reason=complaint, remedy="Correct Incremental Sync Index in the source's settings, or leave it empty")


def no_index(collection: Collection, taken: Iterable[str]) -> Lack:
    """That there is no index that serves the collection; `taken` are the names of others."""
    return Lack(
        reason=f"Collection '{collection.name}' has no index for incremental syncs",
        remedy=f"This creates one: {creation_line(collection, taken)}",
    )


def index_complaint(collection: Collection, indexes: Iterable[Index], name: str) -> str | None:
    """Why the collection cannot be read incrementally by the index of this name; None if it can."""
    index = next((index for index in indexes if index.name == name), None)
    return f"Index '{name}' does not exist" if index is None else misfit(index, collection.name)


def misfit(index: Index, collection: str) -> str | None:
    """Why the index does not serve the collection, in the words that users know; None if it does."""
    if index.active:
        return _malformation(index, collection)
    return _malformation(index, collection) or (
        f"Index '{index.name}' is still being built: it can be used when it is active"
    )


def misfit_lack(index: Index, collection: str, without_index: Lack) -> Lack | None:
    """The same as a lack: what passes by itself, or what is to be done `without_index`."""
    complaint = _malformation(index, collection)
    if complaint is not None:
        return replace(without_index, reason=complaint)
    return None if index.active else _being_built(index.name)


def _being_built(name: str) -> Lack:
    return Lack(reason=f"Index '{name}' is still being built", remedy="It can be used when it is active", passes=True)


def _malformation(index: Index, collection: str) -> str | None:
    """Why the index will never serve the collection."""
    if index.source_names != (collection,):
        sources = ", ".join(index.source_names)
        return f"Index '{index.name}' should have source '{collection}', but it has source '{sources}'"
    if not _begins_with_required(index.values):
        expected = [{"field": name} for name in REQUIRED_VALUES]
        return f"Index should have values {expected}, but it has values {list(index.values)}"
    if index.terms:
        terms = ", ".join(_name(term) for term in index.terms)
        return f"Index '{index.name}' should have no terms, but it has terms {terms}"
    return None


def creation_line(collection: Collection, taken: Iterable[str]) -> str:
    """The FQL that creates an index that serves, in the syntax of fauna-shell, under a name that is free."""
    others = frozenset(taken)
    name = f"{collection.name}_by_ts"
    number = 2
    while name in others:
        name = f"{collection.name}_by_ts_{number}"
        number += 1
    return (
        f'CreateIndex({{name: "{name}", source: Collection("{collection.name}"), '
        'values: [{field: ["ts"]}, {field: ["ref"]}]})'
    )


def _begins_with_required(values: tuple[Json, ...]) -> bool:
    heads = values[: len(REQUIRED_VALUES)]
    fields = tuple(_field(value) for value in heads)
    return fields == REQUIRED_VALUES and not any(value.get("reverse") for value in heads)


def _field(value: Json) -> Json:
    field = value.get("field")
    return field[0] if isinstance(field, list) and len(field) == 1 else field


def _name(term: Json) -> str:
    """A term as users name it: data.name, or its binding."""
    field = term.get("field", term.get("binding", ""))
    return ".".join(map(str, field)) if isinstance(field, list) else str(field)
