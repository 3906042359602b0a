"""One query's writes: all at one time, or none (recordings `documents`, `values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_fauna.clock import Clock
    from local_fauna.store.version import Version
    from local_fauna.store.versions import Store


class Transaction:
    """Writes go into the stores at once, where the query reads them; `roll_back` takes them out again.

    Changes of names wait for `commit`: a collection created in a query cannot be used in the same query.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._ts: int | None = None
        self._undo: list[tuple[Store, int, int, list[Version]]] = []
        self._hooks: list[Callable[[], None]] = []
        self._claimed: set[tuple[str, str]] = set()
        self._released: set[tuple[str, str]] = set()

    @property
    def written(self) -> bool:
        """Whether the query wrote anything."""
        return self._ts is not None

    @property
    def ts(self) -> int:
        """The time of this transaction: fixed at its first write, later than its snapshot."""
        if self._ts is None:
            self._ts = self._clock.commit()
        return self._ts

    def write(self, store: Store, number: int, version: Version) -> None:
        """Make a version, at this transaction's ts, the last one of a document."""
        self.edit(store, number, version.ts, [version])

    def edit(self, store: Store, number: int, since: int, tail: list[Version]) -> None:
        """Replace the versions of a document from `since` on."""
        self._undo.append((store, number, since, store.splice(number, since, tail)))

    def claim(self, kind: str, name: str, *, taken: bool) -> bool:
        """Give a name to something of this query; False if it is not free. `taken` tells whether it was before."""
        key = (kind, name)
        if key in self._claimed or (taken and key not in self._released):
            return False
        self._claimed.add(key)
        return True

    def release(self, kind: str, name: str) -> None:
        """A name is free again: what had it was deleted or renamed in this query."""
        key = (kind, name)
        self._released.add(key)
        self._claimed.discard(key)

    def on_commit(self, hook: Callable[[], None]) -> None:
        """Run `hook` once the whole query has succeeded."""
        self._hooks.append(hook)

    def commit(self) -> None:
        """The query succeeded."""
        for hook in self._hooks:
            hook()

    def roll_back(self) -> None:
        """The query failed: undo all its writes."""
        for store, number, since, tail in reversed(self._undo):
            store.splice(number, since, tail)
