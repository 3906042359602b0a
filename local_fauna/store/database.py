"""Databases: their schema by name and number, their native stores, and the keys that open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_fauna.store.entities import Collection, Entity
from local_fauna.store.indexes import Index, PendingBuild
from local_fauna.store.ordering import NATIVE_NUMBERS
from local_fauna.store.versions import Store
from local_fauna.values import DocRef, NativeRef, SchemaRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.values import Value

SCHEMA_KINDS = ("collections", "indexes", "databases", "roles", "functions")
NUMBERED_KINDS = ("keys", "tokens", "credentials")
"""Native collections whose documents have ids, not names. local_fauna makes none of the last two."""
_FIRST_NUMBERS = {"collections": 1024, "indexes": 32_768}
"""The first numbers of user collections and indexes. Other schema documents have generated ids, as documents have."""
# The epoch of generated ids: what makes them 18 digits long today.
_ID_EPOCH_MS = 1_336_258_850_000


class Database(Entity):
    """One database: everything in it, and its children."""

    def __init__(self, name: str, number: int, *, parent: Database | None, global_id: str, ids: IdGenerator) -> None:
        super().__init__("databases", name, number)
        self.ids = ids
        self.parent = parent
        self.global_id = global_id
        self._names: dict[str, dict[str, Entity]] = {kind: {} for kind in SCHEMA_KINDS}
        self._numbers: dict[str, dict[int, Entity]] = {kind: {} for kind in SCHEMA_KINDS}
        self._next_numbers = dict(_FIRST_NUMBERS)
        self.native = {kind: Store(number=NATIVE_NUMBERS[kind], make_ref=self._maker(kind)) for kind in SCHEMA_KINDS}
        self.native |= {kind: Store(number=NATIVE_NUMBERS[kind], make_ref=_numbered(kind)) for kind in NUMBERED_KINDS}
        self.builds: list[PendingBuild] = []
        self.renames = 0
        """How often a name changed: encodings of older counts show older names."""

    def _maker(self, kind: str) -> Callable[[int], SchemaRef]:
        return lambda number: self._numbers[kind][number].ref

    @property
    def gone(self) -> bool:
        """Whether this database, or one above it, was deleted."""
        return self.deleted or (self.parent is not None and self.parent.gone)

    def lookup(self, kind: str, name: str) -> Entity | None:
        """The entity that has this name now, as far as committed."""
        return self._names[kind].get(name)

    def ref_to(self, kind: str, name: str) -> SchemaRef:
        """A ref by name, resolved if the name is known."""
        return SchemaRef(kind, name, self._names[kind].get(name))

    def next_number(self, kind: str, ts: int) -> int:
        """A number for a new entity made at `ts`: they rise in order of creation."""
        number = self._next_numbers.get(kind)
        if number is None:
            return self.ids.next(ts)
        self._next_numbers[kind] = number + 1
        return number

    def introduce(self, entity: Entity) -> None:
        """Let refs by number find a new entity, before its name is committed."""
        self._numbers[entity.kind][entity.number] = entity

    def publish(self, entity: Entity) -> None:
        """A commit made the entity's name known, and the entity usable."""
        entity.published = True
        self._names[entity.kind][entity.name] = entity
        if isinstance(entity, Collection):
            for index in self.indexes():
                if index.covers(entity):
                    attach(index, entity)

    def rename(self, entity: Entity, name: str) -> None:
        """A commit gave the entity another name."""
        self._forget(entity)
        entity.name = name
        self.renames += 1
        self._names[entity.kind][name] = entity

    def withdraw(self, entity: Entity) -> None:
        """A commit deleted the entity: its name is free, but refs to it keep the name. Calling it twice is harmless."""
        if entity.deleted:
            return
        entity.deleted = True
        self._forget(entity)
        if isinstance(entity, Collection):
            for index in self.indexes():
                index.lost_source = index.lost_source or entity in index.covered
        if isinstance(entity, Index):
            for collection in entity.covered:
                collection.documents.index_tables.remove(entity.table)
            self.builds = [build for build in self.builds if build.index is not entity]

    def _forget(self, entity: Entity) -> None:
        """The entity no longer has its name, unless another one has taken it already."""
        if self._names[entity.kind].get(entity.name) is entity:
            del self._names[entity.kind][entity.name]

    def collections(self) -> list[Collection]:
        """Every collection there is."""
        return [entity for entity in self._names["collections"].values() if isinstance(entity, Collection)]

    def indexes(self) -> list[Index]:
        """Every index there is."""
        return [entity for entity in self._names["indexes"].values() if isinstance(entity, Index)]

    def children(self) -> list[Database]:
        """Every database directly below this one."""
        return [entity for entity in self._names["databases"].values() if isinstance(entity, Database)]

    def fields(self, entity: Entity, time: int) -> dict[str, Value]:
        """The members of an entity's schema document at a time; none if it was not there, or not in this database."""
        own = self._numbers[entity.kind].get(entity.number) is entity
        record = self.native[entity.kind].records.get(entity.number) if own else None
        version = None if record is None else record.at(time)
        return {} if version is None or version.deleted else version.fields

    def descend(self, path: list[str]) -> Database | None:
        """The database below this one at a path of names."""
        found: Entity | None = self
        for name in path:
            found = found.lookup("databases", name) if isinstance(found, Database) else None
        return found if isinstance(found, Database) else None


def _numbered(kind: str) -> Callable[[int], DocRef]:
    native = NativeRef(kind)
    return lambda number: DocRef(native, number)


def attach(index: Index, collection: Collection) -> None:
    """From now on the index follows every write to the collection."""
    if collection not in index.covered:
        index.covered.append(collection)
        collection.documents.index_tables.append(index.table)


class IdGenerator:
    """Ids of new documents and keys: rising with time, 18 digits."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, ts: int) -> int:
        """An id for something made at `ts` (micros), greater than every one before it."""
        self._last = max((ts // 1000 - _ID_EPOCH_MS) << 20, self._last + 1)
        return self._last
