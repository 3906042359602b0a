"""Indexes: what rows a document gives (recording `index`), and how an index is filled in the background."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.errors import FaunaError, not_implemented
from local_fauna.store.entities import Collection, Entity
from local_fauna.store.entries import EntryTable
from local_fauna.store.fields import casefolded, field_values, flat
from local_fauna.store.ordering import Reversed, doc_key, has_place, term_key, value_key
from local_fauna.values import DocRef, SchemaRef, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from local_fauna.store.entries import Row, Terms
    from local_fauna.store.version import Version
    from local_fauna.values import Value

    Binding: TypeAlias = Callable[["DocRef | SchemaRef", Version], Value]

LARGEST_COMPONENT = 32_767
"""Bytes: a longer value leaves its entry out; a longer term of Match is refused."""
BUILT_AT_ONCE = 128
"""Versions: an index over more is built in the background."""


@dataclass(frozen=True)
class Component:
    """One of `values` or `terms`: a field's path or a binding, its direction, and whether arrays are spread.

    If a binding is named, it counts and the field does not (recording `index_forms`).
    """

    path: tuple[str | int, ...]
    binding: str | None
    reverse: bool
    spread: bool
    casefold: bool

    @staticmethod
    def parse(spec: dict[str, Value]) -> Component:
        """Read `{"field": path, "binding": name, "reverse": …, "mva": …, "transform": …}`."""
        return Component(
            tuple(as_list(spec.get("field", []))),
            spec.get("binding"),
            spec.get("reverse") is True,
            spec.get("mva") is not False,
            "transform" in spec,
        )


def _refuse_objects(values: list[Value]) -> None:
    for value in values:
        if isinstance(value, list):
            _refuse_objects(value)
        elif not has_place(value):
            raise not_implemented(None, "An object in an index without mva")


def too_long(value: Value) -> int | None:
    """The size in bytes of a value that cannot be a component, None if it can."""
    size = len(value.encode()) if isinstance(value, str) else len(value) if isinstance(value, bytes) else 0
    return size if size > LARGEST_COMPONENT else None


class Index(Entity):
    """An index: a rule from versions to rows, over one collection, several, or all (`sources` None)."""

    def __init__(
        self,
        name: str,
        number: int,
        *,
        sources: frozenset[Collection] | None,
        fields: dict[str, Value],
        bindings: dict[str, Binding],
    ) -> None:
        super().__init__("indexes", name, number)
        self.sources = sources
        self.covered: list[Collection] = []
        self.lost_source = False
        """Whether a collection that the index covered was deleted."""
        self.values = [Component.parse(spec) for spec in as_list(fields.get("values", []))]
        self.terms = [Component.parse(spec) for spec in as_list(fields.get("terms", []))]
        self.active = bool(fields.get("active"))
        self.unique = fields.get("unique") is True
        self.partitions: int = 1 if self.unique else fields["partitions"]
        """In how many parts the server keeps the index; the definition of a unique one does not tell."""
        self._bindings = bindings
        self.table = EntryTable(self.rows)

    def _component(self, part: Component, ref: DocRef | SchemaRef, version: Version) -> list[Value]:
        if part.binding is None:
            found = field_values(ref, version, part.path, spread=part.spread)
        else:
            try:
                value = self._bindings[part.binding](ref, version)
            except (FaunaError, KeyError, RecursionError) as error:
                if isinstance(error, FaunaError) and error.left_out:
                    raise
                value = None
            found = flat(value) if part.spread else [value]
        if part.casefold:
            found = [casefolded(value) for value in found]
        if not part.spread:
            _refuse_objects(found)
        return [value if has_place(value) else None for value in found] or [None]

    def rows(self, ref: DocRef | SchemaRef, version: Version) -> list[Row]:
        """The rows that a version gives: one for each combination of the elements of its arrays."""
        parts = [self._component(part, ref, version) for part in (*self.terms, *self.values)]
        rows: list[Row] = []
        for values in product(*parts):
            row = self._row(values)
            if row is not None:
                rows.append(row)
        return rows

    def _row(self, combination: Sequence[Value]) -> Row | None:
        if any(too_long(value) for value in combination):
            return None
        count = len(self.terms)
        terms, values = combination[:count], combination[count:]
        if any(part and all(value is None for value in part) for part in (terms, values)):
            return None
        return tuple(map(term_key, terms)), self.keys(values), values

    def keys(self, values: Sequence[Value]) -> tuple[object, ...]:
        """The sort keys of values, of a cursor or of a bound: reversed where the index is; the rest is the document."""
        parts = self.values
        return tuple(
            Reversed(value_key(value)) if place < len(parts) and parts[place].reverse else value_key(value)
            for place, value in enumerate(values)
        )

    def term_keys(self, terms: list[Value]) -> Terms | None:
        """The keys of Match's terms, None if no document can have them."""
        if len(terms) != len(self.terms) or any(part.binding is None and part.path == ("ts",) for part in self.terms):
            return None
        return tuple(map(term_key, terms))

    def covers(self, collection: Collection) -> bool:
        """Whether documents of the collection belong to the index."""
        return self.sources is None or collection in self.sources

    def conflict(self, ref: DocRef | SchemaRef, version: Version) -> bool:
        """Whether another document already holds a row of this version, in an index with `unique`."""
        own = value_key(ref)
        for terms, keys, _ in self.rows(ref, version):
            for entry in self.table.bucket(terms).ascending(keys):
                if entry.key[:-1] != keys:
                    break
                if entry.key[-1] != own and entry.exists(version.ts, version.ts):
                    return True
        return False


def version_count(collections: Iterable[Collection]) -> int:
    """How many versions of documents the collections hold."""
    return sum(len(record.versions) for collection in collections for record in collection.documents.records.values())


class IndexBuild:
    """How fast indexes fill: `rate` in documents per second of the engine's clock; None is at once, 0 is never."""

    def __init__(self) -> None:
        self.rate: float | None = None


class PendingBuild:
    """The documents that an index still has to take in, in order of id, and when the building began."""

    def __init__(self, index: Index, work: list[tuple[Collection, int]], *, started: int) -> None:
        self.index = index
        self._work = work
        self._started = started
        self._done = 0

    def advance(self, now: int, rate: float | None) -> bool:
        """Take in what `rate` allows until `now` (micros); True when all is done."""
        allowed = len(self._work)
        if rate is not None:
            allowed = min(allowed, int((now - self._started) / 1_000_000 * rate))
        for collection, number in self._work[self._done : allowed]:
            fill(self.index, collection, number)
        self._done = max(self._done, allowed)
        return self._done == len(self._work) and (rate is None or rate > 0)


def fill(index: Index, collection: Collection, number: int) -> None:
    """Take one document with all its versions into the index."""
    record = collection.documents.records.get(number)
    if record is not None:
        doc = doc_key(number, collection.number)
        index.table.splice(record.ref, doc, since=0, before=None, tail=record.versions)
