"""Forms that make sets: documents, match, range, singleton, events, union (recordings `documents`, `values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.errors import (
    ErrorCollector,
    bad_request,
    expected,
    fault,
    invalid_argument,
    not_found,
    not_implemented,
)
from local_fauna.query.arguments import MISSING, anything, eager, refuse_unknown, zero_or_more
from local_fauna.query.context import resolved
from local_fauna.sets.derived_sets import EventsSet
from local_fauna.sets.joined_sets import LambdaJoin
from local_fauna.sets.match import MatchSet
from local_fauna.sets.one_document import HistorySet, SingletonSet
from local_fauna.sets.paging import check_bound
from local_fauna.sets.range_set import RangeSet
from local_fauna.sets.sources import DocumentsSet, NativeSet, SetValue
from local_fauna.store.entities import Collection
from local_fauna.store.indexes import LARGEST_COMPONENT, Index, too_long
from local_fauna.type_names import type_name
from local_fauna.values import DocRef, NativeRef, Page, SchemaRef

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


def identifier(context: Context, value: Value, position: Position) -> Value:
    """A ref of a known name, or a set; native collections are sets."""
    if type(value) is DocRef:
        # The usual case: isinstance of an abstract class takes its time.
        refuse_unknown(value, position)
        return value
    if isinstance(value, SetValue):
        return value
    if isinstance(value, NativeRef):
        return NativeSet(value.kind, context.database.native[value.kind])
    refuse_unknown(value, position)
    if isinstance(value, (DocRef, SchemaRef)):
        return value
    raise expected(position, "Ref or Set", type_name(value))


def a_set(context: Context, value: Value, position: Position) -> SetValue:
    """A set; a ref is none."""
    found = identifier(context, value, position)
    if not isinstance(found, SetValue):
        raise expected(position, "Set", type_name(value))
    return found


def iterable(context: Context, value: Value, position: Position) -> Value:
    """An array, a page or a set."""
    if isinstance(value, (list, Page, SetValue)):
        return value
    refuse_unknown(value, position)
    if isinstance(value, NativeRef):
        return identifier(context, value, position)
    raise expected(position, "Array, Set, or Page", type_name(value))


def set_or_array(context: Context, value: Value, position: Position) -> Value:
    """An array or a set."""
    if isinstance(value, Page):
        raise expected(position, "Set or Array", "Page")
    return iterable(context, value, position)


def _ref(_: Context, value: Value, position: Position) -> DocRef | SchemaRef:
    refuse_unknown(value, position)
    if isinstance(value, NativeRef):
        raise not_implemented(position, "The set of a native collection's own document")
    if isinstance(value, (DocRef, SchemaRef)):
        return value
    raise expected(position, "Ref", type_name(value))


def _collection(_: Context, value: Value, position: Position) -> Collection | NativeRef:
    if isinstance(value, NativeRef):
        raise not_implemented(position, "Documents of a native collection")
    if isinstance(value, SchemaRef) and value.kind == "collections":
        return resolved(value, Collection, position)
    refuse_unknown(value, position)
    raise expected(position, "Collection Ref", type_name(value))


@eager({"documents": _collection})
def _documents(_: Context, __: Position, collection: Collection) -> Value:
    return DocumentsSet(collection)


def _index(context: Context, value: Value, place: Position) -> SchemaRef:
    if isinstance(value, str):
        value = context.database.ref_to("indexes", value)
        refuse_unknown(value, (*place[:-1], "index"))
    refuse_unknown(value, place)
    if not isinstance(value, SchemaRef) or value.kind != "indexes":
        raise expected(place, "Identifier", type_name(value))
    return value


def _active(ref: SchemaRef, position: Position) -> Index:
    named = (*position, "index")
    if ref.named and not ref.known:
        raise not_found(named, "Index")
    index = resolved(ref, Index, (*position, "match"))
    if not index.active:
        text = f"Index '{index.name}' is not active."
        raise fault("instance not found", text, named, status=400)
    return index


def _term(_: Context, value: Value, position: Position) -> Value:
    named = value.collection if isinstance(value, DocRef) else value
    if isinstance(named, SchemaRef) and not named.named:
        raise expected(position, "Any", type_name(value))
    size = too_long(value)
    if size is not None:
        raise bad_request(f"buf length {size + _AROUND_TERM} exceeds {LARGEST_COMPONENT}")
    return value


_terms = zero_or_more(_term)


@eager({"match": _index}, {"terms": _terms})
def _match(_: Context, position: Position, index: SchemaRef, terms: Value) -> Value:
    return MatchSet(_active(index, position), None if terms is MISSING else terms)


@eager({"match": _terms, "index": _index})
def _match_terms(_: Context, position: Position, terms: list[Value], index: SchemaRef) -> Value:
    return MatchSet(_active(index, position), terms or None)


@eager({"range": a_set, "from": anything, "to": anything})
def _range(_: Context, position: Position, source: SetValue, low: Value, high: Value) -> Value:
    # A bad bound is told only of a set that exists (recording `dropped`).
    errors = ErrorCollector()
    errors.attempt(check_bound, low, (*position, "from"))
    errors.attempt(check_bound, high, (*position, "to"))
    errors.raise_if_any()
    if isinstance(source, (EventsSet, LambdaJoin)):
        raise not_implemented(position, "A range of events, or of a join with a lambda")
    return RangeSet(source, low, high)


@eager({"singleton": _ref})
def _singleton(context: Context, position: Position, ref: DocRef | SchemaRef) -> Value:
    return singleton(context, ref, (*position, "singleton"))


@eager({"events": identifier})
def _events(context: Context, position: Position, source: Value) -> Value:
    if not isinstance(source, SetValue):
        return HistorySet(singleton(context, source, (*position, "events")))
    if source.historical:
        raise invalid_argument(position, "Set does not support events history.")
    return EventsSet(source)
