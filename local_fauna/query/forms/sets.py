"""Forms that make sets: documents, match, range, singleton, events, union (recordings `documents`, `values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import ErrorCollector, bad_request, expected, fault, not_implemented
from local_fauna.query.arguments import MISSING, anything, eager, variadic
from local_fauna.query.context import resolved
from local_fauna.sets.derived_sets import (
    CombinedSet,
    DistinctSet,
    EventsSet,
    RangeSet,
)
from local_fauna.sets.match import MatchSet
from local_fauna.sets.one_document import HistorySet, SingletonSet
from local_fauna.sets.paging import check_bound
from local_fauna.sets.sources import DocumentsSet, NativeSet, SetValue
from local_fauna.store.entities import Collection
from local_fauna.store.indexes import LARGEST_COMPONENT, Index, too_long
from local_fauna.values import DocRef, NativeRef, SchemaRef, as_list, type_name

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.query.context import Context
    from local_fauna.values import Value

_AROUND_TERM = 22
"""Bytes of the key around a term: the database counts them in what it says of a term that is too long."""


def singleton(context: Context, ref: DocRef | SchemaRef, position: Position) -> SingletonSet:
    """The set of one document."""
    store, _, collection = context.store_of(ref, position)
    return SingletonSet(ref, store, collection=collection)


def a_set(context: Context, value: Value, position: Position) -> SetValue:
    """A set; native refs and document refs are sets too."""
    if isinstance(value, SetValue):
        return value
    if isinstance(value, NativeRef) and value.kind in context.database.native:
        return NativeSet(value.kind, context.database.native[value.kind])
    if isinstance(value, (DocRef, SchemaRef)):
        return singleton(context, value, position)
    raise expected(position, "Set", type_name(value))


def _ref(_: Context, value: Value, position: Position) -> DocRef | SchemaRef:
    if isinstance(value, (DocRef, SchemaRef)):
        return value
    raise expected(position, "Ref", type_name(value))


@eager({"documents": anything})
def _documents(context: Context, position: Position, value: Value) -> Value:
    place = (*position, "documents")
    if isinstance(value, NativeRef):
        return a_set(context, value, place)
    if not isinstance(value, SchemaRef) or value.kind != "collections":
        raise expected(place, "Collection Ref", type_name(value))
    return DocumentsSet(resolved(value, Collection, place))


def _active_index(context: Context, value: Value, place: Position) -> Index:
    named = (*place[:-1], "index")
    if isinstance(value, str):
        value, place = context.database.ref_to("indexes", value), named
    if not isinstance(value, SchemaRef) or value.kind != "indexes":
        raise expected(place, "Index Ref", type_name(value))
    index = resolved(value, Index, place)
    if not index.active:
        text = f"Index '{index.name}' is not active."
        raise fault("instance not found", text, named, status=400)
    return index


def _terms(_: Context, value: Value, __: Position) -> list[Value]:
    terms = as_list(value)
    for size in map(too_long, terms):
        if size is not None:
            raise bad_request(f"buf length {size + _AROUND_TERM} exceeds {LARGEST_COMPONENT}")
    return terms


@eager({"match": _active_index}, {"terms": _terms})
def _match(_: Context, __: Position, index: Index, terms: Value) -> Value:
    return MatchSet(index, None if terms is MISSING else terms)


@eager({"range": a_set, "from": anything, "to": anything})
def _range(_: Context, position: Position, source: SetValue, low: Value, high: Value) -> Value:
    # A bad bound is told only of a set that exists (recording `dropped`).
    errors = ErrorCollector()
    errors.attempt(check_bound, low, (*position, "from"))
    errors.attempt(check_bound, high, (*position, "to"))
    errors.raise_if_any()
    if isinstance(source, EventsSet):
        raise not_implemented(position, "A range of events")
    return RangeSet(source, low, high)


@eager({"singleton": _ref})
def _singleton(context: Context, position: Position, ref: DocRef | SchemaRef) -> Value:
    return singleton(context, ref, (*position, "singleton"))


@eager({"events": anything})
def _events(context: Context, position: Position, source: Value) -> Value:
    place = (*position, "events")
    if isinstance(source, (DocRef, SchemaRef)):
        return HistorySet(singleton(context, source, place))
    return EventsSet(a_set(context, source, place))


def _define_combined(key: str) -> None:
    @eager({key: variadic(a_set)})
    def _combined(_: Context, __: Position, parts: list[SetValue]) -> Value:
        return parts[0] if len(parts) == 1 else CombinedSet(key, parts)


_define_combined("union")
_define_combined("intersection")
_define_combined("difference")


@eager({"distinct": a_set})
def _distinct(_: Context, __: Position, source: SetValue) -> Value:
    return DistinctSet(source)
