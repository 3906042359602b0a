"""A query while it runs: its snapshot, its At, its variables, and what its key may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from local_fauna.access.auth import Authority, predicate_argument
from local_fauna.errors import FaunaError, bad_request, fault, not_implemented, timed_out, undefined_ref
from local_fauna.store.entities import SINGULAR, Collection, Entity
from local_fauna.values import DocRef, NativeRef, Query, SchemaRef
from local_fauna.wire.calendar_text import format_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.access.auth import Rule
    from local_fauna.access.keys import KeyRing
    from local_fauna.errors import Position
    from local_fauna.store.database import Database
    from local_fauna.store.indexes import Index
    from local_fauna.store.transaction import Transaction
    from local_fauna.store.version import Version
    from local_fauna.store.versions import Record, Store
    from local_fauna.values import Value

DEEPEST_CALL = 200
"""Lambdas within each other: one more is a stack overflow."""

E = TypeVar("E", bound=Entity)


def resolved(ref: SchemaRef, kind: type[E], position: Position) -> E:
    """What a ref stands for, to be used. Raises FaunaError if it is unknown or deleted.

    What this very query creates is unknown by its name; by its ref it is refused.
    """
    if ref.known and not ref.usable:
        raise not_implemented(position, f"Using a {SINGULAR[ref.kind]} in the query that creates it")
    if ref.named and not ref.known:
        raise not_implemented(position, f"Using a {SINGULAR[ref.kind]} that is gone")
    if not ref.usable or not isinstance(ref.entity, kind):
        raise undefined_ref(position, SINGULAR[ref.kind], ref.name)
    return ref.entity


@dataclass
class Run:
    """What every part of one query shares."""

    database: Database
    snapshot: int
    transaction: Transaction
    api_version: str
    keys: KeyRing
    apply: Callable[[Context, Query, Value], Value]
    """Runs a stored lambda: (context, lambda, argument)."""
    starved: bool = False
    """The snapshot lies too far ahead of the clock: reading storage times out."""


class Context:
    """The place in a query where an expression is evaluated."""

    __slots__ = ("_rules", "at", "authority", "depth", "env", "no_writes", "run", "sees_everything", "snapshot")

    def __init__(
        self,
        run: Run,
        authority: Authority,
        *,
        env: list[Value],
        at: int | None = None,
        depth: int = 0,
        no_writes: str | None = None,
    ) -> None:
        self.run = run
        self.authority = authority
        self.env = env
        self.at = at
        self.depth = depth
        """How many lambdas this place is in."""
        self.no_writes = no_writes
        """The name of what this place is in, if that may not write."""
        self.snapshot = run.snapshot
        self.sees_everything = authority.built_in == "admin"
        self._rules: dict[object, Rule] = {}

    @property
    def database(self) -> Database:
        """The database that the query runs in."""
        return self.run.database

    @property
    def time(self) -> int:
        """The time at which this place reads, in micros.

        An At in the future is the present, where the query's own writes are seen.
        """
        present = self.present
        return present if self.at is None or self.at >= self.snapshot else self.at

    @property
    def present(self) -> int:
        """The time at which writes read, whatever At stands around them: now, with the query's own writes."""
        if self.run.starved:
            raise timed_out("Query eval has timed out.")
        transaction = self.run.transaction
        return transaction.ts if transaction.written else self.snapshot

    @property
    def in_past(self) -> bool:
        """Whether an At sets the time at which this place reads."""
        return self.at is not None and self.at < self.snapshot

    def rule(self, resource: SchemaRef | NativeRef, action: str) -> Rule:
        """What the key's privileges say, remembered for the query."""
        key = (resource, action)
        rule = self._rules.get(key)
        if rule is None:
            rule = self._rules[key] = self.authority.rule(resource, action)
        return rule

    def allows(self, resource: SchemaRef | NativeRef, action: str, *arguments: Value) -> bool:
        """Whether the key may do this: predicates run at present, with every right to read."""
        rule = self.rule(resource, action)
        if isinstance(rule, bool):
            return rule
        trusted = Authority(self.database, "server-readonly")
        for predicate in rule:
            inside = Context(self.run, trusted, env=[], no_writes="auth predicates")
            try:
                if self.run.apply(inside, predicate, predicate_argument(action, list(arguments), predicate)) is True:
                    return True
            except FaunaError as error:
                if error.left_out:
                    raise
                continue
        return False

    def shows(self, ref: DocRef | SchemaRef) -> bool:
        """Whether the key may read this document."""
        if self.sees_everything:
            return True
        if isinstance(ref, SchemaRef):
            return self.allows(NativeRef(ref.kind), "read", ref)
        return self.allows(ref.collection, "read", ref)

    def unfiltered(self) -> Context:
        """Give the same place in the query every right to read documents."""
        authority = Authority(self.database, "admin")
        return Context(self.run, authority, env=self.env, at=self.at, depth=self.depth, no_writes=self.no_writes)

    def enter_lambda(self, position: Position) -> None:
        """Count a lambda that is about to run. Raises FaunaError if there are too many within each other."""
        if self.depth >= DEEPEST_CALL:
            raise fault("stack overflow", f"Call stack reached the maximum limit of {DEEPEST_CALL}.", position)
        self.depth += 1

    def leave_lambda(self) -> None:
        """Count a lambda that has run."""
        self.depth -= 1

    def check_history(self, collection: Collection) -> None:
        """Raise FaunaError if At reads below the minimum valid time of the collection."""
        at = self.at
        if at is None or at >= self.snapshot:
            return
        oldest = collection.minimum_valid_time(self.snapshot)
        if at < oldest:
            asked, allowed = format_time(at * 1000), format_time(oldest * 1000)
            text = f"Requested timestamp {asked} less than minimum allowed timestamp {allowed}."
            raise bad_request(text)

    def may_read_index(self, index: Index, terms: list[Value]) -> bool:
        """Whether the key has a privilege to read the index for these terms."""
        return self.allows(index.ref, "read", terms) or self.reads_unrestricted(index, terms)

    def reads_unrestricted(self, index: Index, terms: list[Value]) -> bool:
        """Whether the key sees entries for these terms without the right to read their documents."""
        return self.sees_everything or self.allows(index.ref, "unrestricted_read", terms)

    def may_list(self, kind: str) -> bool:
        """Whether the key may list this native collection: for a role the right to read collections decides."""
        native = NativeRef(kind)
        if self.authority.built_in is not None:
            return self.rule(native, "read") is True
        return self.allows(NativeRef("collections"), "read", native)

    def may_read_history(self, ref: DocRef | SchemaRef) -> bool:
        """Whether the key may read the history of this document."""
        resource = ref.collection if isinstance(ref, DocRef) else NativeRef(ref.kind)
        return self.allows(resource, "history_read", ref)

    def store_of(self, ref: DocRef | SchemaRef, position: Position) -> tuple[Store, int, Collection | None]:
        """(store, number, collection) of a document's ref. Raises FaunaError if its name is unknown or gone."""
        if isinstance(ref, DocRef):
            collection = ref.collection
            if isinstance(collection, NativeRef):
                return self.database.native[collection.kind], ref.id, None
            entity = resolved(collection, Collection, position)
            return entity.documents, ref.id, entity
        named = ref.entity
        if named is None:
            raise undefined_ref(position, SINGULAR[ref.kind], ref.name)
        return self.database.native[ref.kind], named.number, None

    def visible(self, ref: DocRef | SchemaRef, position: Position) -> tuple[Record | None, Version | None]:
        """The record and the version that this place sees, if any."""
        store, number, collection = self.store_of(ref, position)
        if collection is not None:
            self.check_history(collection)
        time, record = self.time, store.records.get(number)
        version = None if record is None else record.visible(time, self.snapshot)
        return record, version
