"""What the definition of an index must be: its sources, values and terms (recordings `index_forms`, `names`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.errors import invalid_type, not_implemented, validation_failed
from local_fauna.query.calls import is_pure
from local_fauna.query.schema import failures_of, is_a, shown, value_required
from local_fauna.query.writes import stored_type
from local_fauna.store.entities import Collection
from local_fauna.values import NativeRef, Query, SchemaRef, as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.errors import Position
    from local_fauna.query.schema import Failure, Fields, Path
    from local_fauna.values import Value

_MOST_PARTITIONS = 8
_COMPONENT = ("field", "binding", "reverse", "mva", "transform")
"""What a value or a term may have; other members are dropped."""
_SHAPE = ("source", "values", "terms")


@dataclass(frozen=True)
class Source:
    """One source of an index: its collections (None for all), and the bindings that it offers."""

    collections: frozenset[Collection] | None
    bindings: dict[str, Query]


def sources_of(fields: Fields, place: Position) -> tuple[list[Source], list[Failure]]:
    """The sources of a definition, and a failure for each that is unfit. Refs are resolved already."""
    given = fields.get("source")
    if given is None:
        return [], [value_required("source")]
    sources: list[Source] = []
    failures: list[Failure] = []
    for part in as_list(given):
        made = _source(part, place)
        if isinstance(made, Source):
            sources.append(made)
        else:
            failures.append(made)
    return sources, failures[:1]


def _source(part: Value, place: Position) -> Source | Failure:
    if not isinstance(part, dict):
        collections = _collections(part, place) if not isinstance(part, list) else None
        if collections is None:
            return invalid_type(["source"], stored_type(part), "SourceClass")
        return Source(collections.set, {}) if isinstance(collections, _Collections) else collections
    return _described_source(part, place)


def _described_source(part: dict[str, Value], place: Position) -> Source | Failure:
    ref = part.get("class", part.get("collection"))
    if ref is None:
        return value_required("class")
    collections = _collections(ref, place)
    if collections is None:
        return invalid_type(["class" if "class" in part else "collection"], stored_type(ref), "SourceClass")
    if not isinstance(collections, _Collections):
        return collections
    bindings = part.get("fields", {})
    if not isinstance(bindings, dict):
        return invalid_type(["fields"], stored_type(bindings), "Map")
    for name, query in bindings.items():
        if not isinstance(query, Query):
            return invalid_type(["fields", name], stored_type(query), "Query")
    return Source(collections.set, bindings)


@dataclass(frozen=True)
class _Collections:
    set: frozenset[Collection] | None


def _collections(value: Value, place: Position) -> _Collections | Failure | None:
    """What a ref, an array of refs or `_` names; None for anything else."""
    if value == "_":
        return _Collections(None)
    found = set()
    for ref in as_list(value):
        if isinstance(ref, NativeRef):
            if ref.kind == "databases":
                return ["source"], "invalid reference", "Cannot read reference."
            raise not_implemented(place, f"An index of {ref.kind}")
        if not isinstance(ref, SchemaRef) or not isinstance(ref.entity, Collection):
            return None
        found.add(ref.entity)
    return _Collections(frozenset(found))


def _component_failure(item: Value, field: str) -> Failure | None:
    """The first thing that is wrong with a value or a term. Its path begins within it."""
    if not isinstance(item, dict):
        return invalid_type([field], stored_type(item), "Term")
    return _path_failure(item.get("binding"), item.get("field")) or _option_failure(item)


def _path_failure(binding: Value, path: Value) -> Failure | None:
    if isinstance(binding, str):
        return None
    steps = [] if path is None else as_list(path)
    bad = next((step for step in steps if not is_a(str, int)(step)), None)
    if path is not None and bad is None:
        return None
    if binding is not None:
        return invalid_type(["binding"], stored_type(binding), "String")
    if path is None:
        return ["field"], "value required", "Must provide one of the following: field, binding"
    return invalid_type(["field"], stored_type(bad), "Long or String")


def _option_failure(item: dict[str, Value]) -> Failure | None:
    for flag in ("reverse", "mva"):
        if item.get(flag) is not None and not isinstance(item[flag], bool):
            return invalid_type([flag], stored_type(item[flag]), "Boolean")
    transform = item.get("transform")
    if transform is not None and not isinstance(transform, str):
        return invalid_type(["transform"], stored_type(transform), "String")
    if transform is not None and transform != "casefold":
        return ["transform"], "invalid value", f"Invalid value `{transform}` at `transform`"
    return None


def _all_failures(fields: Fields, sources: list[Source], failures: list[Failure]) -> Iterator[Failure]:
    components = []
    base = [*failures_of("indexes", fields), *failures]
    for field in ("terms", "values"):
        for item in as_list(fields.get(field, [])):
            failure = _component_failure(item, field)
            if failure is not None:
                base.append(failure)
                break
            components.append(item)
    yield from base or _failures_of_the_whole(fields, sources, components)


def _failures_of_the_whole(fields: Fields, sources: list[Source], components: list[Value]) -> Iterator[Failure]:
    """What is wrong with a definition whose parts are sound by themselves."""
    partitions = fields.get("partitions")
    if isinstance(partitions, int) and not 1 <= partitions <= _MOST_PARTITIONS:
        text = f"Value {partitions} is not in expected range 1 to {_MOST_PARTITIONS}."
        yield ["partitions"], "bounds error", text
    named = [source.collections for source in sources]
    if any(named.count(one) > 1 for one in named if one is not None):
        yield ["source"], "multiple bindings", "A collection ref may only match one binding."
    elif len(named) > 1 and None in named and not any(source.bindings for source in sources):
        text = "Cannot mix collection refs and wildcards without providing bindings."
        yield ["source"], "mixed wildcards", text
    used = {item["binding"] for item in components if item.get("binding") is not None}
    for number, source in enumerate(sources):
        for place, name in enumerate(source.bindings):
            path: Path = ["source", str(number), "fields", str(place), name]
            if not is_pure(source.bindings[name]):
                yield path, "invalid binding", "Field binding must be a pure unary function."
            if name not in used:
                yield path, "unused binding", "Source binding is not used as a term or value."


def checked_index(fields: Fields, place: Position) -> tuple[Fields, list[Source]]:
    """The members of an index and its sources. Raises FaunaError with a failure for each member that is unfit."""
    sources, failures = sources_of(fields, place)
    failures = list(_all_failures(fields, sources, failures))
    if failures:
        raise validation_failed(place, *failures)
    for field in ("terms", "values"):
        if any("transform" in item and item.get("mva") is False for item in as_list(fields.get(field, []))):
            raise not_implemented(place, "A transform without mva")
    return fields | {field: _components(fields[field]) for field in ("values", "terms") if field in fields}, sources


def _components(value: Value) -> Value:
    if isinstance(value, list):
        return [_components(item) for item in value]
    return {key: item for key, item in value.items() if key in _COMPONENT}


def index_fields(given: Fields, *, dropped: set[str], built: bool) -> Fields:
    """A new index: `active` as soon as it is built, 8 partitions unless it has terms. `dropped` were given as null."""
    terms = [as_list(term.get("field")) for term in as_list(given.get("terms", []))]
    whole = not terms or terms == [["class"]]
    defaults = {"serialized": True, "partitions": _MOST_PARTITIONS if whole else 1}
    kept = {field: value for field, value in defaults.items() if field == "partitions" or field not in dropped}
    return shown("indexes", {**kept, **given, "active": built or given.get("active") is True})


def changed_index(old: Fields, new: Fields, place: Position) -> Fields:
    """An index after an update: once active it stays so, and its shape cannot change."""
    before, after = (1 if fields.get("unique") is True else fields["partitions"] for fields in (old, new))
    if before != after:
        text = f"Index partition count may not be updated ({before} -> {after})."
        raise validation_failed(place, ([], "invalid index", text))
    if any(old.get(field) != new.get(field) for field in _SHAPE):
        raise not_implemented(place, "Changing what an index covers")
    return new | {"active": old.get("active") is True or new.get("active") is True}
