"""The one rule that says which index serves a collection, and what to tell the user when none does.

An index serves a collection when that collection is its only source, its values begin with the fields ts and ref, it
has no terms, and it has been built.
"""

from __future__ import annotations

from collections.abc import Collection as Names
from dataclasses import dataclass, replace

from source_fauna.errors.errors import ConfigError, TransientError, UserError
from source_fauna.records.values import Json
from source_fauna.schema.definitions import Collection, Definitions, Index

REQUIRED_VALUES = ("ts", "ref")
"""The fields that the values of an index must begin with."""


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Why a collection cannot be read incrementally, and what to do about it: two sentences without their dots.

    When it `passes` by itself, waiting is enough.
    """

    reason: str
    remedy: str
    passes: bool = False

    def __str__(self) -> str:
        return f"{self.reason}. {self.remedy}."

    def error(self, stream: str) -> UserError:
        """The error of a stream that is to be read incrementally all the same."""
        told = f"Stream '{stream}' cannot be synced incrementally. {self}"
        if self.passes:
            return TransientError(f"{told} Sync again then.")
        return ConfigError(f"{told} Then refresh the source's schema, or choose full refresh for this stream.")


NO_LIST = Lack(reason="No permissions to list indexes", remedy="Give the key's role read on Indexes()")


def hidden_index(name: str) -> Lack:
    """The index exists, but the list of indexes does not show it to this key."""
    return Lack(
        reason=f"Index '{name}' is there, but the key may not list it", remedy="Give its role read on Indexes()"
    )


def refused_index(name: str) -> Lack:
    """The key may not read the entries of the index."""
    return Lack(reason=f"The key may not read index '{name}'", remedy="Give its role read on it")


def no_index(collection: Collection, listed: Names[str]) -> Lack:
    """No index serves the collection. `listed` are the names of all indexes that the key may list.

    An empty list may also mean that the key may list none: the server answers both alike.
    """
    reason = f"Collection '{collection.name}' has no index for incremental syncs"
    if not listed:
        reason += ", or the key may not list it: give its role read on Indexes()"
    return Lack(reason=reason, remedy=f"This creates one: {creation_line(collection, listed)}")


def choose_index(collection: Collection, definitions: Definitions, preferred_name: str | None) -> Index | Lack:
    """The first index that serves the collection and that the key may read, or why there is none.

    With a preferred name no other index is considered.
    """
    fitting = fitting_indexes(collection, definitions, preferred_name)
    for index in fitting:
        if index.name not in definitions.refused:
            return index
    if definitions.indexes is None:
        return NO_LIST
    if fitting:
        return refused_index(fitting[0].name)
    candidates = _candidates(collection, definitions, preferred_name)
    for index in candidates:
        if _malformation(index, collection.name) is None:
            return _being_built(index.name)
    if preferred_name is not None:
        return _preferred_lack(collection, definitions, preferred_name)
    lack = no_index(collection, definitions.index_names)
    bound = next((index for index in candidates if _bound(index)), None)
    return lack if bound is None else replace(lack, reason=_binding_complaint(bound))


def fitting_indexes(collection: Collection, definitions: Definitions, preferred_name: str | None) -> tuple[Index, ...]:
    """All indexes that serve the collection; with a preferred name, at most that one.

    Indexes without further values come first: only they are complete.
    """
    candidates = _candidates(collection, definitions, preferred_name)
    fitting = [index for index in candidates if misfit(index, collection.name) is None]
    return tuple(sorted(fitting, key=may_lack_documents))


def may_lack_documents(index: Index) -> bool:
    """Whether the index has further values: a document is missing from it when one of them is too long."""
    return len(index.values) > len(REQUIRED_VALUES)


def index_complaint(collection: Collection, definitions: Definitions, name: str) -> str | None:
    """Why the index of this name does not serve the collection, in the words that users know; None if it does."""
    if name in definitions.hidden:
        return NO_LIST.reason
    if name in definitions.unclear_indexes:
        return f"The definition of index '{name}' cannot be understood"
    index = definitions.index(name)
    return f"Index '{name}' does not exist" if index is None else misfit(index, collection.name)


def misfit(index: Index, collection: str) -> str | None:
    """Why the index does not serve the collection, in the words that users know; None if it does."""
    if index.active:
        return _malformation(index, collection)
    return _malformation(index, collection) or (
        f"Index '{index.name}' is still being built: it can be used when it is active"
    )


def misfit_lack(index: Index, collection: str, without_index: Lack) -> Lack | None:
    """The same as a lack: one that passes by itself, or one with the remedy of `without_index`."""
    complaint = _malformation(index, collection)
    if complaint is not None:
        return replace(without_index, reason=complaint)
    return None if index.active else _being_built(index.name)


def creation_line(collection: Collection, taken: Names[str]) -> str:
    """The FQL that creates an index that serves, in the syntax of fauna-shell, under a name that is not taken."""
    name = f"{collection.name}_by_ts"
    number = 2
    while name in taken:
        name = f"{collection.name}_by_ts_{number}"
        number += 1
    return (
        f'CreateIndex({{name: "{name}", source: Collection("{collection.name}"), '
        'values: [{field: ["ts"]}, {field: ["ref"]}]})'
    )


def _candidates(collection: Collection, definitions: Definitions, preferred_name: str | None) -> tuple[Index, ...]:
    if preferred_name is None:
        return definitions.indexes_of(collection.name)
    preferred = definitions.index(preferred_name)
    return () if preferred is None else (preferred,)


def _preferred_lack(collection: Collection, definitions: Definitions, name: str) -> Lack:
    """Why the index that the settings name does not serve the collection, which it must not."""
    if name in definitions.hidden:
        return hidden_index(name)
    complaint = index_complaint(collection, definitions, name)
    assert complaint is not None  # noqa: S101 - otherwise it would have been chosen
    return Lack(reason=complaint, remedy="Correct Incremental Sync Index in the source's settings, or leave it empty")


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
    if _bindings(index):
        return _binding_complaint(index)
    if index.terms:
        terms = ", ".join(_name(term) for term in index.terms)
        return f"Index '{index.name}' should have no terms, but it has terms {terms}"
    return None


def _begins_with_required(values: tuple[Json, ...]) -> bool:
    """Whether the first values name the fields ts and ref, not reversed. A binding may still take a field's place."""
    heads = values[: len(REQUIRED_VALUES)]
    fields = tuple(_field(value) for value in heads)
    return fields == REQUIRED_VALUES and not any(value.get("reverse") for value in heads)


def _field(value: Json) -> Json:
    """The field of a value; the server takes `"ts"` and `["ts"]` for the same."""
    field = value.get("field") if isinstance(value, dict) else None
    return field[0] if isinstance(field, list) and len(field) == 1 else field


def _bound(index: Index) -> bool:
    """Whether the index would serve but for its bindings."""
    return _begins_with_required(index.values) and bool(_bindings(index)) and not index.terms


def _bindings(index: Index) -> list[str]:
    """The bindings of the first values. A value with a field and a binding holds the binding (`index_forms`)."""
    heads = index.values[: len(REQUIRED_VALUES)]
    return [str(value["binding"]) for value in heads if value.get("binding") is not None]


def _binding_complaint(index: Index) -> str:
    bindings = ", ".join(_bindings(index))
    return f"Index '{index.name}' should have ts and ref without bindings, but it has bindings {bindings}"


def _name(term: Json) -> str:
    """A term as users name it: data.name, or its binding."""
    field = term.get("field", term.get("binding", "")) if isinstance(term, dict) else term
    return ".".join(map(str, field)) if isinstance(field, list) else str(field)
